"""App configuration of the guard."""

from __future__ import annotations

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """Checks on what is about to be sent."""

    name = "hearwell.guard"
    default_auto_field = "django.db.models.UUIDField"

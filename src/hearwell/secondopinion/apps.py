"""App configuration of the second opinion."""

from __future__ import annotations

from django.apps import AppConfig


class SecondOpinionConfig(AppConfig):
    """A language model, asked."""

    name = "hearwell.secondopinion"
    default_auto_field = "django.db.models.UUIDField"

"""App configuration of automation."""

from __future__ import annotations

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    """When, if, then."""

    name = "hearwell.automation"
    default_auto_field = "django.db.models.UUIDField"

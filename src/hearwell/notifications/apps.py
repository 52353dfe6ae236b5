"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Push to people's devices."""

    name = "hearwell.notifications"
    default_auto_field = "django.db.models.UUIDField"

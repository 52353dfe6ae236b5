"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class WebchatConfig(AppConfig):
    """Visitors, lines, files."""

    name = "hearwell.webchat"
    default_auto_field = "django.db.models.UUIDField"

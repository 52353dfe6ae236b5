"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Outgoing webhooks."""

    name = "hearwell.integrations"
    default_auto_field = "django.db.models.UUIDField"

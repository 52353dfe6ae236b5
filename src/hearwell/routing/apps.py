"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    """Teams and claims."""

    name = "hearwell.routing"
    default_auto_field = "django.db.models.UUIDField"

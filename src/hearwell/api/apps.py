"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API for programs."""

    name = "hearwell.api"
    default_auto_field = "django.db.models.UUIDField"

"""App configuration of watching."""

from __future__ import annotations

from django.apps import AppConfig


class WatchingConfig(AppConfig):
    """Watched brands and how far they were read."""

    name = "hearwell.watching"
    default_auto_field = "django.db.models.UUIDField"

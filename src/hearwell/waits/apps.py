"""App configuration of waits."""

from __future__ import annotations

from django.apps import AppConfig


class WaitsConfig(AppConfig):
    """What was chosen, what was estimated, who is named."""

    name = "hearwell.waits"
    default_auto_field = "django.db.models.UUIDField"

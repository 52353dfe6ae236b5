"""App configuration of quality."""

from __future__ import annotations

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Replies read again, and the voice they are written in."""

    name = "hearwell.quality"
    default_auto_field = "django.db.models.UUIDField"

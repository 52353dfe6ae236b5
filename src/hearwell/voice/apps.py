"""App configuration of our own voice."""

from __future__ import annotations

from django.apps import AppConfig


class VoiceConfig(AppConfig):
    """Corrections of classes, followers of our own accounts."""

    name = "hearwell.voice"
    default_auto_field = "django.db.models.UUIDField"

"""App configuration of privacy."""

from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """What is held about whom, its export and its end."""

    name = "hearwell.privacy"
    default_auto_field = "django.db.models.UUIDField"

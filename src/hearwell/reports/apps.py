"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Facts and reports."""

    name = "hearwell.reports"
    default_auto_field = "django.db.models.UUIDField"

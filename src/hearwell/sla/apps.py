"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class SlaConfig(AppConfig):
    """Calendars, policies and clocks."""

    name = "hearwell.sla"
    default_auto_field = "django.db.models.UUIDField"

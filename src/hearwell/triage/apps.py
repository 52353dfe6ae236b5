"""App configuration of triage."""

from __future__ import annotations

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """Verdicts and corrections."""

    name = "hearwell.triage"
    default_auto_field = "django.db.models.UUIDField"

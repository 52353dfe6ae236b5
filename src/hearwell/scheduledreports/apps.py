"""App configuration of scheduled reports."""

from __future__ import annotations

from django.apps import AppConfig


class ScheduledReportsConfig(AppConfig):
    """Orders of reports by e-mail."""

    name = "hearwell.scheduledreports"
    default_auto_field = "django.db.models.UUIDField"

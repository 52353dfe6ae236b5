"""App configuration of outcomes."""

from __future__ import annotations

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    """Purchases, series, and what goes with them."""

    name = "hearwell.outcomes"
    default_auto_field = "django.db.models.UUIDField"

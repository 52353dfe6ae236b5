"""App configuration of benchmarks."""

from __future__ import annotations

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    """Panels of brands."""

    name = "hearwell.benchmarks"
    default_auto_field = "django.db.models.UUIDField"

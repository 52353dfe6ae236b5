"""App configuration of surveys."""

from __future__ import annotations

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """What customers say of a solution."""

    name = "hearwell.surveys"
    default_auto_field = "django.db.models.UUIDField"

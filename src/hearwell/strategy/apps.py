"""App configuration of strategy."""

from __future__ import annotations

from django.apps import AppConfig


class StrategyConfig(AppConfig):
    """The playbook and the rota."""

    name = "hearwell.strategy"
    default_auto_field = "django.db.models.UUIDField"

"""App configuration of promotions."""

from __future__ import annotations

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    """What was chosen, and what other programs were told."""

    name = "hearwell.promotions"
    default_auto_field = "django.db.models.UUIDField"

"""App configuration of outbound."""

from __future__ import annotations

from django.apps import AppConfig


class OutboundConfig(AppConfig):
    """Deliveries to the networks."""

    name = "hearwell.outbound"
    default_auto_field = "django.db.models.UUIDField"

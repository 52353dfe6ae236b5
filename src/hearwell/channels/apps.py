"""App configuration of channels."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Connected accounts and raw deliveries."""

    name = "hearwell.channels"
    default_auto_field = "django.db.models.UUIDField"

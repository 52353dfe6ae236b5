"""App configuration: loads every capability's handlers once all apps are ready."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    """The event log."""

    name = "hearwell.events"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Find every `handlers` and `sweeps` module of the installed apps."""
        autodiscover_modules("handlers", "sweeps")

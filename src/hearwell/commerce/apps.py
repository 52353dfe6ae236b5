"""App configuration of tools."""

from __future__ import annotations

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    """Look up and act in other systems."""

    name = "hearwell.commerce"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Make the events known: a process that only reads them needs them, too."""
        from hearwell.commerce import events  # noqa: F401  registers them

"""App configuration of powers."""

from __future__ import annotations

from django.apps import AppConfig


class PowersConfig(AppConfig):
    """Who may do what alone."""

    name = "hearwell.powers"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Make the events known: a process that only reads them needs them, too."""
        from hearwell.powers import events  # noqa: F401  registers them

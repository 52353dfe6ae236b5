"""App configuration of the status board."""

from __future__ import annotations

from django.apps import AppConfig


class BoardConfig(AppConfig):
    """What holds now, and which cases it is about."""

    name = "hearwell.board"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Make the events known: a process that only reads them needs them, too."""
        from hearwell.board import events  # noqa: F401  registers them

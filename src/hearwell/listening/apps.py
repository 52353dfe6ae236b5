"""App configuration of listening."""

from __future__ import annotations

from django.apps import AppConfig


class ListeningConfig(AppConfig):
    """Terms and their hits."""

    name = "hearwell.listening"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Say to channels what is to be looked for."""
        from hearwell.channels.searching import searched_by
        from hearwell.listening.queries import searches_of

        searched_by(searches_of)

"""App configuration of the inbox: loads the takers of what arrives."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The stories."""

    name = "hearwell.inbox"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Register the takers with channels."""
        import_module("hearwell.inbox.intake")

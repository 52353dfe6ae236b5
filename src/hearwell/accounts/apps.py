"""App configuration of accounts."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, workspaces, roles, audit."""

    name = "hearwell.accounts"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Note who signs in where."""
        from hearwell.accounts.services import signins  # noqa: F401  it hears a signal

"""App configuration of the sandbox."""

from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """The network Harbour."""

    name = "hearwell.sandbox"
    default_auto_field = "django.db.models.UUIDField"

"""App configuration of conversations."""

from __future__ import annotations

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Cases, conversations, messages."""

    name = "hearwell.conversations"
    default_auto_field = "django.db.models.UUIDField"

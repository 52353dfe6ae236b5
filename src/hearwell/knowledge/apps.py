"""App configuration of knowledge."""

from __future__ import annotations

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """Articles, saved replies, macros."""

    name = "hearwell.knowledge"
    default_auto_field = "django.db.models.UUIDField"

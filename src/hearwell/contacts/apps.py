"""App configuration of contacts."""

from __future__ import annotations

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """People and their identities."""

    name = "hearwell.contacts"
    default_auto_field = "django.db.models.UUIDField"

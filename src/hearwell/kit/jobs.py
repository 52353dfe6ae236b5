"""The job queue: procrastinate on the same PostgreSQL as the data."""

from __future__ import annotations

from procrastinate.contrib.django import app

INBOUND, DEFAULT, OUTBOUND, IMPORTS = "inbound", "default", "outbound", "imports"
MEDIA, WEBHOOKS, MODELS = "media", "webhooks", "models"
__all__ = ["DEFAULT", "IMPORTS", "INBOUND", "MEDIA", "MODELS", "OUTBOUND", "WEBHOOKS", "app"]

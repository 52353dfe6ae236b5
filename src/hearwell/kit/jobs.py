"""The job queue: procrastinate on the same PostgreSQL as the data."""

from __future__ import annotations

from procrastinate.contrib.django import app

INBOUND, DEFAULT, OUTBOUND, IMPORTS = "inbound", "default", "outbound", "imports"
MEDIA, WEBHOOKS = "media", "webhooks"
__all__ = ["DEFAULT", "IMPORTS", "INBOUND", "MEDIA", "OUTBOUND", "WEBHOOKS", "app"]

"""The job queue: procrastinate on the same PostgreSQL as the data."""

from __future__ import annotations

from procrastinate.contrib.django import app

INBOUND, DEFAULT, OUTBOUND, IMPORTS = "inbound", "default", "outbound", "imports"
MEDIA, WEBHOOKS, MODELS, TOOLS = "media", "webhooks", "models", "tools"
__all__ = [
    "DEFAULT", "IMPORTS", "INBOUND", "MEDIA", "MODELS", "OUTBOUND", "TOOLS", "WEBHOOKS", "app",
]  # fmt: skip

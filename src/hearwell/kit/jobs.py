"""The job queue: procrastinate on the same PostgreSQL as the data."""

from __future__ import annotations

from procrastinate.contrib.django import app

INBOUND, DEFAULT, OUTBOUND = "inbound", "default", "outbound"
__all__ = ["DEFAULT", "INBOUND", "OUTBOUND", "app"]

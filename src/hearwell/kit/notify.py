"""PostgreSQL's NOTIFY: a hint to whoever listens on a channel, in this process or another."""

from __future__ import annotations

from django.db import connection


def notify(channel: str, payload: str) -> None:
    """Tell of something, of at most 8,000 bytes; with the commit, if in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])

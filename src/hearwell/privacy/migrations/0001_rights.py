"""The worker may empty what an erasure empties in tables that nobody else may change."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

_RIGHTS = (
    ("conversations_passing", "words, known"),
    ("events_event", "payload"),
    ("outbound_transition", "remote_id, reason"),
)


class Migration(migrations.Migration):
    """Column by column: neither rows nor anything else of them can be changed."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("conversations", "0012_passings"),
        ("events", "0002_row_security"),
        ("outbound", "0002_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(
            f"GRANT UPDATE ({columns}) ON {table} TO hearwell_worker",
            f"REVOKE UPDATE ({columns}) ON {table} FROM hearwell_worker",
        )
        for table, columns in _RIGHTS
    ]

"""Every kind of change that a version may make to tables that the version before it still uses."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

# Those that webhooks, answers, jobs and screens write all the time.
BUSY = (
    "conversations_case", "conversations_message", "outbound_delivery", "sla_clock",
    "events_event", "channels_channel", "contacts_contact",
)  # fmt: skip


def both(forwards: str, backwards: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        [forwards.format(table=table) for table in BUSY],
        [backwards.format(table=table) for table in BUSY],
    )


class Migration(migrations.Migration):
    operations: ClassVar = [
        migrations.RunSQL(
            "CREATE TABLE next_thing (id bigint PRIMARY KEY)", "DROP TABLE next_thing"
        ),
        both(
            "ALTER TABLE {table} ADD COLUMN next_note text",
            "ALTER TABLE {table} DROP COLUMN next_note",
        ),
        both(
            "ALTER TABLE {table} ADD COLUMN next_count integer NOT NULL DEFAULT 0",
            "ALTER TABLE {table} DROP COLUMN next_count",
        ),
        both(
            "ALTER TABLE {table} ADD CONSTRAINT {table}_next CHECK (next_count >= 0) NOT VALID",
            "ALTER TABLE {table} DROP CONSTRAINT {table}_next",
        ),
    ]

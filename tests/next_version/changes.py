"""Every kind of change that a version may make to tables that the version before it still uses."""

from __future__ import annotations

from django.db.migrations import RunSQL

BUSY = ("conversations_case", "conversations_message", "outbound_delivery")


def columns_for(table: str) -> list[RunSQL]:
    """Columns that old code need not know, and a check that is not looked through yet."""
    return [
        RunSQL(
            f"ALTER TABLE {table} ADD COLUMN next_note text",
            f"ALTER TABLE {table} DROP COLUMN next_note",
        ),
        RunSQL(
            f"ALTER TABLE {table} ADD COLUMN next_count integer NOT NULL DEFAULT 0",
            f"ALTER TABLE {table} DROP COLUMN next_count",
        ),
        RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_next CHECK (next_count >= 0) NOT VALID",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_next",
        ),
    ]


def looked_through(table: str) -> list[RunSQL]:
    """An index and a check over what is there. Cut short, they may be begun again."""
    index = f"{table}_next_count"
    return [
        RunSQL(f"ALTER TABLE {table} VALIDATE CONSTRAINT {table}_next", RunSQL.noop),
        RunSQL(
            [
                f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
                f"CREATE INDEX CONCURRENTLY {index} ON {table} (next_count)",
            ],
            f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
        ),
    ]

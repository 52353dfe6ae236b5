"""Row-level security of the event log."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# The notifier numbers the rows of every workspace in one statement; only it may.
_NUMBER = """
CREATE FUNCTION events_number(at_most integer)
RETURNS TABLE (workspace_id uuid, first_seq bigint, last_seq bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH fresh AS (
        SELECT e.id, e.workspace_id,
               row_number() OVER (PARTITION BY e.workspace_id ORDER BY e.id) AS place
        FROM events_event e WHERE e.seq IS NULL ORDER BY e.id LIMIT at_most
    ), counted AS (
        INSERT INTO events_eventcounter AS c (workspace_id, last_seq)
        SELECT f.workspace_id, count(*) FROM fresh f GROUP BY f.workspace_id
        ON CONFLICT ON CONSTRAINT events_eventcounter_pkey
            DO UPDATE SET last_seq = c.last_seq + excluded.last_seq
        RETURNING c.workspace_id, c.last_seq
    ), numbered AS (
        UPDATE events_event e
        SET seq = counted.last_seq - sizes.n + fresh.place
        FROM fresh
        JOIN counted USING (workspace_id)
        JOIN (SELECT f.workspace_id, count(*) AS n FROM fresh f GROUP BY 1) sizes
            USING (workspace_id)
        WHERE e.id = fresh.id
        RETURNING e.workspace_id, e.seq
    )
    SELECT n.workspace_id, min(n.seq), max(n.seq) FROM numbered n GROUP BY 1
$$
"""


class Migration(migrations.Migration):
    """Protect the log; numbering goes through one function."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("events", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect("events_event", grant="SELECT, INSERT"),
        rls.protect("events_eventcounter", grant="SELECT"),
        rls.definer_function("events_number(integer)", _NUMBER),
    ]

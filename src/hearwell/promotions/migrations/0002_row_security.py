"""Row-level security, and the looks across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Where there is news in the log, a cool-off is over, or the whole list is to be looked at again.
_DUE = """
CREATE FUNCTION promotions_due(at timestamptz, counted_before timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id FROM events_eventcounter c
    LEFT JOIN promotions_feed f ON f.workspace_id = c.workspace_id
    WHERE f.id IS NULL OR f.read_seq < c.last_seq OR f.counted_at IS NULL
        OR f.counted_at <= counted_before
    UNION
    SELECT t.workspace_id FROM promotions_told t WHERE t.until <= at
    LIMIT at_most
$$
"""
_FORGET = """
CREATE FUNCTION promotions_forget(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM promotions_change WHERE at < before RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("promotions", "0001_initial"),
        ("events", "0002_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "promotions_holdchoice", "promotions_feed", "promotions_told", "promotions_hold",
            "promotions_change",
        ),
        rls.definer_function("promotions_due(timestamptz, timestamptz, integer)", _DUE),
        rls.definer_function("promotions_forget(timestamptz)", _FORGET),
    ]  # fmt: skip

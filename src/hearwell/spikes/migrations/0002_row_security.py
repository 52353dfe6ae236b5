"""Row-level security, and the looks across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Where something was said lately, or a spike lasts.
_PLACES = """
CREATE FUNCTION spikes_places(since timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.id FROM accounts_workspace w
    WHERE EXISTS (SELECT FROM conversations_message m
            WHERE m.workspace_id = w.id AND m.sent_at >= since
            AND m.direction = 'in' AND NOT m.is_historic)
        OR EXISTS (SELECT FROM spikes_spike s
            WHERE s.workspace_id = w.id AND s.calm_at IS NULL)
$$
"""
_FORGET = """
CREATE FUNCTION spikes_forget(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM spikes_tally WHERE at < before RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("spikes", "0001_initial"),
        ("accounts", "__first__"),
        ("conversations", "__first__"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("spikes_tally", "spikes_stream", "spikes_spikechoice"),
        rls.protect("spikes_spike", grant="SELECT, INSERT, UPDATE"),
        rls.definer_function("spikes_places(timestamptz)", _PLACES),
        rls.definer_function("spikes_forget(timestamptz)", _FORGET),
    ]

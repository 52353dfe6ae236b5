"""Row-level security of tools, and what the sweeps see of all workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_DUE = """
CREATE FUNCTION commerce_due(moment timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.workspace_id, r.id FROM commerce_toolrun r
    WHERE r.wake_at <= moment ORDER BY r.wake_at LIMIT at_most
$$
"""
_FORGET = """
CREATE FUNCTION commerce_forget(before timestamptz, at_most integer)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM commerce_lookup WHERE id IN (
            SELECT id FROM commerce_lookup
            WHERE created_at < before ORDER BY created_at LIMIT at_most)
        RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """What was looked up and done goes with its case."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("commerce", "0001_initial"),
        ("conversations", "0006_stages"),
        ("powers", "0002_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "commerce_service",
            "commerce_tool",
            "commerce_toolversion",
            "commerce_lookup",
            "commerce_toolrun",
        ),
        rls.composite_fk("commerce_tool", "service_id", "commerce_service"),
        rls.composite_fk("commerce_toolversion", "tool_id", "commerce_tool"),
        rls.composite_fk("commerce_lookup", "tool_id", "commerce_tool"),
        rls.composite_fk("commerce_lookup", "case_id", "conversations_case"),
        rls.composite_fk("commerce_toolrun", "tool_id", "commerce_tool"),
        rls.composite_fk("commerce_toolrun", "case_id", "conversations_case"),
        rls.composite_fk("commerce_toolrun", "grant_id", "powers_grant", on_delete="SET NULL"),
        rls.composite_fk("commerce_toolrun", "undoes_id", "commerce_toolrun"),
        rls.definer_function("commerce_due(timestamptz, integer)", _DUE),
        rls.definer_function("commerce_forget(timestamptz, integer)", _FORGET),
    ]

"""Row-level security, composite foreign keys, and the looks across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_SILENT = """
CREATE FUNCTION routing_silent(moment timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.workspace_id, a.id FROM routing_agent a
    LEFT JOIN routing_routingsettings s ON s.workspace_id = a.workspace_id
    WHERE NOT a.is_gone AND a.presence <> 'away'
        AND a.seen_at <= moment - make_interval(secs => coalesce(s.away_after_s, 300))
    ORDER BY a.seen_at LIMIT at_most
$$
"""
_ROUTED = """
CREATE FUNCTION routing_routed() RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.workspace_id FROM routing_team t WHERE t.mode = 'push' OR NOT t.is_default
    UNION SELECT r.workspace_id FROM routing_rule r WHERE r.is_active
$$
"""
_DUE = """
CREATE FUNCTION routing_due(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT t.workspace_id FROM routing_team t
    WHERE t.is_default AND (
        EXISTS (SELECT FROM routing_placement p
            WHERE p.workspace_id = t.workspace_id AND p.state = 'new')
        OR EXISTS (SELECT FROM routing_placement p
            WHERE p.workspace_id = t.workspace_id AND p.look_at <= moment))
$$
"""


class Migration(migrations.Migration):
    """A placement goes with its case; a team that rules name stays."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("routing", "0003_teams_rules_people"),
        ("conversations", "__first__"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "routing_agent",
            "routing_skill",
            "routing_rule",
            "routing_placement",
            "routing_routingsettings",
        ),
        rls.composite_fk("routing_rule", "team_id", "routing_team", on_delete="RESTRICT"),
        rls.composite_fk("routing_placement", "team_id", "routing_team", on_delete="SET NULL"),
        rls.composite_fk("routing_placement", "case_id", "conversations_case"),
        rls.composite_fk("routing_team", "overflow_team_id", "routing_team", on_delete="SET NULL"),
        rls.composite_fk("routing_team", "next_team_id", "routing_team", on_delete="SET NULL"),
        rls.definer_function("routing_silent(timestamptz, integer)", _SILENT),
        rls.definer_function("routing_routed()", _ROUTED),
        rls.definer_function("routing_due(timestamptz)", _DUE),
    ]

"""Row-level security, composite foreign keys, and the look across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_WAITING = """
CREATE FUNCTION automation_waiting() RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT r.workspace_id FROM automation_rule r
    WHERE r.trigger = 'quiet' AND r.is_active AND r.paused_at IS NULL
$$
"""
_SUGGESTING = """
CREATE FUNCTION automation_suggesting() RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT r.workspace_id FROM automation_run r
    JOIN conversations_case c ON c.workspace_id = r.workspace_id AND c.id = r.case_id
    WHERE r.suggests AND (c.assignee_id IS NOT NULL OR c.status = 'closed')
$$
"""


class Migration(migrations.Migration):
    """A run goes with its rule, and with its case."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("automation", "0001_initial"),
        ("conversations", "__first__"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("automation_rule", "automation_run"),
        rls.composite_fk("automation_run", "rule_id", "automation_rule"),
        rls.composite_fk("automation_run", "case_id", "conversations_case"),
        rls.definer_function("automation_waiting()", _WAITING),
        rls.definer_function("automation_suggesting()", _SUGGESTING),
    ]

"""Row-level security, composite foreign keys, and the sweep's one look across workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# The sweep asks every workspace at once and learns only ids; the rest happens in scope.
_LATE = """
CREATE FUNCTION sla_late(moment timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id, c.id FROM sla_clock c
    WHERE c.state = 'running' AND c.breached_at IS NULL AND c.due_at <= moment
    ORDER BY c.due_at LIMIT at_most
$$
"""


class Migration(migrations.Migration):
    """What happened to a clock, and who was told, can be added but not altered."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("sla", "0001_initial"),
        ("conversations", "__first__"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("sla_clock", "sla_ask"),
        # Versions are never deleted, so clocks need no constraint to be sure of theirs (a check at
        # the commit for each of the 1,000 clocks of a burst).
        rls.protect("sla_calendar", "sla_policy", grant="SELECT, INSERT, UPDATE"),
        rls.protect("sla_clockevent", "sla_alarm", grant="SELECT, INSERT"),
        rls.composite_fk("sla_policy", "calendar_id", "sla_calendar", on_delete="RESTRICT"),
        rls.composite_fk("sla_clock", "case_id", "conversations_case"),
        rls.composite_fk("sla_ask", "case_id", "conversations_case"),
        rls.composite_fk("sla_clockevent", "clock_id", "sla_clock"),
        rls.composite_fk("sla_alarm", "clock_id", "sla_clock"),
        rls.definer_function("sla_late(timestamptz, integer)", _LATE),
    ]

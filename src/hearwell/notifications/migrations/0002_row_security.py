"""Row-level security, and the looks across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_WAITING = """
CREATE FUNCTION notifications_waiting(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT n.workspace_id FROM notifications_notice n
    WHERE n.state = 'waiting' AND n.look_at <= moment
$$
"""
_FORGET = """
CREATE FUNCTION notifications_forget(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM notifications_notice WHERE made_at < before RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """A notice goes with its device."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("notifications", "0001_initial"),
        ("accounts", "__first__"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("notifications_device", "notifications_notice"),
        rls.composite_fk("notifications_notice", "device_id", "notifications_device"),
        rls.definer_function("notifications_waiting(timestamptz)", _WAITING),
        rls.definer_function("notifications_forget(timestamptz)", _FORGET),
    ]

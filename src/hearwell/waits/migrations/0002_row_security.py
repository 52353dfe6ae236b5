"""Row-level security, and the looks across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_PLACES = """
CREATE FUNCTION waits_places() RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id FROM waits_waitchoice c WHERE c.is_public OR c.in_chat
$$
"""
_FORGET = """
CREATE FUNCTION waits_forget(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM waits_estimate WHERE at < before RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("waits", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect("waits_waitchoice", "waits_estimate", "waits_named"),
        rls.definer_function("waits_places()", _PLACES),
        rls.definer_function("waits_forget(timestamptz)", _FORGET),
    ]

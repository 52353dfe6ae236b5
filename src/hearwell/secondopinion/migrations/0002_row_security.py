"""Row-level security of the second opinion, and what the sweeps see of all workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_LOST = """
CREATE FUNCTION secondopinion_lost(after_s double precision)
RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT c.workspace_id FROM secondopinion_call c
    WHERE c.state = 'calling' AND c.created_at < now() - make_interval(secs => after_s)
$$
"""
_FORGET = """
CREATE FUNCTION secondopinion_forget(days integer, at_most integer)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM secondopinion_call WHERE id IN (
            SELECT id FROM secondopinion_call
            WHERE created_at < now() - make_interval(days => days) AND state <> 'calling'
            ORDER BY created_at LIMIT at_most)
        RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """What was asked and said goes with its case; what it cost stays in the month."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("secondopinion", "0001_initial"),
        ("conversations", "0006_stages"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "secondopinion_connection",
            "secondopinion_month",
            "secondopinion_call",
            "secondopinion_opinion",
            "secondopinion_comparison",
        ),
        rls.composite_fk("secondopinion_call", "case_id", "conversations_case"),
        rls.composite_fk("secondopinion_call", "message_id", "conversations_message"),
        rls.composite_fk("secondopinion_opinion", "case_id", "conversations_case"),
        rls.composite_fk("secondopinion_opinion", "message_id", "conversations_message"),
        rls.definer_function("secondopinion_lost(double precision)", _LOST),
        rls.definer_function("secondopinion_forget(integer, integer)", _FORGET),
    ]

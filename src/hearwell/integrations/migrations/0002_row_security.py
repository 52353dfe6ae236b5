"""Row-level security of webhooks, and what the sweeps see of all workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_UNREAD = """
CREATE FUNCTION integrations_unread(at_most integer)
RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.workspace_id
    FROM integrations_subscription s
    JOIN events_eventcounter c ON c.workspace_id = s.workspace_id
    LEFT JOIN integrations_reading r ON r.workspace_id = s.workspace_id
    WHERE s.is_on
    GROUP BY s.workspace_id, c.last_seq, r.seq
    HAVING c.last_seq > greatest(coalesce(r.seq, 0), min(s.from_seq))
    ORDER BY c.last_seq - greatest(coalesce(r.seq, 0), min(s.from_seq)) DESC
    LIMIT at_most
$$
"""

_CLAIM = """
CREATE FUNCTION integrations_claim(at timestamptz, until timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE integrations_subscription s SET lease_until = until
    WHERE s.id IN (
        SELECT f.id FROM integrations_subscription f
        WHERE f.is_on AND f.resume_at <= at AND (f.lease_until IS NULL OR f.lease_until <= at)
          AND EXISTS (
              SELECT FROM integrations_hookdelivery d
              WHERE d.workspace_id = f.workspace_id AND d.subscription_id = f.id
                AND d.state = 'waiting' AND d.due_at <= at)
        ORDER BY f.resume_at LIMIT at_most
        FOR UPDATE SKIP LOCKED)
    RETURNING s.workspace_id, s.id
$$
"""

_FORGET = """
CREATE FUNCTION integrations_forget(
    delivered_before timestamptz, all_before timestamptz, at_most integer)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM integrations_hookdelivery WHERE id IN (
            SELECT id FROM integrations_hookdelivery
            WHERE created_at < delivered_before
              AND (state = 'delivered' OR created_at < all_before)
            ORDER BY created_at LIMIT at_most)
        RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):
    """Protect the tables, tie notices to their webhook, open the sweeps' windows."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("integrations", "0001_initial"),
        ("events", "0002_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "integrations_subscription", "integrations_hookdelivery", "integrations_reading"
        ),
        rls.composite_fk(
            "integrations_hookdelivery", "subscription_id", "integrations_subscription"
        ),
        rls.definer_function("integrations_unread(integer)", _UNREAD),
        rls.definer_function("integrations_claim(timestamptz, timestamptz, integer)", _CLAIM),
        rls.definer_function("integrations_forget(timestamptz, timestamptz, integer)", _FORGET),
    ]

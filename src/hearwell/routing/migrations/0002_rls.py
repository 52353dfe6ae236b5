"""Row-level security, composite foreign keys, and the sweep's one look across workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_EXPIRED = """
CREATE FUNCTION routing_expired_claims(moment timestamptz, at_most integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id, c.id FROM routing_claim c
    WHERE c.expires_at <= moment ORDER BY c.expires_at LIMIT at_most
$$
"""


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("routing", "0001_initial"),
        ("conversations", "__first__"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("routing_team", "routing_teammember", "routing_claim"),
        rls.composite_fk("routing_teammember", "team_id", "routing_team"),
        rls.composite_fk("routing_claim", "case_id", "conversations_case"),
        rls.definer_function("routing_expired_claims(timestamptz, integer)", _EXPIRED),
    ]

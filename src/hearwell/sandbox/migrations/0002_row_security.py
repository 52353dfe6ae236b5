"""Row-level security, composite foreign keys, and the two questions asked across workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Whose open sandbox an address is: asked before any workspace is known, answered with the id only.
_AT = """
CREATE FUNCTION sandbox_at(wanted text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.workspace_id FROM sandbox_page p
    WHERE p.address = wanted AND p.is_open ORDER BY p.opened_at LIMIT 1
$$
"""

_DUE = """
CREATE FUNCTION sandbox_due(moment timestamptz) RETURNS TABLE (workspace_id uuid, what text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT e.workspace_id, 'call' FROM sandbox_entry e
    JOIN sandbox_page p ON p.workspace_id = e.workspace_id AND p.is_open
    WHERE e.sent_at IS NULL AND e.not_before <= moment
    UNION ALL
    SELECT s.workspace_id, 'play' FROM sandbox_play s
    WHERE s.ended_at IS NULL AND s.next_at <= moment
$$
"""

_TABLES = tuple(
    f"sandbox_{name}"
    for name in (
        "profile",
        "page",
        "faults",
        "post",
        "directmessage",
        "like",
        "follow",
        "entry",
        "play",
    )
)


class Migration(migrations.Migration):
    """Keep the workspaces apart."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("sandbox", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect(*_TABLES),
        rls.composite_fk("sandbox_page", "profile_id", "sandbox_profile", on_delete="RESTRICT"),
        rls.composite_fk("sandbox_faults", "page_id", "sandbox_page"),
        rls.composite_fk("sandbox_post", "author_id", "sandbox_profile"),
        rls.composite_fk("sandbox_post", "parent_id", "sandbox_post"),
        rls.composite_fk("sandbox_directmessage", "customer_id", "sandbox_profile"),
        rls.composite_fk("sandbox_like", "profile_id", "sandbox_profile"),
        rls.composite_fk("sandbox_like", "post_id", "sandbox_post"),
        rls.composite_fk("sandbox_follow", "profile_id", "sandbox_profile"),
        rls.definer_function("sandbox_at(text)", _AT, grant_to=("hearwell_app",)),
        rls.definer_function("sandbox_due(timestamptz)", _DUE),
    ]

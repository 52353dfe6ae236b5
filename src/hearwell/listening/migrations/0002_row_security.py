"""Row-level security, composite foreign keys, and the one look across workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Ids only: which workspaces still hold words of strangers that nobody may look at any more.
_STALE = """
CREATE FUNCTION listening_stale(before timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT h.workspace_id FROM listening_hit h
    WHERE h.message_id IS NULL AND h.said_at < before
$$
"""


class Migration(migrations.Migration):
    """A judgement goes with its message, a hit with its term."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("listening", "0001_initial"),
        ("conversations", "0006_stages"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "listening_term",
            "listening_hit",
            "listening_termday",
            "listening_listeningchoice",
        ),
        rls.composite_fk("listening_hit", "term_id", "listening_term"),
        rls.composite_fk("listening_termday", "term_id", "listening_term"),
        rls.composite_fk("listening_hit", "message_id", "conversations_message"),
        rls.definer_function("listening_stale(timestamptz)", _STALE),
    ]

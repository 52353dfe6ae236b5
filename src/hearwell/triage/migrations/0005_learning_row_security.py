"""Row-level security of what is learned, and the one look across workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Ids only: whose labels are not all in a version of today's model yet.
_TO_REFIT = """
CREATE FUNCTION triage_to_refit(before timestamptz, model text) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.workspace_id FROM triage_understanding u
    LEFT JOIN triage_learned l ON l.workspace_id = u.workspace_id AND l.id = u.snapshot_id
    WHERE model <> '' AND u.lessons > 0 AND (
        u.lessons > u.refit_lessons AND (u.refit_at IS NULL OR u.refit_at < before)
        OR l.outcome <> 'went_back' AND l.base <> model)
$$
"""


class Migration(migrations.Migration):
    """What a workspace taught is its own."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("triage", "0004_learning"),
        ("conversations", "0002_rls"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("triage_understanding", "triage_lesson", "triage_learned", "triage_topic"),
        rls.composite_fk("triage_lesson", "message_id", "conversations_message"),
        rls.definer_function("triage_to_refit(timestamptz, text)", _TO_REFIT),
    ]

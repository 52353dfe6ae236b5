"""Row-level security, composite foreign keys, and the look across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_DUE = """
CREATE FUNCTION surveys_due(until timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT q.workspace_id FROM surveys_question q
    WHERE q.status = 'due' AND q.due_at <= until
$$
"""


class Migration(migrations.Migration):
    """A question goes with its case."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("surveys", "0001_initial"),
        ("conversations", "__first__"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect("surveys_askchoice", "surveys_question"),
        rls.composite_fk("surveys_question", "case_id", "conversations_case"),
        rls.definer_function("surveys_due(timestamptz)", _DUE),
    ]

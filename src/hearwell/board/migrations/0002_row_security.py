"""Row-level security; what was said cannot be altered; the look across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_PLACES = """
CREATE FUNCTION board_places(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT u.workspace_id FROM board_statusupdate u
    WHERE u.state = 'published' AND (u.valid_until IS NULL OR u.valid_until > moment)
$$
"""


class Migration(migrations.Migration):
    """Keep the workspaces apart and every version as it was."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("board", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "board_statusupdate", "board_statuscase", "board_stafflink",
            grant="SELECT, INSERT, UPDATE",
        ),
        rls.protect("board_statusversion", grant="SELECT, INSERT"),
        rls.composite_fk("board_statusversion", "update_id", "board_statusupdate"),
        rls.composite_fk("board_statuscase", "update_id", "board_statusupdate"),
        rls.definer_function("board_places(timestamptz)", _PLACES),
    ]  # fmt: skip

"""How far an import has come. What it imports is `inbox.importing`'s to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from hearwell.channels.models import ImportRun, ImportState
from hearwell.kit import rows
from hearwell.kit.clock import now

UNFINISHED = (ImportState.QUEUED, ImportState.RUNNING)


class ImportTakenError(Exception):
    """Somebody else moved this import on, or ended it: two at once would do double work."""


def open_import(  # noqa: PLR0913 -- an import has that many facts, all by name
    *,
    workspace_id: UUID,
    fingerprint: str,
    file_name: str,
    path: str,
    layout: str,
    brands: Sequence[str],
    open_since: datetime | None,
    is_background: bool,
    started_by_id: UUID | None,
) -> ImportRun:
    """Open an import, or find the one of the same file that has not come to its end."""
    facts: dict[str, Any] = {
        "file_name": file_name,
        "layout": layout,
        "brands": list(brands),
        "open_since": open_since,
        "started_by_id": started_by_id,
    }
    run, _ = ImportRun.objects.update_or_create(
        workspace_id=workspace_id,
        fingerprint=fingerprint,
        state__in=UNFINISHED,
        defaults={"path": path, "is_background": is_background},
        create_defaults={**facts, "path": path, "is_background": is_background},
    )
    return run


def begin_import(
    run: ImportRun, *, rows: int, left_out: int, rejected: Mapping[str, int], rejects_path: str
) -> None:
    """Note what the file holds."""
    _change(
        run,
        state=ImportState.RUNNING,
        rows=rows,
        left_out=left_out,
        rejected=dict(rejected),
        rejects_path=rejects_path if rejected else "",
    )


def advance_import(run: ImportRun, *, by: int, fresh: int) -> None:
    """Note a batch, in its own transaction. Raises ImportTakenError if it is not the next one."""
    moved = ImportRun.objects.filter(
        workspace_id=run.workspace_id, id=run.id, state=ImportState.RUNNING, position=run.position
    ).update(position=F("position") + by, fresh=F("fresh") + fresh, moved_at=now())
    if not moved:
        raise ImportTakenError(run.file_name)
    run.position += by
    run.fresh += fresh


def touch_import(run: ImportRun) -> None:
    """Note that the import is alive though it has nothing to show yet."""
    _change(run, state=ImportState.RUNNING)


def end_import(run: ImportRun) -> None:
    """All of it is in."""
    _change(run, state=ImportState.DONE, finished_at=now())


def fail_import(run: ImportRun, failure: str) -> None:
    """The file cannot be read: it will not get better by itself."""
    _change(run, state=ImportState.FAILED, failure=failure, finished_at=now())


def _change(run: ImportRun, **values: Any) -> None:
    values["moved_at"] = now()
    ImportRun.objects.filter(workspace_id=run.workspace_id, id=run.id, state__in=UNFINISHED).update(
        **values
    )
    for name, value in values.items():
        setattr(run, name, value)


def refresh_statistics() -> None:
    """Let the server look anew at the tables that have grown by a fifth. Not inside a batch."""
    rows.fetch("SELECT channels_refresh_statistics()", [], is_read=False)

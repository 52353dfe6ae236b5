"""How far an import has come. What it imports is `inbox.importing`'s to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from hearwell.channels.models import ImportRun, ImportState
from hearwell.kit import rows as sql
from hearwell.kit.clock import now

UNDER_WAY = (ImportState.QUEUED, ImportState.RUNNING)
UNFINISHED = (*UNDER_WAY, ImportState.PAUSED)


class ImportTakenError(Exception):
    """Somebody else moved this import on, or ended it: two at once would do double work."""


class ImportStoppedError(Exception):
    """Somebody paused or cancelled this import while it was at work."""


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
    """Open an import, or find the one of the same file that has not come to its end.

    A paused one goes on.
    """
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
    resume_import(run)
    return run


def begin_import(
    run: ImportRun, *, rows: int, left_out: int, rejected: Mapping[str, int], rejects_path: str
) -> None:
    """Note what the file holds: from now on it is taken in."""
    _change(
        run,
        state=ImportState.RUNNING,
        rows=rows,
        left_out=left_out,
        rejected=dict(rejected),
        rejects_path=rejects_path if rejected else "",
        going_since=now(),
        going_from=run.position,
    )


def advance_import(run: ImportRun, *, by: int, fresh: int, changed: int = 0) -> None:
    """Note a batch, in its own transaction.

    Raises ImportTakenError if it is not the next one, ImportStoppedError if nobody wants it any
    more: the batch is undone.
    """
    moved = ImportRun.objects.filter(
        workspace_id=run.workspace_id, id=run.id, state=ImportState.RUNNING, position=run.position
    ).update(
        position=F("position") + by,
        fresh=F("fresh") + fresh,
        changed=F("changed") + changed,
        moved_at=now(),
    )
    if not moved:
        raise _why_not(run)
    run.position += by
    run.fresh += fresh
    run.changed += changed


def touch_import(run: ImportRun, *, rows_read: int) -> None:
    """Note that the file is being read. Raises as `advance_import` does."""
    _change(run, state=ImportState.RUNNING, rows_read=rows_read, going_since=None)


def end_import(run: ImportRun) -> None:
    """All of it is in. Raises as `advance_import` does."""
    _change(run, state=ImportState.DONE, failure="", finished_at=now())


def fail_import(run: ImportRun, failure: str) -> None:
    """The file cannot be read: it will not get better by itself. Raises as `advance_import`."""
    _change(run, state=ImportState.FAILED, failure=failure, finished_at=now())


def pause_import(run: ImportRun, *, why: str = "") -> bool:
    """Let an import stand where it is until somebody resumes it; False if it does not run.

    `why` is for the person, where nobody asked for it: the disk is full.
    """
    return _move(run, UNDER_WAY, state=ImportState.PAUSED, failure=why)


def resume_import(run: ImportRun) -> bool:
    """Let a paused import wait for its next go; False if it is not paused."""
    return _move(run, (ImportState.PAUSED,), state=ImportState.QUEUED, failure="", going_since=None)


def cancel_import(run: ImportRun) -> bool:
    """End an import where it stands, for good; what is in stays. False if it has ended."""
    return _move(run, UNFINISHED, state=ImportState.CANCELLED, failure="", finished_at=now())


def hold_file(workspace_id: UUID, digest: str) -> None:
    """Let nobody else in the workspace keep or remove a file of this content until the commit."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    sql.fetch(lock, [f"channels.import.{workspace_id}.{digest}"])


def refresh_statistics() -> None:
    """Let the server look anew at the tables that have grown by a fifth. Not inside a batch."""
    sql.fetch("SELECT channels_refresh_statistics()", [])


def _change(run: ImportRun, **values: Any) -> None:
    if not _move(run, UNDER_WAY, **values):
        raise _why_not(run)


def _move(run: ImportRun, states: Sequence[str], **values: Any) -> bool:
    values["moved_at"] = now()
    found = ImportRun.objects.filter(
        workspace_id=run.workspace_id, id=run.id, state__in=states
    ).update(**values)
    if found:
        for name, value in values.items():
            setattr(run, name, value)
    return bool(found)


def _why_not(run: ImportRun) -> ImportTakenError | ImportStoppedError:
    """Say why an import cannot be moved on: somebody stopped it, or somebody else does it."""
    there = ImportRun.objects.filter(workspace_id=run.workspace_id, id=run.id).first()
    if there is not None and there.state in (ImportState.PAUSED, ImportState.CANCELLED):
        return ImportStoppedError(run.file_name)
    return ImportTakenError(run.file_name)

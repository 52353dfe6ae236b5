"""The story of an archive that came through the browser, around the import itself.

The same file is one import, however often it comes. Its file is there as long as an import may
need it and no longer; what a killed process left is found by the sweep.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from hearwell.channels.models import ImportRun
from hearwell.channels.queries import files_in_need, import_of_file
from hearwell.channels.services import importing
from hearwell.inbox.archives import uploads
from hearwell.inbox.archives.look import looked_at
from hearwell.inbox.archives.records import Layout
from hearwell.inbox.importing import (
    chosen_brands,
    defer_import,
    fingerprint,
    is_upload,
    let_go,
    rejects_path,
    start_import,
    uploads_folder,
)
from hearwell.kit.scope import scope


def take_upload(
    workspace_id: UUID,
    incoming: uploads.Incoming,
    *,
    file_name: str,
    layout: Layout | None = None,
    brands: Sequence[str] = (),
    open_since: datetime | None = None,
    started_by_id: UUID | None = None,
) -> tuple[ImportRun, bool]:
    """Start the import of a file that has arrived; return it, and whether it is a new one.

    The same file with the same wishes is the import that there is already, unless that failed or
    was cancelled; nothing is kept of it then. Raises ArchiveError and LayoutError.
    """
    chosen = chosen_brands(brands)
    layout = looked_at(incoming.path, layout, chosen)
    asked = fingerprint(incoming.digest, layout, chosen, open_since)
    with scope(workspace_id):
        importing.hold_file(workspace_id, incoming.digest)
        known = import_of_file(workspace_id, asked)
        if known is not None:
            incoming.discard()
            return known, False
        run = start_import(
            workspace_id,
            incoming.keep(workspace_id),
            file_name=file_name,
            layout=layout,
            brands=brands,
            open_since=open_since,
            started_by_id=started_by_id,
            digest=incoming.digest,
        )
        return run, True


def pause(run: ImportRun) -> bool:
    """Let an import stand after the batch at hand; False if it does not run."""
    return importing.pause_import(run)


def resume(run: ImportRun) -> bool:
    """Let a paused import go on; False if it is not paused."""
    if not importing.resume_import(run):
        return False
    defer_import(run.workspace_id, run.id)
    return True


def cancel(run: ImportRun) -> bool:
    """End an import where it stands and remove its file; what is in stays. False if it is over."""
    if not importing.cancel_import(run):
        return False
    let_go(run)
    return True


def rejects_file(run: ImportRun) -> Path | None:
    """Return the file with the rows that could not be used, while it is kept and ours to give."""
    path = rejects_path(run)
    return path if run.rejects_path and is_upload(run) and path.is_file() else None


def remove_leftovers() -> int:
    """Remove the files of uploads that nobody needs any more; return how many."""
    folder = uploads_folder()
    idle = uploads.leftovers(folder)
    for workspace_id in uploads.workspaces_with_files(folder):
        with scope(workspace_id):
            idle += uploads.orphans(folder, workspace_id, files_in_need(workspace_id))
    for path in idle:
        path.unlink(missing_ok=True)
    aside = uploads.idle_enclosed(folder)
    for path in aside:
        shutil.rmtree(path, ignore_errors=True)
    return len(idle) + len(aside)

"""The story of an archive: surveyed, taken in batch by batch, its clocks closed from the record.

What was said long ago runs the same code as what is said now (`inbox.intake`). Each batch and the
note of how far it came are one transaction: whatever ends an import half-way, the same command
goes on after the last batch, and a second import of the same file adds nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import gettempdir
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from hearwell.channels.models import Channel, ChannelState, ImportRun
from hearwell.channels.queries import files_in_need
from hearwell.channels.services import connect_channel, importing
from hearwell.connect.contract import Receives
from hearwell.connect.model import Inbound, InboundMessage, MessageEdited, Raw, Source
from hearwell.connect.registry import connector_for
from hearwell.conversations.models import Message
from hearwell.conversations.queries import seen_on
from hearwell.inbox import forgotten, intake, media
from hearwell.inbox.archives.enclosed import Enclosed
from hearwell.inbox.archives.look import looked_at
from hearwell.inbox.archives.records import ArchiveError, Layout
from hearwell.inbox.archives.survey import BusyError, Placed, surveyed
from hearwell.inbox.archives.uploads import ENCLOSED, REJECTS, DiskFullError, is_disk_full
from hearwell.inbox.rules import rounds
from hearwell.kit import jobs
from hearwell.kit.clock import now
from hearwell.kit.scope import scope

NETWORK = "archive"
_HAS_FILES = '"letter": '
BATCH = 1_000
Tell = Callable[[int], None]


def _silent(_: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Progress:
    """Who hears how far an import is: rows read, rows in all, rows taken in so far."""

    read: Tell = _silent
    total: Tell = _silent
    taken: Tell = _silent


def open_import(  # noqa: PLR0913  what an import can be asked for, by name
    workspace_id: UUID,
    path: Path,
    *,
    file_name: str = "",
    layout: Layout | None = None,
    brands: Sequence[str] = (),
    open_since: datetime | None = None,
    started_by_id: UUID | None = None,
    is_background: bool = False,
    digest: str = "",
) -> ImportRun:
    """Open the import of a file, or find the unfinished one of the same file and wishes.

    `digest` is the SHA-256 of the file, if that is known. Raises ArchiveError where the file is
    no archive.
    """
    chosen = chosen_brands(brands)
    layout = looked_at(path, layout, chosen)
    with scope(workspace_id):
        return importing.open_import(
            workspace_id=workspace_id,
            fingerprint=fingerprint(digest or digest_of(path), layout, chosen, open_since),
            file_name=file_name or path.name,
            path=str(path.resolve()),
            layout=layout,
            brands=chosen,
            open_since=open_since,
            is_background=is_background,
            started_by_id=started_by_id,
        )


def start_import(  # noqa: PLR0913  as open_import
    workspace_id: UUID,
    path: Path,
    *,
    file_name: str = "",
    layout: Layout | None = None,
    brands: Sequence[str] = (),
    open_since: datetime | None = None,
    started_by_id: UUID | None = None,
    digest: str = "",
) -> ImportRun:
    """Import in the background; ImportRun tells how far it is. The file must stay where it is.

    `file_name` is what people call it, where that is not the name of `path`.
    """
    run = open_import(
        workspace_id,
        path,
        file_name=file_name,
        layout=layout,
        brands=brands,
        open_since=open_since,
        started_by_id=started_by_id,
        is_background=True,
        digest=digest,
    )
    defer_import(workspace_id, run.id)
    return run


def defer_import(workspace_id: UUID, run_id: UUID) -> bool:
    """Queue the work of an import after the commit's own; False if it is queued already."""
    from hearwell.inbox.tasks import import_archive

    key = f"import:{run_id}"
    return jobs.defer_once(
        import_archive, key, lock=key, workspace_id=str(workspace_id), run_id=str(run_id)
    )


def run_import(run: ImportRun, progress: Progress | None = None) -> ImportRun:
    """Do the work of an import, from where it stands to its end.

    Raises ArchiveError (and notes it) where the file cannot be read; DiskFullError where there is
    no room, and the import is paused; ImportTakenError where another process does the same
    import; ImportStoppedError where somebody paused or cancelled it.
    """
    try:
        _take_all(run, progress or Progress())
    except BusyError as error:
        raise importing.ImportTakenError(run.file_name) from error
    except OSError as error:
        if is_disk_full(error):
            raise _paused(run) from error
        raise _failed(run, _("The file cannot be read: %s") % (error.strerror or error)) from error
    except ArchiveError as error:
        raise _failed(run, str(error)) from error
    with scope(run.workspace_id):
        importing.end_import(run)
    let_go(run)
    return run


def _take_all(run: ImportRun, tell: Progress) -> None:
    with surveyed(
        Path(run.path),
        Layout(run.layout),
        rejects_path(run),
        work_folder(run),
        brands=run.brands,
        open_since=run.open_since,
        enclosed=enclosed_by(run),
        tell=_alive(run, tell.read),
    ) as survey:
        with scope(run.workspace_id):
            importing.begin_import(
                run,
                rows=survey.rows,
                left_out=survey.left_out,
                rejected=survey.rejected,
                rejects_path=str(rejects_path(run)),
            )
        tell.total(survey.rows)
        tell.taken(run.position)
        # Whoever ended an import may have done so between a batch and its files.
        keep_enclosed(run, survey.before(run.position, BATCH))
        for number, batch in enumerate(survey.batches(run.position, BATCH), start=1):
            take_batch(run, batch)
            keep_enclosed(run, batch)
            tell.taken(run.position)
            if number & (number - 1) == 0:  # the 1st, 2nd, 4th, 8th, …: as tables double
                importing.refresh_statistics()


def _paused(run: ImportRun) -> DiskFullError:
    why = _("There is no room left in %(folder)s. Make room, then let the import go on.")
    said = why % {"folder": f"{gettempdir()}, {settings.HEARWELL_DATA}"}
    with scope(run.workspace_id):
        importing.pause_import(run, why=said)
    return DiskFullError(said)


def _failed(run: ImportRun, why: str) -> ArchiveError:
    with scope(run.workspace_id):
        importing.fail_import(run, why)
    let_go(run)
    return ArchiveError(why)


# --- where its files are ------------------------------------------------------------------------


def uploads_folder() -> Path:
    """Where archives are kept that came through the browser."""
    return Path(settings.HEARWELL_DATA) / "imports"


def is_upload(run: ImportRun) -> bool:
    """Whether the file is ours to remove, and not an operator's own."""
    return Path(run.path).parent == uploads_folder() / str(run.workspace_id)


def work_folder(run: ImportRun) -> Path:
    """Where the archive is put in order."""
    return Path(gettempdir()) / f"hearwell-import-{run.id}"


def enclosed_by(run: ImportRun) -> Enclosed:
    """Where the files wait that letters of a mailbox enclose."""
    return Enclosed(uploads_folder() / ENCLOSED / str(run.id))


def rejects_path(run: ImportRun) -> Path:
    """Where the rows go that cannot be used: beside the file."""
    if is_upload(run):
        return Path(run.path).with_name(f"{run.id}{REJECTS}")
    return Path(f"{run.path}{REJECTS}")


def let_go(run: ImportRun) -> None:
    """Remove an uploaded file, unless another import needs it, too."""
    if not is_upload(run):
        return
    path = Path(run.path)
    with scope(run.workspace_id):
        importing.hold_file(run.workspace_id, path.name)
        if run.path not in files_in_need(run.workspace_id):
            path.unlink(missing_ok=True)


# --- its batches --------------------------------------------------------------------------------


def take_batch(run: ImportRun, batch: Sequence[Placed]) -> int:
    """Take a batch in and note it, all or nothing; return how many messages were new."""
    fresh = changed = 0
    with scope(run.workspace_id):
        for (_, is_open), placed in groupby(batch, key=lambda one: (one.brand, one.is_open)):
            rows = list(placed)
            channel, items = _channel(run, rows[0]), _items(run, rows)
            edits = [item for item in items if isinstance(item, MessageEdited)]
            changed += _take_changes(channel, edits)
            take = _put_to_work if is_open else _file
            fresh += take(channel, [item for item in items if isinstance(item, InboundMessage)])
        importing.advance_import(run, by=len(batch), fresh=fresh, changed=changed)
    return fresh


def keep_enclosed(run: ImportRun, batch: Sequence[Placed]) -> None:
    """Keep what a batch encloses, after its commit: no file is there without its message."""
    found = [json.loads(placed.line) for placed in batch if _HAS_FILES in placed.line]
    lines = {str(row["id"]): int(row["letter"]) for row in found if "letter" in row}
    if not lines:
        return
    with scope(run.workspace_id):
        channels = Channel.objects.filter(
            workspace_id=run.workspace_id,
            network=NETWORK,
            external_id__in={placed.brand for placed in batch},
        )
        rows = Message.objects.filter(
            workspace_id=run.workspace_id,
            channel_id__in=list(channels.values_list("id", flat=True)),
            remote_id__in=list(lines),
            is_purged=False,
        )
        messages = list(rows.defer("search"))
    aside = enclosed_by(run)
    for message in messages:
        media.keep_filed(message, partial(aside.waiting, lines[message.remote_id]))


def _take_changes(channel: Channel, edits: Sequence[MessageEdited]) -> int:
    """What an earlier archive held with other words; what is new comes in as it is now."""
    if not edits:
        return 0
    ids = [edit.external_id for edit in edits]
    known = seen_on(channel.workspace_id, [channel.id], ids)
    return len(intake.take_edits(channel, [edit for edit in edits if edit.external_id in known]))


def _file(channel: Channel, items: Sequence[InboundMessage]) -> int:
    """Past things: recorded, judged, their clocks closed from the record."""
    return len(intake.take_history(channel, items))


def _put_to_work(channel: Channel, items: Sequence[InboundMessage]) -> int:
    """Recent things: as if they came in now, in their order."""
    fresh = 0
    for batch in rounds(forgotten.left_of(channel, items)):
        fresh += len(intake.take_written(channel, [item for item in batch if not item.is_echo]))
        fresh += len(intake.take_echoes(channel, [item for item in batch if item.is_echo]))
    return fresh


def _channel(run: ImportRun, placed: Placed) -> Channel:
    """The read-only channel of a brand's archive; one for each handle, however many imports."""
    known = Channel.objects.filter(
        workspace_id=run.workspace_id, network=NETWORK, external_id=placed.brand
    ).first()
    return known or connect_channel(
        workspace_id=run.workspace_id,
        network=NETWORK,
        handle=placed.brand_name,
        external_id=placed.brand,
        brand=placed.brand_name,
        state=ChannelState.READ_ONLY,
    )


def _items(run: ImportRun, batch: Sequence[Placed]) -> list[Inbound]:
    """The batch as a delivery of the archive network, parsed by its connector."""
    connector = connector_for(NETWORK)
    if not isinstance(connector, Receives):  # pragma: no cover  the wiring is wrong
        raise TypeError(connector)
    body = "\n".join(placed.line for placed in batch).encode()
    raw = Raw("IMPORT", f"archive:{run.id}", {}, body, now(), Source.IMPORT)
    return connector.parse(raw)


def _alive(run: ImportRun, tell: Tell) -> Tell:
    """Tell how much was read, and note that the import lives."""

    def told(rows: int) -> None:
        tell(rows)
        with scope(run.workspace_id):
            importing.touch_import(run, rows_read=rows)

    return told


def chosen_brands(brands: Sequence[str]) -> list[str]:
    """Return handles as they are compared: lower case, without the at sign, in order."""
    return sorted({brand.lstrip("@").lower() for brand in brands})


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex. Raises ArchiveError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ArchiveError(_("The file cannot be read: %s") % error.strerror) from error


def fingerprint(
    digest: str, layout: Layout, brands: Sequence[str], open_since: datetime | None
) -> str:
    """Stands for a file's content and what is asked of it."""
    wishes = f"{layout}|{','.join(brands)}|{open_since or ''}|{digest}"
    return hashlib.sha256(wishes.encode()).hexdigest()

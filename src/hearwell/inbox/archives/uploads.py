"""Archives that came through the browser: on disk, never twice, and gone when they are done with.

In DATA/imports: `incoming/<id>.part` while one arrives, `<workspace>/<SHA-256>` while an import may
need it, `<workspace>/<import>.rejects.csv` (what could not be used) for a month,
`enclosed/<import>/` (what letters enclose) while that import runs.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.inbox.archives.records import ArchiveError
from hearwell.kit.ids import uuid7

# What must stay free for the database and everybody else.
RESERVE = 256 * 1024**2
INCOMING_S = 6 * 3600
ORPHAN_S = 3600
ENCLOSED_S = 7 * 24 * 3600
REJECTS_S = 30 * 24 * 3600
REJECTS = ".rejects.csv"
ENCLOSED = "enclosed"
_FULL = {errno.ENOSPC, errno.EDQUOT}


class DiskFullError(ArchiveError):
    """There is no room; the text says how much there is, for the person."""


def is_disk_full(error: BaseException) -> bool:
    """Tell whether the operating system ran out of room."""
    return isinstance(error, OSError) and error.errno in _FULL


class Incoming:
    """One file as it arrives: written, hashed, and then either kept or gone.

    Nothing of it is left unless `keep` was called.
    """

    def __init__(self, folder: Path, *, expected: int | None = None) -> None:
        """Begin a file in DATA/imports; `expected` bytes must fit. Raises DiskFullError."""
        self._folder = folder
        self.path = folder / "incoming" / f"{uuid7()}.part"
        self.size = 0
        self._digest = hashlib.sha256()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _check_room(folder, expected or 0)
        self._file = self.path.open("xb")

    def write(self, chunk: bytes) -> None:
        """Add to it. Raises DiskFullError; then nothing is left of it."""
        try:
            self._file.write(chunk)
        except OSError as error:
            self.discard()
            raise _full(self._folder, error) from error
        self._digest.update(chunk)
        self.size += len(chunk)

    def finish(self) -> None:
        """Have all of it on disk. Raises DiskFullError."""
        try:
            self._file.close()
        except OSError as error:
            self.discard()
            raise _full(self._folder, error) from error

    @property
    def digest(self) -> str:
        """SHA-256 of what was written, in hex."""
        return self._digest.hexdigest()

    def keep(self, workspace_id: UUID) -> Path:
        """Keep it for a workspace, once however often it comes; return where it is."""
        kept = self._folder / str(workspace_id) / self.digest
        kept.parent.mkdir(exist_ok=True)
        self.path.replace(kept)
        return kept

    def discard(self) -> None:
        """Leave nothing of it behind, unless it was kept."""
        try:
            self._file.close()
        except OSError:
            pass
        finally:
            self.path.unlink(missing_ok=True)


def _check_room(folder: Path, expected: int) -> None:
    free = shutil.disk_usage(folder).free
    if expected and expected + RESERVE > free:
        message = _(
            "The server has no room for this file: %(free)s GB are free, it takes %(size)s GB and "
            "some must stay free. Make room, or choose a smaller file."
        )
        sizes = {"free": _gigabytes(free), "size": _gigabytes(expected)}
        raise DiskFullError(message % sizes)


def _gigabytes(size: int) -> str:
    return f"{size / 1024**3:.1f}"


def _full(folder: Path, error: OSError) -> ArchiveError:
    if is_disk_full(error):
        message = _(
            "The server's disk became full while the file arrived. Nothing of it was kept. Make "
            "room in %(folder)s, then choose it again."
        )
        return DiskFullError(message % {"folder": folder})
    return ArchiveError(_("The file could not be kept: %(why)s") % {"why": error.strerror or error})


# --- what nobody needs any more ---------------------------------------------------------------


def leftovers(folder: Path) -> list[Path]:
    """Return what uploads left that never came to their end: their process was killed."""
    return _older(folder.glob("incoming/*.part"), INCOMING_S)


def idle_enclosed(folder: Path) -> list[Path]:
    """Return what waits for imports that have touched nothing of it for a week."""
    return _older(folder.glob(f"{ENCLOSED}/*"), ENCLOSED_S)


def orphans(folder: Path, workspace_id: UUID, needed: Collection[str]) -> list[Path]:
    """Return a workspace's files that no unfinished import reads, and its old rejects."""
    found = list((folder / str(workspace_id)).glob("*"))
    archives = [path for path in found if not path.name.endswith(REJECTS)]
    rejects = [path for path in found if path.name.endswith(REJECTS)]
    idle = [path for path in archives if str(path) not in needed]
    return [*_older(idle, ORPHAN_S), *_older(rejects, REJECTS_S)]


def workspaces_with_files(folder: Path) -> list[UUID]:
    """Return the workspaces that have any file here."""
    return [UUID(path.name) for path in folder.glob("*-*-*-*-*") if path.is_dir()]


def _older(paths: Iterator[Path] | list[Path], age_s: float) -> list[Path]:
    since = time.time() - age_s
    found = []
    for path in paths:
        try:
            if path.stat().st_mtime < since:
                found.append(path)
        except FileNotFoundError:  # somebody else was faster
            continue
    return found

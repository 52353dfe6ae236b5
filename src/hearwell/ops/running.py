"""Who is running on a data folder: a lock that ends with its process, and a note beside it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

LOCK, NOTE = "up.lock", "up.json"


@dataclass(frozen=True, slots=True)
class Running:
    """The system that works on a data folder."""

    pid: int
    url: str


class AlreadyRunningError(RuntimeError):
    """Somebody else holds the data folder; `running` says who, where it is known."""

    def __init__(self, running: Running | None) -> None:
        super().__init__(running)
        self.running = running


class FolderRefusedError(RuntimeError):
    """The data folder cannot be used; text for the operator."""


def make_data_folder(folder: Path) -> None:
    """Make the folder (0700) where it is missing; an existing one stays as it is.

    Raises FolderRefusedError.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    except OSError as error:
        message = f"DATA={folder} cannot be made: {error.strerror}."
        raise FolderRefusedError(message) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        message = f"DATA={folder} may not be written to by this user."
        raise FolderRefusedError(message)


@contextlib.contextmanager
def only_one(folder: Path, url: str) -> Iterator[IO[str]]:
    """Hold the data folder while the block runs; yields the lock, which a fork has to close.

    The kernel frees it when the process ends, however it ends. Raises AlreadyRunningError.
    """
    with (folder / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(running_on(folder)) from None
        note = folder / NOTE
        note.write_text(json.dumps(asdict(Running(os.getpid(), url))))
        try:
            yield file
        finally:
            note.unlink(missing_ok=True)


def running_on(folder: Path) -> Running | None:
    """Return what the note says, or None where there is no readable note."""
    try:
        return Running(**json.loads((folder / NOTE).read_text()))
    except (OSError, ValueError, TypeError):
        return None

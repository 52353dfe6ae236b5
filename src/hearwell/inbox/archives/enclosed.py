"""What letters of a mailbox enclose, from where a file is read to where messages are kept.

An archive is read in its own order and taken in by threads, and is gone when that is done. So the
files wait in a folder of the import, on the disk where they will stay, and are moved from there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The folder of one import."""

    folder: Path

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """Have it empty, without what a killed import left there, and leave nothing of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        try:
            yield
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, line: int, index: int, body: bytes) -> None:
        """Let a file wait: the one at `index` of the letter that begins at `line`."""
        self._path(line, index).write_bytes(body)

    def waiting(self, line: int, index: int) -> Path | None:
        """Return where such a file waits; None if it does not, or no longer."""
        path = self._path(line, index)
        return path if path.is_file() else None

    def _path(self, line: int, index: int) -> Path:
        return self.folder / f"{line}-{index}"

"""Traps: files that tell every process of a laboratory where it is to die, and who has died.

Setting one is writing a file; a process that comes to a named place looks whether there is one.
Processes share the count of hits, so that "the second hit" is the second of them all.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KILL, STOP = signal.SIGKILL, signal.SIGSTOP


@dataclass(frozen=True)
class Traps:
    """A folder of traps."""

    folder: Path

    def set(self, point: str, hits: list[int], how: signal.Signals = KILL) -> None:
        """End (or pause) whoever makes these hits of a point, counted from now."""
        self._write(point, {"hits": hits, "seen": 0, "how": how.value})

    def clear(self) -> None:
        """Take away all traps."""
        for path in self.folder.glob("*.trap"):
            path.unlink()

    def left(self, point: str) -> list[int]:
        """Which hits are still waited for."""
        path = self.folder / f"{point}.trap"
        trap: dict[str, Any] = json.loads(path.read_text())
        return [hit for hit in trap["hits"] if hit > trap["seen"]]

    def sprung(self) -> Counter[str]:
        """How often each point has ended somebody."""
        path = self.folder / "sprung"
        return Counter(path.read_text().split() if path.exists() else [])

    def reached(self, point: str) -> None:
        """End this process if it has stepped into a trap."""
        self.end(point, os.getpid())

    def end(self, point: str, pid: int) -> bool:
        """End a process if this is the hit that was waited for; say whether it was."""
        path = self.folder / f"{point}.trap"
        if not path.exists():
            return False
        with self._locked():
            trap = json.loads(path.read_text())
            trap["seen"] += 1
            self._write(point, trap)
            if trap["seen"] not in trap["hits"]:
                return False
            with (self.folder / "sprung").open("a") as book:
                book.write(f"{point}\n")
        os.kill(pid, trap["how"])
        return True

    def _write(self, point: str, trap: dict[str, Any]) -> None:
        new = self.folder / f"{point}.new"
        new.write_text(json.dumps(trap))
        new.rename(self.folder / f"{point}.trap")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

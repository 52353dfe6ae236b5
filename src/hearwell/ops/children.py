"""A child that runs to its end, or ends with us: it is never left to write behind our back."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_ENDING = (signal.SIGINT, signal.SIGTERM)


def run_child(
    command: Sequence[str | Path], *, is_killed: bool, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run a command as `subprocess.run` does, in a session of its own.

    Where we are told to end meanwhile, it is killed first (`is_killed`), or waited for: one that
    has children of its own would leave them behind.
    """
    child: subprocess.Popen[bytes] | None = None
    try:
        with told_later():
            child = subprocess.Popen(command, start_new_session=True, **options)
        out, err = child.communicate()
    except BaseException:
        if child is not None:
            if is_killed:
                child.kill()
            child.communicate()
        raise
    return subprocess.CompletedProcess(command, child.returncode, out, err)


@contextmanager
def told_later() -> Iterator[None]:
    """Hear in the end that we shall end: while a child is made, nobody would know of it yet."""
    if threading.current_thread() is not threading.main_thread():
        yield  # no signal is told here
        return
    told: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    before = {one: signal.signal(one, note) for one in _ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    if told:
        signal.raise_signal(told[0])

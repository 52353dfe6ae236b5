"""Processes forked from one that has loaded everything: begun in milliseconds, sharing its memory.

Linux and macOS. Whoever forks has no other threads and no open connections.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from multiprocessing.process import BaseProcess
from typing import Final, Protocol, cast

from hearwell.ops.parent import VARIABLE

_HANDLED: Final = (signal.SIGINT, signal.SIGTERM)
_PR_SET_NAME: Final = 15
_M_ARENA_MAX: Final = -8


class Closable(Protocol):
    """A file, a socket, an end of a pipe."""

    def close(self) -> None:
        """Close it."""


@dataclass(frozen=True, slots=True)
class Fork:
    """What a child does, once it stands for itself.

    `variables` are added to its environment. It closes what it inherits and must not hold: a lock
    that would outlive us, a port that is another's. When `work` returns it ends with 0, with a
    SystemExit as that says, with any other exception, which is printed, with 1.
    """

    name: str
    work: Callable[[], object]
    variables: Mapping[str, str] = field(default_factory=dict)
    lets_go: Collection[Closable] = ()

    def begin(self) -> BaseProcess:
        """Start the child."""
        ours = os.getpid()
        process = multiprocessing.get_context("fork").Process(
            target=self._live, args=(ours,), name=self.name
        )
        with _told_later():
            process.start()
        return process

    def _live(self, supervisor: int) -> None:
        """Be a process of its own, as if it had been started by name."""
        for number in _HANDLED:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
        # Ctrl-C reaches the supervisor alone.
        os.setsid()
        for one in self.lets_go:
            one.close()
        os.environ.update({**self.variables, VARIABLE: str(supervisor)})
        for stream in (sys.stdout, sys.stderr):
            cast("TextIOWrapper", stream).reconfigure(line_buffering=True)
        _rename(f"hearwell-{self.name}")
        self.work()


@contextmanager
def _told_later() -> Iterator[None]:
    """Keep signals waiting: a child would handle them as we do until it has let go of our ways."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _rename(name: str) -> None:
    """Say in `ps` and `top` who this is (15 characters). Linux; elsewhere nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def spare_arenas(most: int) -> None:
    """Let the allocator keep at most so many arenas; where it is not glibc's, nothing.

    The arenas of many threads are most of the memory of an idle process.
    """
    if hasattr(ctypes.CDLL(None), "mallopt"):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, most)

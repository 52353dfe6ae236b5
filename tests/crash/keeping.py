"""Processes that come back whenever they die, forked from one that has loaded Django once.

A kill costs what it costs, and not ten seconds of imports on a busy machine.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# Longer than the lease of a claim (network.TIMEOUT_S, rules.lease_s, as hurried as here).
PAUSE_S = 6
Work = Callable[[], None]


def keep_alive(works: Sequence[Work], book: Path | None = None) -> None:
    """Keep a process for each work, until told to stop.

    In the folder `book` there is a file for each, of its place: the process that is at it now.
    """
    lines = [_fork_line(work, book and book / str(n)) for n, work in enumerate(works)]

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for line in lines:
            os.kill(line, signal.SIGTERM)
        for line in lines:
            os.waitpid(line, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        signal.pause()


def _fork_line(work: Work, page: Path | None) -> int:
    line = os.fork()
    if line == 0:
        _run_line(work, page)
    return line


def _run_line(work: Work, page: Path | None) -> None:
    child = 0

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if child:
            os.kill(child, signal.SIGCONT)
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            work()
            os._exit(0)
        if page:
            page.write_text(str(child))
        _watch(child)
        child = 0


def _watch(child: int) -> None:
    """Wait for the end of a process; one that stopped itself is woken after a while."""
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return
        time.sleep(PAUSE_S)
        os.kill(child, signal.SIGCONT)

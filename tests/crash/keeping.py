"""Processes that come back whenever they die, forked from one that has loaded Django once.

A kill costs what it costs, and not ten seconds of imports on a busy machine.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence

# Longer than the lease of a claim (network.TIMEOUT_S, rules.lease_s, as hurried as here).
PAUSE_S = 6
Work = Callable[[], None]


def keep_alive(works: Sequence[Work]) -> None:
    """Keep a process for each work, until told to stop."""
    lines = [_fork_line(work) for work in works]

    def end(*_: object) -> None:
        for line in lines:
            os.kill(line, signal.SIGTERM)
        for line in lines:
            os.waitpid(line, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        signal.pause()


def _fork_line(work: Work) -> int:
    line = os.fork()
    if line == 0:
        _run_line(work)
    return line


def _run_line(work: Work) -> None:
    child = 0

    def end(*_: object) -> None:
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

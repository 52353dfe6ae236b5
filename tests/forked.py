"""Real processes of a test: forked before it has threads, begun when it says so."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.db import connection


def aside(work: Callable[[], object]) -> tuple[Callable[[], None], Callable[[], int]]:
    """Fork a process for `work` before there are threads; return what starts it, and its end."""
    connection.close()
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        os.read(ours, 1)
        try:
            work()
        except BaseException:  # noqa: BLE001 -- a child that comes back would run the tests
            os._exit(1)
        os._exit(0)
    return (lambda: [os.write(theirs, b"1")][0] and None), lambda: os.waitpid(pid, 0)[1]

"""Sweeps: small set-based looks at the tables, once a second, that find what no wake-up reached.

A sweep is the truth and a wake-up only a hint: due clocks, due replies, expired claims and
undrained deliveries are rows with an indexed time, never one job each.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import structlog
from django.db import close_old_connections, connection, transaction

log = structlog.get_logger(__name__)
Work = Callable[[], int]


@dataclass
class Sweep:
    """One registered sweep: `work` returns how many things it did.

    `done_at` (monotonic) and `took_s` are of the last time that it went well in this process,
    `failures` counts the others.
    """

    name: str
    every_s: float
    work: Work
    due: float = 0.0
    done_at: float | None = None
    took_s: float = 0.0
    failures: int = 0


SWEEPS: dict[str, Sweep] = {}


def every(*, seconds: float, name: str) -> Callable[[Work], Work]:
    """Register a function to run every so many seconds, in one process at a time."""

    def register(work: Work) -> Work:
        SWEEPS[name] = Sweep(name, seconds, work)
        return work

    return register


def _is_ours(name: str) -> bool:
    """Take the advisory lock of this sweep for the transaction, if it is free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)",
            [crc32(b"hearwell.sweep") - 2**31, crc32(name.encode()) - 2**31],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def run_once(sweep: Sweep) -> int:
    """Run one sweep unless another process is at it; return the things it did.

    The lock lives on a transaction of its own connection-wide block, so a sweep that opens
    scopes inside works in savepoints and commits as one.
    """
    with transaction.atomic():
        return sweep.work() if _is_ours(sweep.name) else 0


def run_due(moment: float) -> None:
    """Run every sweep whose time has come; a failing one is logged and does not stop the rest."""
    for sweep in SWEEPS.values():
        if sweep.due > moment:
            continue
        sweep.due = moment + sweep.every_s
        begin = time.monotonic()
        try:
            run_once(sweep)
        except Exception:
            sweep.failures += 1
            log.exception("sweep_failed", sweep=sweep.name)
            connection.close()
        else:
            sweep.done_at = time.monotonic()
            sweep.took_s = sweep.done_at - begin


def run_forever(stop: threading.Event, *, tick_s: float = 0.25) -> None:
    """Run the sweeps until `stop` is set. Meant for one thread of the worker process."""
    while not stop.is_set():
        run_due(time.monotonic())
        close_old_connections()
        stop.wait(tick_s)

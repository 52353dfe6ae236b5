"""The notifier: gives committed events their number and tells the live screens of them.

One at a time in the whole system (a session advisory lock); any number may stand by. It is woken
by ``NOTIFY hearwell_events`` and looks by itself once a second, since a wake-up is only a hint.
"""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import structlog

from hearwell.events.services import WAKE_CHANNEL
from hearwell.kit.crashpoints import reached
from hearwell.kit.direct import open_direct

log = structlog.get_logger(__name__)
LIVE_CHANNEL = "hearwell_live"
AT_MOST = 5000
LOOK_EVERY_S, STAND_BY_S, AFTER_ERROR_S = 1.0, 2.0, 1.0
# A wake-up may precede the commits of its neighbours (they wake at most every 20 ms a process), so
# after one we look a few times more. This is also the rhythm of batches while much is going on.
LINGER_S, LINGER_LOOKS = 0.03, 3

# Rows of the same statement: numbered and told of together, or not at all.
_NUMBER = f"""
SELECT last_seq - first_seq + 1, pg_notify('{LIVE_CHANNEL}',
    json_build_object('workspace', workspace_id, 'first', first_seq, 'last', last_seq)::text)
FROM events_number({AT_MOST})
"""  # noqa: S608 -- our own constants


def run(stop: threading.Event) -> None:
    """Lead or stand by until `stop` is set; a lost database is waited for."""
    while not stop.is_set():
        try:
            with open_direct() as connection:
                _take_turns(connection, stop)
        except psycopg.OperationalError as error:
            log.warning("notifier_interrupted", error_type=type(error).__name__)
            stop.wait(AFTER_ERROR_S)


def number_once(connection: psycopg.Connection[Any]) -> int:
    """Number what is new, at most 5,000 rows, tell of it, and return how many there were."""
    numbered: int = sum(row[0] for row in connection.execute(_NUMBER))
    if numbered:
        reached("I5")
    return numbered


def _take_turns(connection: psycopg.Connection[Any], stop: threading.Event) -> None:
    while not stop.is_set() and not _is_leader(connection):
        stop.wait(STAND_BY_S)
    connection.execute(f"LISTEN {WAKE_CHANNEL}")
    while not stop.is_set():
        _look(connection, stop)
        for _ in connection.notifies(timeout=LOOK_EVERY_S, stop_after=1):
            pass


def _is_leader(connection: psycopg.Connection[Any]) -> bool:
    found = connection.execute(
        "SELECT pg_try_advisory_lock(hashtextextended('hearwell.notifier', 0))"
    ).fetchone()
    return bool(found and found[0])


def _look(connection: psycopg.Connection[Any], stop: threading.Event) -> None:
    """Number until a few looks in a row have found nothing."""
    empty = 0
    while empty < LINGER_LOOKS and not stop.is_set():
        found = number_once(connection)
        empty = 0 if found else empty + 1
        if found < AT_MOST:
            stop.wait(LINGER_S)

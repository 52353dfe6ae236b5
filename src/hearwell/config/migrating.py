"""Migrating while the house is open: no lock is waited for that others would queue up behind."""

from __future__ import annotations

import time
from typing import Final

import structlog
from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected, LockNotAvailable

log = structlog.get_logger(__name__)
# A statement that waits for a table makes everybody wait who comes after it, readers too.
_LOCK_TIMEOUT: Final = "2s"
# Between tries whoever had queued up gets through. Some five minutes in all.
_PAUSES_S: Final = (0.5, 1, 2, 4, 8, *[15] * 18)


def migrate_patiently(*target: str) -> None:
    """Migrate to the newest state, or to (app, migration); try again where a table is in use.

    A migration that was cut short has changed nothing, or says itself what may stand already.
    Raises OperationalError when no try got its locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
    try:
        for pause_s in _PAUSES_S:
            if _has_migrated(target):
                return
            time.sleep(pause_s)
        _migrate(target)
    finally:
        connection.close()


def _has_migrated(target: tuple[str, ...]) -> bool:
    try:
        _migrate(target)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
            raise
        log.warning("migration_waits", reason="a table is in use")
        return False
    return True


def _migrate(target: tuple[str, ...]) -> None:
    call_command("migrate", *target, verbosity=0, interactive=False, skip_checks=True)

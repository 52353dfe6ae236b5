"""Counters of what left no row, gathered in memory and added to the database now and then."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from uuid import UUID

import structlog
from django.db import Error, connection

from hearwell.channels.services import count
from hearwell.kit.clock import now

log = structlog.get_logger(__name__)
FLUSH_EVERY_S = 1.0


class Tallies:
    """Counts per endpoint, day and name. A flood of forgeries costs one row, once a second."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[UUID, date, str]] = Counter()

    def add(self, endpoint_id: UUID, name: str) -> None:
        """Count one."""
        self._counts[endpoint_id, now().date(), name] += 1

    async def run(self) -> None:
        """Flush once a second until cancelled, then a last time."""
        try:
            while True:
                await asyncio.sleep(FLUSH_EVERY_S)
                await self.flush()
        finally:
            await asyncio.shield(self.flush())

    async def flush(self) -> None:
        """Add what was counted; what cannot be written stays for the next time."""
        if not self._counts:
            return
        taken, self._counts = self._counts, Counter()
        try:
            await asyncio.to_thread(_write, taken)
        except Error as error:
            log.warning("counters_kept_back", error_type=type(error).__name__)
            self._counts.update(taken)


def _write(taken: Counter[tuple[UUID, date, str]]) -> None:
    try:
        count(taken)
    finally:
        connection.close()

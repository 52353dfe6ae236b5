"""Every place of the worker's queues can be busy at the same time."""

from __future__ import annotations

import asyncio
import threading

from procrastinate.utils import sync_to_async

from hearwell.config import processes


def test_all_places_work_at_once():
    places = sum(n for _queue, n in processes.QUEUES)
    # Passed only by so many at once; with a thread too few it breaks.
    gate = threading.Barrier(places, timeout=20)

    async def fill() -> None:
        processes.make_room()
        await asyncio.gather(*(sync_to_async(gate.wait) for _ in range(places)))

    asyncio.run(fill())
    assert not gate.broken

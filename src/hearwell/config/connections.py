"""How many database connections the house has open at most, process by process.

The embedded server has room for all of them at once: one that finds none cannot work, and says so
to whoever asked. A test holds these numbers against what the processes do.
"""

from __future__ import annotations

from typing import Final

# A thread for each page, the gateway's five, and one to spare.
_BESIDE_PAGES: Final = 6
_WEB_LISTENS: Final = 1
# A place each (`processes.QUEUES`), the sweeps, a pool that fetches jobs, an ear for each queue.
WORKER: Final = 19 + 1 + 4 + 8
# A place each (`channels.listen.THREADS`), the keeper, the notifier.
LISTEN: Final = 12 + 1 + 1
# `prepare`, and what an operator runs beside: backup, doctor, imports.
_COMMANDS: Final = 8
_SUPERUSER: Final = 3


def web_pool(threads: int) -> int:
    """Return how many connections a web process shares among its threads and the gateway."""
    return threads + _BESIDE_PAGES


def most_connections(web_threads: int) -> int:
    """Return how many the embedded server must take."""
    return web_pool(web_threads) + _WEB_LISTENS + WORKER + LISTEN + _COMMANDS + _SUPERUSER

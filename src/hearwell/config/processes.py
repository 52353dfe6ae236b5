"""What the three kinds of process do, each in the foreground until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import cast

import uvicorn
from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector

from hearwell.config import collector
from hearwell.config.environment import Environment
from hearwell.kit.jobs import job_span, on_a_live_connection

GRACE_S = 5
# Each group has its own places, so a flood of messages never keeps an answer waiting.
QUEUES = (
    ("inbound", 2),
    ("default", 2),
    ("outbound", 2),
    ("imports", 1),
    ("media", 2),
    ("webhooks", 4),
    ("models", 2),
    ("tools", 4),
)


def serve_web(environment: Environment, descriptor: int | None) -> None:
    """Serve pages, hooks and live updates.

    `descriptor` is a listening socket handed down by the supervisor: it stays open while
    this process is replaced, so callers wait a moment instead of being refused.
    """
    config = uvicorn.Config(
        "hearwell.config.asgi:application",
        host=environment.bind,
        port=environment.port,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        server_header=False,
        access_log=False,
        log_config=None,
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
    )
    sockets = None if descriptor is None else [socket.socket(fileno=descriptor)]
    _WebServer(config).run(sockets=sockets)


class _WebServer(uvicorn.Server):
    """uvicorn, which would otherwise wait for live updates that never end by themselves."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Close the streams, then stop as usual."""
        from hearwell.gateway.app import end_streams

        end_streams()
        super().handle_exit(sig, frame)


def run_worker(queues: Collection[str] = ()) -> None:
    """Work off these queues (all, if none is named), and sweep.

    To sweep is to look every second for what no wake-up reached. Every worker does, whatever its
    queues are: of several that look at the same moment one finds the sweep's lock free.
    """
    from hearwell.kit import sweep

    collector.settle()
    stop = threading.Event()
    thread = threading.Thread(target=sweep.run_forever, args=(stop,), name="sweeps")
    thread.start()
    try:
        asyncio.run(_work_queues([one for one in QUEUES if not queues or one[0] in queues]))
    finally:
        stop.set()
        thread.join(GRACE_S)


def fetching_app() -> App:
    """Return an app that fetches jobs over asynchronous connections of its own.

    The tasks themselves go on deferring through Django's connection, that is inside the
    transaction they are in. (Replacing the connector of the one app would lose that.)
    """
    from hearwell.kit.jobs import app

    return app.with_connector(cast("DjangoConnector", app.connector).get_worker_connector())


def make_room(queues: Sequence[tuple[str, int]] = QUEUES) -> None:
    """Give the running loop a thread for every place.

    By itself it has four more than cores: on a small machine fewer than there are places, and
    slow webhooks would take the threads that answers need.
    """
    places = sum(n for _queue, n in queues)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(places, "jobs"))


async def _work_queues(queues: Sequence[tuple[str, int]]) -> None:
    """Run one worker per queue until a signal, or until one of them gives up."""
    make_room(queues)
    async with fetching_app().open_async() as fetching:
        workers = [asyncio.create_task(_work(fetching, *queue)) for queue in queues]
        told = asyncio.Event()
        _on_stop(told.set)
        stopping = asyncio.create_task(told.wait())
        await asyncio.wait([*workers, stopping], return_when=asyncio.FIRST_COMPLETED)
        # Once and no more: the first cancel lets running jobs end, a second would cut them off.
        for task in (*workers, stopping):
            task.cancel()
        await asyncio.gather(*workers, stopping, return_exceptions=True)


async def _work(app: App, queue: str, places: int) -> None:
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=places,
        delete_jobs="successful",
        install_signal_handlers=False,
        shutdown_graceful_timeout=GRACE_S,
        task_middleware=[on_a_live_connection, job_span],
    )


def run_listener() -> None:
    """Hold the networks' streams, poll, and number the events for the live screens."""
    from hearwell.channels import listen
    from hearwell.events import notifier

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    thread = threading.Thread(target=notifier.run, args=(stop,), name="notifier", daemon=True)
    thread.start()
    try:
        listen.run(stop)
    finally:
        stop.set()
        thread.join(GRACE_S)


def _on_stop(stop: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)

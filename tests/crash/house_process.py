"""A house for the laboratory: door, workers, notifier and desk, each a process that may die.

Started by `laboratory.House`. Environment: LAB_FOLDER with the traps, LAB_SOCKET (a descriptor to
listen on), LAB_WORKSPACE, LAB_NAIVE (`sender` or `intake`: the builds that are broken on purpose).
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import django

from tests.crash.keeping import keep_alive
from tests.crash.network import READ_LAG_S, TIMEOUT_S
from tests.crash.traps import Traps

SWEEPS = {"outbound", "channels.strays", "stalled-jobs"}
QUEUES = (("inbound", 2), ("default", 2), ("outbound", 2))


def hurry(sweeps: Collection[str] = SWEEPS) -> None:
    """Short waits, so that a test of minutes takes seconds. The order of things stays."""
    from datetime import timedelta

    from procrastinate import App

    from hearwell.channels import sweeps as strays
    from hearwell.config import processes
    from hearwell.connectors.sandbox import connector as sandbox
    from hearwell.kit import sweep
    from hearwell.ops import sweeps as ops
    from hearwell.outbound import rules
    from hearwell.outbound.services import recovery

    quick = replace(
        sandbox.MANIFEST, request_timeout_s=TIMEOUT_S, read_lag_s=READ_LAG_S + TIMEOUT_S
    )
    sandbox.MANIFEST = sandbox.SandboxConnector.manifest = quick  # type: ignore[misc]
    rules._MARGIN_S, rules._FIRST_WAIT_S = 1.0, 0.2  # type: ignore[misc]
    recovery._NUDGE = timedelta(seconds=1)
    strays.STRAY_AFTER = timedelta(seconds=0.5)
    ops.STALLED_AFTER_S = 2
    processes.QUEUES = QUEUES  # type: ignore[misc,assignment]
    for name in set(sweep.SWEEPS) - set(sweeps):
        del sweep.SWEEPS[name]
    sweep.SWEEPS["stalled-jobs"].every_s = 1.0
    run = App.run_worker_async
    App.run_worker_async = lambda app, **how: run(app, update_heartbeat_interval=0.5, **how)  # type: ignore[method-assign]


def say_who_calls() -> None:
    """Tell the network which process calls, so that it can end it in the middle of a call."""
    from hearwell.kit import http

    opened = http.client

    def with_pid(*given: Any, **named: Any) -> Any:
        client = opened(*given, **named)
        client.headers["x-pid"] = str(os.getpid())
        client.event_hooks["request"].append(_stamp)
        return client

    http.client = with_pid


def _stamp(request: Any) -> None:
    """When it was sent: the network keeps what it has promised, however slow this machine is."""
    request.headers["x-sent"] = str(time.time())


def break_on_purpose(how: str) -> None:
    """The naive builds, which the checker has to catch."""
    if how == "sender":
        send_again_on_expiry()
    if how == "intake":
        answer_before_the_commit()


def send_again_on_expiry() -> None:
    """Whatever did not end well is simply sent again, as a retrying job queue does."""
    from hearwell.outbound import reader

    reader._found = lambda row, post: None  # the network is not asked


def answer_before_the_commit() -> None:
    """Answer 200 at once, and store what has come when there is time."""
    from hearwell.gateway import collector

    write = collector.Collector._write

    def later(self: Any, batch: Sequence[Any]) -> None:
        self._answer(batch, None)
        time.sleep(0.05)
        write(self, batch)

    collector.Collector._write = later  # type: ignore[method-assign]


def serve() -> None:
    """Be the door: the gateway alone, on a socket that outlives it."""
    import uvicorn

    config = uvicorn.Config(
        "hearwell.gateway.app:app", log_config=None, access_log=False, lifespan="on",
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    listening = socket.socket(fileno=os.dup(int(os.environ["LAB_SOCKET"])))
    uvicorn.Server(config).run(sockets=[listening])


def work() -> None:
    """Be a worker."""
    from hearwell.config.processes import run_worker

    run_worker()


def number() -> None:
    """Be the notifier."""
    from hearwell.events import notifier

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    notifier.run(stop)


def answer(pause_s: float = 0.1) -> None:
    """Be the desk: answer every customer once, and again whatever nobody confirmed."""
    from tests.crash.desk import Desk

    desk = Desk(UUID(os.environ["LAB_WORKSPACE"]))
    while True:
        desk.answer_all()
        time.sleep(pause_s)


def set_traps() -> None:
    """Let the named points of the product look for traps."""
    from hearwell.kit import crashpoints

    crashpoints.install(Traps(Path(os.environ["LAB_FOLDER"])).reached)


def main() -> None:
    """Keep the house's processes alive."""
    django.setup()
    import hearwell.gateway.app
    import hearwell.inbox.reply
    import hearwell.outbound.sender  # noqa: F401 -- loaded once, before the forks

    set_traps()
    hurry()
    say_who_calls()
    break_on_purpose(os.environ.get("LAB_NAIVE", ""))
    keep_alive([serve, work, work, number, answer])


if __name__ == "__main__":
    main()

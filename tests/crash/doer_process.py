"""A worker that acts in another system, and comes back whenever it dies: run by the test."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from tests.crash.keeping import keep_alive
from tests.crash.traps import Traps


def say_who_calls() -> None:
    """Tell the other side which process calls, so that it can be ended in the middle."""
    from hearwell.commerce.services import carrying

    call = carrying.call

    def called(url: str, secrets: dict[str, str], *rest: Any) -> Any:
        return call(url, {**secrets, "X-Pid": str(os.getpid())}, *rest)

    carrying.call = called  # type: ignore[assignment]


def hurry() -> None:
    """Short waits, so that a test of minutes takes seconds. The order of things stays."""
    from hearwell.commerce import rules
    from hearwell.commerce.services import carrying, recovery

    carrying.LEASE_S = 1  # type: ignore[misc]
    rules._LOOK_AFTER_S = (0.3,)  # type: ignore[misc,assignment]
    recovery._NUDGE = timedelta(seconds=1)  # type: ignore[misc]


def break_on_purpose() -> None:
    """The naive build: what was under way when its doer died is simply done again."""
    from hearwell.commerce.models import ToolRun
    from hearwell.commerce.services import recovery
    from hearwell.kit.clock import now

    def again(run: ToolRun) -> None:
        ToolRun.objects.filter(id=run.id).update(state="queued", wake_at=now())

    recovery._doubt = again


def work() -> None:
    """Be a worker until told to stop."""
    from hearwell.config.processes import run_worker

    run_worker()


def main() -> None:
    """Keep a worker alive."""
    django.setup()
    from hearwell.kit import crashpoints

    crashpoints.install(Traps(Path(os.environ["LAB_FOLDER"])).reached)
    hurry()
    say_who_calls()
    if os.environ.get("NAIVE"):
        break_on_purpose()
    keep_alive([work])


if __name__ == "__main__":
    main()

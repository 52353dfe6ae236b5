"""Real workers that act in another system, killed at named points: run by the test.

Arguments are plans, one a worker. "D0:2" kills it at the second claim, before that is committed;
D1 is claimed and nothing sent, D2 answered and nothing noted, D3 noted and not committed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import django

from tests.crash.sender_process import keep_alive

# What is reached at each point: the function of the doer, and whether it is over by then.
POINTS: Final = {
    "D0": ("_claimed", True),
    "D1": ("_acted", False),
    "D2": ("_keep", False),
    "D3": ("note_end", True),
}


def die_at(plan: str) -> None:
    """Arrange for the end of this process at a named point."""
    from hearwell.commerce.services import carrying

    point, _, count = plan.partition(":")
    name, is_after = POINTS[point]
    doing: Callable[..., Any] = getattr(carrying, name)
    seen: Counter[str] = Counter()
    lock = threading.Lock()

    def count_down() -> None:
        with lock:
            seen[name] += 1
            if seen[name] == int(count):
                os.kill(os.getpid(), signal.SIGKILL)

    def dying(*given: Any, **named: Any) -> Any:
        if not is_after:
            count_down()
        made = doing(*given, **named)
        if is_after:
            count_down()
        return made

    setattr(carrying, name, dying)


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


def work(plan: str) -> None:
    """Be a worker until told to stop, or until the plan's point is reached."""
    if plan:
        die_at(plan)
    say_who_calls()
    from hearwell.config.processes import run_worker

    run_worker()


def main() -> None:
    """Keep workers alive; the arguments are the plans of the first ones."""
    django.setup()
    hurry()
    if os.environ.get("NAIVE"):
        break_on_purpose()
    keep_alive(sys.argv[1:], work)


if __name__ == "__main__":
    main()

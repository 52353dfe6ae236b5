"""Real worker processes with a connector to the storm, killed at named points: run by the test.

Arguments are crash plans, one a worker: "O2:3" kills it at the third time it comes to O2, with a
"!" at the end it is stopped for a while instead. Environment: STORM_URL; NAIVE=1 is the
deliberately broken build that never asks the network.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import django
import httpx

from hearwell.connect import failures, registry
from hearwell.connect.contract import Connector, Replies
from hearwell.connect.health import Health
from hearwell.connect.manifest import Auth, Manifest, ReadBack
from hearwell.connect.model import Account, Audience, Draft, MessageKind, Problem, Sent
from hearwell.connect.textrule import CodePoints
from tests.crash.storm_network import READ_LAG_S, TIMEOUT_S

URL = os.environ.get("STORM_URL", "")


class StormConnector(Connector, Replies):
    """The network's connector: keyless, with an authoritative read-back."""

    manifest: ClassVar[Manifest] = Manifest(
        network="storm",
        title="Storm",
        auth=Auth.NONE,
        public_text=CodePoints(500),
        kinds=frozenset({MessageKind.MENTION}),
        reply_audiences=frozenset({Audience.PUBLIC}),
        read_back=ReadBack.AUTHORITATIVE,
        request_timeout_s=TIMEOUT_S,
        read_lag_s=READ_LAG_S + TIMEOUT_S,  # a late answer may apply late
    )

    def health(self, account: Account) -> Health:
        return Health(())

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        return []

    def identity(self, account: Account) -> str:
        return str(self._get("/me")["page"])

    def send(self, account: Account, draft: Draft, key: str) -> Sent:
        body = {"thread": draft.thread_key, "text": draft.text, "account": draft.account}
        try:
            with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
                answer = client.post(f"{URL}/posts", json=body, headers={"x-pid": str(os.getpid())})
        except httpx.ConnectError as error:
            raise failures.Unavailable from error
        except httpx.TransportError as error:
            raise failures.OutcomeUnknown from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise failures.Throttled(datetime.now(UTC) + timedelta(seconds=0.2))
        if answer.status_code != httpx.codes.CREATED:
            raise failures.OutcomeUnknown
        return _sent(answer.json())

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        posts = self._get(f"/posts?thread={draft.thread_key}")["posts"]
        same = [p for p in posts if p["text"] == draft.text and p["id"] not in linked]
        return _sent(same[0]) if same else None

    def _get(self, path: str) -> dict[str, Any]:
        try:
            with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
                found: dict[str, Any] = client.get(f"{URL}{path}").json()
        except httpx.TransportError as error:
            raise failures.Unavailable from error
        return found


def _sent(post: dict[str, Any]) -> Sent:
    return Sent(post["id"], f"{URL}/{post['id']}", datetime.fromtimestamp(post["at"], UTC))


def die_at(plan: str) -> None:
    """Arrange for the end of this process at a named point."""
    from hearwell.outbound import crashpoints

    name, _, count = plan.rstrip("!").partition(":")
    seen: Counter[str] = Counter()
    lock = threading.Lock()

    def probe(point: str) -> None:
        with lock:
            seen[point] += 1
            is_now = point == name and seen[point] == int(count)
        if is_now:
            os.kill(os.getpid(), signal.SIGSTOP if plan.endswith("!") else signal.SIGKILL)

    crashpoints.install(probe)


def hurry() -> None:
    """Short waits, so that a test of minutes takes seconds. The order of things stays."""
    from hearwell.outbound import rules
    from hearwell.outbound.services import recovery

    rules._MARGIN_S, rules._FIRST_WAIT_S = 1.0, 0.2  # type: ignore[misc]
    recovery._NUDGE = timedelta(seconds=2)


def break_on_purpose() -> None:
    """The naive build: whatever is in doubt is simply sent again."""
    from hearwell.outbound import rules

    rules.verdict_on_read_back = lambda found, attempt: rules.Verdict(  # type: ignore[assignment]
        rules.State.QUEUED, not_before=attempt.now
    )


def work(plan: str) -> None:
    """Be a worker until told to stop, or until the plan's point is reached."""
    if plan:
        die_at(plan)
    from hearwell.config.processes import run_worker

    run_worker()


def keep_alive(plans: list[str], work: Callable[[str], None]) -> None:
    """Fork a worker; whenever it dies, say so and fork the next one.

    Django is loaded once and each worker is a process of its own with its own connections: a
    kill costs what it costs, and not ten seconds of imports on a busy machine.
    """
    child = 0

    def end(*_: object) -> None:
        if child:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    while True:
        plan = plans.pop(0) if plans else ""
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            work(plan)
            os._exit(0)
        watch(child, plan)
        child = 0


def watch(child: int, plan: str) -> None:
    """Wait for the end of a worker; one that stopped itself is woken after a while."""
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        sys.stdout.write(f"died {plan}\n")
        sys.stdout.flush()
        if not os.WIFSTOPPED(status):
            return
        time.sleep(3)
        os.kill(child, signal.SIGCONT)


def main() -> None:
    """Keep workers alive; the arguments are the crash plans of the first ones."""
    django.setup()
    registry.register(StormConnector())
    hurry()
    if os.environ.get("NAIVE"):
        break_on_purpose()
    keep_alive(sys.argv[1:], work)


if __name__ == "__main__":
    main()

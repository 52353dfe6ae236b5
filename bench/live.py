"""From a webhook to the open screens: how long until the stream names the new case and counts it.

The server's half of it: real web, worker and listening processes; the clock starts with the first
byte of the webhook and stops when the event has been read from the stream. The baseline, in the
same run, is the same stream's shortest way: a colleague's presence, which goes through one
NOTIFY and touches no table.

    python -m bench.live [--webhooks 100]
"""

from __future__ import annotations

import argparse
import json
import queue
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from bench._hooks import Desk, connect, post, web, webhooks
from bench._processes import process
from hearwell.config.scratch import ground

BAR_P95_MS = 200.0
Figures = dict[str, dict[str, float]]
Told = tuple[str, dict[str, Any], float]


def sign_in(desk: Desk, email: str = "bob@example.com") -> dict[str, str]:
    """Make an agent of the workspace and return the cookie of a session of theirs."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from hearwell.accounts.models import User, Workspace
    from hearwell.accounts.services import add_member

    user = User.objects.create_user(email, None, name="Bob Brown")
    add_member(Workspace.objects.get(id=desk.workspace_id), user)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}


@contextmanager
def screen(port: int, cookies: dict[str, str]) -> Iterator[queue.Queue[Told]]:
    """Have one open screen; yields what it is told, each with the moment it was read."""
    told: queue.Queue[Told] = queue.Queue()
    stop = threading.Event()

    def read() -> None:
        with (
            httpx.Client(timeout=30, cookies=cookies) as client,
            client.stream("GET", f"http://127.0.0.1:{port}/live?queue=all") as answer,
        ):
            name = ""
            for line in answer.iter_lines():
                if stop.is_set():
                    return
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    told.put((name, json.loads(line[6:]), time.perf_counter()))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        next_named(told, "counts")
        yield told
    finally:
        stop.set()


def next_named(told: queue.Queue[Told], name: str, *, within_s: float = 30) -> float:
    """Return when the next event of that name was read."""
    deadline = time.monotonic() + within_s
    while True:
        found, _, at = told.get(timeout=max(0.01, deadline - time.monotonic()))
        if found == name:
            return at


def figures_of(seconds: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    cuts = statistics.quantiles(seconds, n=20)
    return {"p50_ms": round(cuts[9] * 1000, 1), "p95_ms": round(cuts[18] * 1000, 1)}


def measure(
    port: int, desk: Desk, cookies: dict[str, str], how_many: int
) -> dict[str, dict[str, float]]:
    """Send webhooks one by one, as customers write, and time each to its two events."""
    pills, counts, presences = [], [], []
    with screen(port, cookies) as told:
        for request in webhooks(how_many + 5, desk.token):
            begun = time.perf_counter()
            post(port, [request])
            pills.append(next_named(told, "new") - begun)
            counts.append(next_named(told, "counts") - begun)
            time.sleep(0.3)
        case = str(uuid4())
        for number in range(how_many):
            begun = time.perf_counter()
            body = {"case": case, "doing": ("reading", "writing")[number % 2]}
            httpx.post(f"http://127.0.0.1:{port}/live/presence", json=body, cookies=cookies)
            presences.append(next_named(told, "presence") - begun)
    # The first few fill caches and plans.
    return {
        "webhook_to_new": figures_of(pills[5:]),
        "webhook_to_counts": figures_of(counts[5:]),
        "presence_to_presence": figures_of(presences),
    }


def in_a_house(measured: Callable[[int, Desk, dict[str, str]], Figures]) -> Figures:
    """Measure in a running house, by its port, its desk and the cookie of an agent."""
    with ground() as made:
        desk = connect(made)
        cookies = sign_in(desk)
        with (
            web(made) as port,
            process(["-m", "hearwell", "worker"], made.environment("worker")),
            process(["-m", "hearwell", "listen"], made.environment("listen")),
        ):
            post(port, webhooks(1, desk.token))
            time.sleep(5)
            return measured(port, desk, cookies)


def main() -> None:
    """Run and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--webhooks", type=int, default=100)
    asked = parser.parse_args()
    found = in_a_house(lambda *house: measure(*house, asked.webhooks))
    p95 = found["webhook_to_new"]["p95_ms"]
    result = {
        "benchmark": "live",
        **found,
        "ratio_to_presence": round(
            found["webhook_to_new"]["p50_ms"] / found["presence_to_presence"]["p50_ms"], 2
        ),
        "bar": {"webhook_to_new_p95_ms": BAR_P95_MS, "is_met": p95 <= BAR_P95_MS},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

"""Two hundred agents at one desk: open screens, a stream of customers, everybody at work.

Real web, worker and listening processes. Each agent has a live screen of all open cases and acts
every five seconds: opens the list, opens a case, takes one and gives it back. Customers write fifty
times a second. Measured are how long an act takes, how long until a new case is named on every
screen, and whether each screen ends up with what the database holds. Baseline, in the same run: the
same acts, before the first customer writes.

    python -m bench.team [--agents 200] [--per-second 50] [--seconds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx

from bench._hooks import Desk, connect, post, web_process, webhooks
from bench._processes import process
from bench.live import figures_of, sign_in
from hearwell.config.scratch import ground

BAR_ACT_MS, BAR_SEEN_MS, BAR_MB = 150.0, 500.0, 400
EVERY_S, QUIET_S, CALM_S = 5.0, 6.0, 20.0
CASES: Final = 200
CSRF: Final = "b" * 32
Headers = dict[str, str]


@dataclass
class Screen:
    """What one agent's page knows, by what it was told."""

    headers: Headers
    counts: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    named: dict[str, float] = field(default_factory=dict)
    acts: list[float] = field(default_factory=list)
    failed: int = 0

    def told(self, name: str, facts: dict[str, Any]) -> None:
        """Apply an event, as the page does."""
        if name == "counts":
            self.counts = facts["queues"]
        elif name == "new":
            for case in facts["cases"]:
                self.named.setdefault(case, time.perf_counter())
        elif name == "cases":
            for case in facts["cases"]:
                self.versions[case["id"]] = case["version"]


async def watch(client: httpx.AsyncClient, screen: Screen, is_open: asyncio.Semaphore) -> None:
    """Read a screen's stream until cancelled."""
    name = ""
    async with client.stream("GET", "/live?queue=all", headers=screen.headers) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
                if name == "hello":
                    is_open.release()
            elif line.startswith("data: "):
                screen.told(name, json.loads(line[6:]))


async def work(client: httpx.AsyncClient, screen: Screen, cases: list[str]) -> None:
    """Act every five seconds until cancelled, beginning anywhere within them."""
    dice = random.Random(id(screen))  # noqa: S311 -- whoever does what
    await asyncio.sleep(dice.random() * EVERY_S)
    while True:
        begun = time.perf_counter()
        try:
            await act(client, screen, dice, cases)
        except httpx.HTTPError:
            screen.failed += 1
        screen.acts.append(time.perf_counter() - begun)
        await asyncio.sleep(max(0.0, EVERY_S - (time.perf_counter() - begun)))


async def act(
    client: httpx.AsyncClient, screen: Screen, dice: random.Random, cases: list[str]
) -> None:
    """Do one thing: four times in ten the list, four a case, once take one, once give it back."""
    case, what = dice.choice(cases), dice.random()
    if what < 0.4:
        answer = await client.get("/inbox/q/all/", headers=screen.headers)
    elif what < 0.8:
        answer = await client.get(f"/c/{case}/", headers=screen.headers)
    else:
        verb = "claim" if what < 0.9 else "release"
        posted = {**screen.headers, "x-csrftoken": CSRF, "hx-request": "true"}
        answer = await client.post(f"/c/{case}/{verb}/", headers=posted)
    # 409: a colleague has it, and the agent is told so.
    screen.failed += answer.is_error and answer.status_code != httpx.codes.CONFLICT


async def customers(port: int, requests: list[bytes], per_second: int) -> list[float]:
    """Send webhooks at an even pace; return when each began."""
    begun, sent = time.perf_counter(), []
    for number, request in enumerate(requests):
        await asyncio.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
        sent.append(time.perf_counter())
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await reader.readline()
        writer.close()
    return sent


async def played(
    port: int, screens: list[Screen], cases: list[str], requests: list[bytes], per_second: int
) -> tuple[list[float], list[float]]:
    """Let everybody work, first alone, then with customers; return calm acts and times sent."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    is_open = asyncio.Semaphore(0)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60
    ) as client:
        watching = [asyncio.create_task(watch(client, one, is_open)) for one in screens]
        for _ in screens:
            await is_open.acquire()
        working = [asyncio.create_task(work(client, one, cases)) for one in screens]
        await asyncio.sleep(CALM_S)
        calm = [taken for one in screens for taken in one.acts]
        for one in screens:
            one.acts = []
        sent = await customers(port, requests, per_second)
        for task in working:
            task.cancel()
        await asyncio.sleep(QUIET_S)
        for task in watching:
            task.cancel()
        await asyncio.gather(*working, *watching, return_exceptions=True)
    return calm, sent


def people(desk: Desk, how_many: int) -> list[Screen]:
    """Make agents, each with a session, and a screen for each."""
    made = []
    for number in range(how_many):
        cookies = {**sign_in(desk, f"agent{number}@example.com"), "csrftoken": CSRF}
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        made.append(Screen({"cookie": cookie}))
    return made


def in_the_end(desk: Desk, screens: list[Screen]) -> tuple[int, int, dict[str, str]]:
    """Return how many screens have wrong counts, how many versions are wrong, post -> case."""
    from hearwell.conversations.models import Case, Message
    from hearwell.conversations.queries import queue_counts
    from hearwell.kit.scope import scope

    with scope(desk.workspace_id):
        versions = {str(key): v for key, v in Case.objects.values_list("id", "version")}
        rows = Message.objects.filter(direction="in").values_list("remote_id", "case_id")
        homes = {remote: str(case) for remote, case in rows}
        truth = queue_counts(desk.workspace_id, UUID(int=0))
    everybodys = ("all", "unassigned")
    wrong = sum(any(one.counts.get(q) != truth.get(q) for q in everybodys) for one in screens)
    stale = sum(versions[case] != v for one in screens for case, v in one.versions.items())
    return wrong, stale, homes


def settled(desk: Desk, messages: int) -> dict[str, str]:
    """Wait until so many messages have been taken in; return post -> case."""
    for _ in range(600):
        homes = in_the_end(desk, [])[2]
        if len(homes) >= messages:
            return homes
        time.sleep(0.1)
    message = f"only {len(homes)} of {messages} messages were taken in"
    raise RuntimeError(message)


def memory_mb(pid: int) -> float:
    """Return the most that a process has held, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) / 1024, 1)


def measure(agents: int, per_second: int, seconds: int) -> dict[str, Any]:
    """Run it and return the figures."""
    with ground() as made:
        desk = connect(made)
        screens = people(desk, agents)
        with (
            web_process(made) as (port, pid),
            process(["-m", "hearwell", "worker"], made.environment("worker")),
            process(["-m", "hearwell", "listen"], made.environment("listen")),
        ):
            post(port, webhooks(CASES, desk.token))
            known = settled(desk, CASES)
            requests = webhooks(per_second * seconds, desk.token)
            calm, sent = asyncio.run(
                played(port, screens, list(known.values()), requests, per_second)
            )
            peak = memory_mb(pid)
            settled(desk, CASES + len(sent))
            wrong, stale, homes = in_the_end(desk, screens)
    numbered = sorted(int(remote[1:]) for remote in homes)[-len(sent) :]
    began = {homes[f"p{number}"]: at for number, at in zip(numbered, sent, strict=True)}
    seen = [
        one.named[case] - at for one in screens for case, at in began.items() if case in one.named
    ]
    return {
        "agents": agents,
        "messages": len(sent),
        "acts": figures_of([taken for one in screens for taken in one.acts]),
        "acts_before_customers": figures_of(calm),
        "acts_failed": sum(one.failed for one in screens),
        "seen_on_a_screen": figures_of(seen),
        "never_named": len(screens) * len(began) - len(seen),
        "screens_with_wrong_counts": wrong,
        "stale_versions": stale,
        "web_process_mb": peak,
    }


def main() -> None:
    """Run and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--per-second", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    found = measure(asked.agents, asked.per_second, asked.seconds)
    bars = {
        "act_p95_ms": BAR_ACT_MS,
        "act_is_met": found["acts"]["p95_ms"] <= BAR_ACT_MS,
        "seen_p95_ms": BAR_SEEN_MS,
        "seen_is_met": found["seen_on_a_screen"]["p95_ms"] <= BAR_SEEN_MS,
        "web_process_mb": BAR_MB,
        "web_process_is_met": found["web_process_mb"] <= BAR_MB,
    }
    ratio = found["acts"]["p50_ms"] / found["acts_before_customers"]["p50_ms"]
    print(json.dumps({**found, "ratio_to_before": round(ratio, 2), "bars": bars}, indent=2))


if __name__ == "__main__":
    main()

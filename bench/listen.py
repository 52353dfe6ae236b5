"""What listening costs, and how soon the accounts of a dead listener are heard again.

Real `hearwell listen` processes on hundreds of little Harbours on loopback, each account with its
line held open and polled every fifteen seconds. Measured are memory (PSS), threads, processor time
and transactions a minute after the start, and how long after a kill -9 every account of the dead
one has a line again at another. The baseline, in the same run, is a listener with no account.

    python -m bench.listen [--accounts 500] [--settle 60]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
import psycopg

from bench._processes import free_port, process
from hearwell.config.scratch import Ground, ground, set_up_django

BAR_MB, BAR_TAKEOVER_S = 300, 15
WATCH_S = 30.0
LISTEN = ["-m", "hearwell", "listen"]


@dataclass(frozen=True)
class Cost:
    """What one listening process takes."""

    pss_mb: float
    threads: int
    cpu_percent: float
    transactions_per_s: float

    def shown(self) -> dict[str, Any]:
        """Return it rounded."""
        return {
            "pss_mb": round(self.pss_mb, 1),
            "threads": self.threads,
            "cpu_percent": round(self.cpu_percent, 1),
            "transactions_per_s": round(self.transactions_per_s, 1),
        }


@contextmanager
def harbours() -> Iterator[str]:
    """Serve the network on loopback; yields its address."""
    port = free_port()
    with process(["-m", "bench._harbours", str(port)], {}, port):
        yield f"http://127.0.0.1:{port}"


def connect(made: Ground, url: str, how_many: int) -> None:
    """Connect accounts; Django is set up as the worker from here on."""
    set_up_django(made, "worker")
    from hearwell.accounts.services import create_workspace
    from hearwell.channels.services import connect_channel
    from hearwell.kit.scope import scope

    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        for number in range(how_many):
            name = f"h{number}"
            connect_channel(
                workspace_id=workspace.id,
                network="sandbox",
                handle=name,
                external_id=name,
                brand="Northwind Air",
                settings={"base_url": f"{url}/{name}"},
                secrets={"access": "x"},
            )


def lines(url: str) -> list[int]:
    """Return how many lines are open to each place that was ever asked."""
    counts: dict[str, list[float]] = httpx.get(f"{url}/counts", timeout=30).json()
    return [int(of_one[2]) for of_one in counts.values()]


def wait_for_lines(url: str, how_many: int, *, within_s: float = 180) -> float:
    """Wait until so many places have a line open; return the seconds it took."""
    begun = time.monotonic()
    while sum(open_lines > 0 for open_lines in lines(url)) < how_many:
        if time.monotonic() - begun > within_s:
            message = "not every account is heard"
            raise RuntimeError(message)
        time.sleep(0.1)
    return time.monotonic() - begun


def cost(made: Ground, pid: int, settle_s: float) -> Cost:
    """Let a process settle, watch it for a while, and say what it takes."""
    time.sleep(settle_s)
    child = psutil.Process(pid)
    used, done, begun = _cpu_s(child), _transactions(made), time.monotonic()
    time.sleep(WATCH_S)
    seconds = time.monotonic() - begun
    return Cost(
        pss_mb=child.memory_full_info().pss / 2**20,
        threads=child.num_threads(),
        cpu_percent=100 * (_cpu_s(child) - used) / seconds,
        transactions_per_s=(_transactions(made) - done) / seconds,
    )


def _cpu_s(child: psutil.Process) -> float:
    times = child.cpu_times()
    return float(times.user + times.system)


def _transactions(made: Ground) -> int:
    with psycopg.connect(made.owner, autocommit=True) as server:
        server.execute("SELECT pg_stat_force_next_flush()")
        row = server.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    return int(row[0]) if row else 0


def takeover(url: str, environment: dict[str, str], how_many: int) -> dict[str, Any]:
    """Kill one of two listeners; time until the other hears every account."""
    with process(LISTEN, environment) as first, process(LISTEN, environment):
        _wait_until_split(how_many)
        wait_for_lines(url, how_many)
        first.kill()
        first.wait()
        before = sum(open_lines > 0 for open_lines in lines(url))
        return {
            "accounts_left_alone": how_many - before,
            "heard_again_after_s": round(wait_for_lines(url, how_many), 1),
        }


def _wait_until_split(how_many: int) -> None:
    from hearwell.channels.services.leases import listeners

    deadline = time.monotonic() + 120
    while sorted(row.accounts for row in listeners()) != [how_many // 2, how_many - how_many // 2]:
        if time.monotonic() > deadline:
            message = f"the accounts are not split: {listeners()}"
            raise RuntimeError(message)
        time.sleep(0.2)


def run(made: Ground, how_many: int, settle_s: float) -> dict[str, Any]:
    """Measure the empty listener, the full one, and the takeover."""
    with harbours() as url:
        environment = {**made.environment("listen"), "HEARWELL_EGRESS_ALLOW": url}
        with process(LISTEN, environment) as empty:
            baseline = cost(made, empty.pid, settle_s)
        connect(made, url, how_many)
        with process(LISTEN, environment) as full:
            began = wait_for_lines(url, how_many)
            found = cost(made, full.pid, settle_s)
        taken = takeover(url, environment, how_many)
    return {
        "benchmark": "listen",
        "accounts": how_many,
        "empty": baseline.shown(),
        "full": found.shown(),
        "all_lines_open_after_s": round(began, 1),
        "ratio_to_empty": round(found.pss_mb / baseline.pss_mb, 2),
        "takeover": taken,
        "bar": {
            "pss_mb": BAR_MB,
            "takeover_s": BAR_TAKEOVER_S,
            "is_met": found.pss_mb <= BAR_MB and taken["heard_again_after_s"] <= BAR_TAKEOVER_S,
        },
    }


def main() -> None:
    """Run and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=500)
    parser.add_argument("--settle", type=float, default=60.0)
    asked = parser.parse_args()
    with ground() as made:
        print(json.dumps(run(made, asked.accounts, asked.settle), indent=2))


if __name__ == "__main__":
    main()

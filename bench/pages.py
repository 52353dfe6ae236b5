"""The list and a case, as the server makes them: time and queries at 10 k, 100 k and 1 M messages.

Server time is that of the whole Django stack, middleware and templates included, in this process,
as the role that serves pages. The baseline is the same page at 100 k messages: an index that stops
carrying shows as a ratio. Sizes share one database, each in a workspace of its own.

    python -m bench.pages [--sizes 10000,100000,1000000] [--runs 60]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bench.seed import Seeded, seed
from hearwell.config.scratch import ground, set_up_django

if TYPE_CHECKING:
    from django.test import Client

BAR_MS, BAR_RATIO, BAR_QUERIES = 60.0, 1.3, 12
BASELINE_SIZE = 100_000


def measure(seeded: Seeded, runs: int) -> dict[str, Any]:
    """Time the pages for one workspace: {page: {p50_ms, p95_ms, queries}}."""
    from django.test import Client

    from hearwell.accounts.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(id=seeded.user_id))
    pages = {"list": ["/inbox/"], "mine": ["/inbox/q/mine/"], "case": _case_paths(seeded, runs)}
    return {name: _time(client, paths, runs) for name, paths in pages.items()}


def _case_paths(seeded: Seeded, runs: int) -> list[str]:
    from hearwell.conversations.models import Case
    from hearwell.kit.scope import scope

    with scope(seeded.workspace_id):
        ids = Case.objects.filter(status="open").values_list("id", flat=True)[:runs]
        return [f"/c/{case_id}/" for case_id in ids]


def _time(client: Client, paths: list[str], runs: int) -> dict[str, Any]:
    from django.db import connection

    for path in paths[:5]:
        if (status := client.get(path).status_code) != HTTPStatus.OK:
            sys.exit(f"{path} answers {status}: nothing to measure")
    statements: list[str] = []
    with connection.execute_wrapper(_noting(statements)):
        client.get(paths[0])
    taken = []
    for number in range(runs):
        begun = time.perf_counter()
        client.get(paths[number % len(paths)])
        taken.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(taken, n=20)
    return {
        "p50_ms": round(statistics.median(taken), 1),
        "p95_ms": round(cuts[18], 1),
        "queries": len(statements),
    }


def _noting(statements: list[str]) -> Callable[..., Any]:
    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    return note


def judge(results: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Compare the largest size with the bars and with the baseline size."""
    largest = results[max(results)]
    base = results.get(BASELINE_SIZE, largest)
    return {
        page: {
            "p95_ms": figures["p95_ms"],
            "ratio_to_100k": round(figures["p95_ms"] / base[page]["p95_ms"], 2),
            "queries": figures["queries"],
            "holds": figures["p95_ms"] <= BAR_MS
            and figures["p95_ms"] <= BAR_RATIO * base[page]["p95_ms"]
            and figures["queries"] <= BAR_QUERIES,
        }
        for page, figures in largest.items()
    }


def main() -> None:
    """Seed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--runs", type=int, default=60)
    asked = parser.parse_args()
    with ground() as made:
        set_up_django(made, "web")
        results, seconds = {}, {}
        for size in map(int, asked.sizes.split(",")):
            begun = time.perf_counter()
            seeded = seed(made.owner, size)
            seconds[size] = round(time.perf_counter() - begun, 1)
            results[size] = measure(seeded, asked.runs)
        from django.db import connections

        connections["default"].close_pool()
    print(
        json.dumps(
            {
                "bars": {"p95_ms": BAR_MS, "ratio_to_100k": BAR_RATIO, "queries": BAR_QUERIES},
                "seed_s": seconds,
                "pages": results,
                "largest": judge(results),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()

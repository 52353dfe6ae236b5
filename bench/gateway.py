"""How many webhooks a second one web process accepts: verified, committed to disk, answered.

The baseline, in the same run and under the same uvicorn, is a bare Starlette handler that reads
the body and stores nothing: what HTTP itself costs here. The commit is a real one (fsync).

    python -m bench.gateway [--webhooks 6000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
from typing import Any

from bench._hooks import Desk, connect, post, web, webhooks
from hearwell.config.scratch import Ground, ground


def rates(made: Ground, desk: Desk, how_many: int, rounds: int) -> dict[str, list[float]]:
    """Measure both in turn, round by round, so that noise on the machine hits both alike."""
    found: dict[str, list[float]] = {"gateway": [], "bare": []}
    with web(made) as ours, web(made, "bench._bare:app") as bare:
        for port in (ours, bare):
            post(port, webhooks(300, desk.token))
        for _ in range(rounds):
            for name, port in (("gateway", ours), ("bare", bare)):
                found[name].append(how_many / post(port, webhooks(how_many, desk.token)))
    return found


def main() -> None:
    """Run and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--webhooks", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with ground() as made:
        desk = connect(made)
        found = rates(made, desk, asked.webhooks, asked.rounds)
        kept = _kept()
    gateway, bare = (statistics.median(found[name]) for name in ("gateway", "bare"))
    result: dict[str, Any] = {
        "benchmark": "webhooks accepted",
        "connections": 64,
        "gateway_per_s": round(gateway),
        "bare_starlette_per_s": round(bare),
        "ratio_to_bare": round(gateway / bare, 3),
        "rounds": {name: [round(rate) for rate in each] for name, each in found.items()},
        "stored": kept,
    }
    print(json.dumps(result, indent=2))


def _kept() -> int:
    from hearwell.channels.models import RawDelivery

    return RawDelivery.objects.count()


if __name__ == "__main__":
    main()

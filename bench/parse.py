"""How fast connectors read what their networks send, on one core, beside reading the bare JSON.

A case is a network and the recorded deliveries that carry its messages, as large as they come in.
The baseline of the same run decodes the same bytes and does nothing else; the best of the runs of
each counts. Add a case to CASES for a new connector. Prints one JSON object.

    python -m bench.parse [--runs 5] [--items 20000]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hearwell.connect.model import Inbound, Raw

PAYLOADS = Path(__file__).parent.parent / "tests" / "conformance" / "payloads"


@dataclass(frozen=True)
class Case:
    """A connector's parser, the recordings it is fed with, the items per second it must reach."""

    parse: Callable[[Raw], Sequence[Inbound]]
    recordings: tuple[str, ...]
    bar: int = 20_000


def cases() -> dict[str, Case]:
    """Every case by its network."""
    from hearwell.connectors.bluesky.parse import parse as bluesky
    from hearwell.connectors.mastodon.parse import parse as mastodon

    return {
        "bluesky": Case(bluesky, ("mention.json", "quote_and_comment_*.json", "below.json")),
        "mastodon": Case(
            mastodon, ("mention.json", "private.json", "languages.json", "below*.json")
        ),
    }


def raws_of(network: str, case: Case) -> list[Raw]:
    """The recordings as they come over the line: without white space between."""
    paths = [p for name in case.recordings for p in sorted((PAYLOADS / network).glob(name))]
    bodies = [json.dumps(json.loads(path.read_bytes())).encode() for path in paths]
    now = datetime.now(UTC)
    return [Raw("GET", f"https://{network}.example/", {}, body, now) for body in bodies]


def seconds(work: Callable[[Raw], Any], raws: Sequence[Raw], times: int, runs: int) -> float:
    """The best run's time of this core to go `times` times through the deliveries.

    Time of the processor, not of the wall: others may be using the machine.
    """
    best = float("inf")
    for _ in range(runs):
        begin = time.process_time()
        for _ in range(times):
            for raw in raws:
                work(raw)
        best = min(best, time.process_time() - begin)
    return best


def measure(network: str, case: Case, items: int, runs: int) -> dict[str, Any]:
    """Read at least so many items, several times over."""
    raws = raws_of(network, case)
    in_a_round = sum(len(case.parse(raw)) for raw in raws)
    assert in_a_round, network
    times = max(1, items // in_a_round)
    ours = seconds(case.parse, raws, times, runs)
    bare = seconds(lambda raw: json.loads(raw.body), raws, times, runs)
    rate = in_a_round * times / ours
    return {
        "items_per_s": round(rate),
        "bytes_per_item": sum(len(raw.body) for raw in raws) // in_a_round,
        "json_alone_per_s": round(in_a_round * times / bare),
        "times_the_json_alone": round(ours / bare, 2),
        "bar": case.bar,
        "is_reached": rate >= case.bar,
    }


def main() -> None:
    """Measure all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--items", type=int, default=20_000)
    chosen = parser.parse_args()
    found = {name: measure(name, case, chosen.items, chosen.runs) for name, case in cases().items()}
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()

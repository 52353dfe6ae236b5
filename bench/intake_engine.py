"""Taking in with the engine's model beside taking in by rules alone: 500 deliveries a time.

The same process, the same server, by turns, so that what the machine does meanwhile hits both:
``intake.drain_alone`` once with the shipped model and once as if none were shipped. What counts is
the ratio, of processor time first.

    python -m bench.intake_engine [--turns 8]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench._hooks import Desk, connect, webhooks
from bench.intake import raw_row
from hearwell.config.scratch import ground

AT_ONCE = 500


@contextmanager
def judged_by_rules() -> Iterator[None]:
    """Judge as an installation without a model does."""
    from hearwell.triage.learning import mind

    shipped = mind.shipped_model
    mind.shipped_model = lambda: None
    mind.forget_minds()
    try:
        yield
    finally:
        mind.shipped_model = shipped
        mind.forget_minds()


def _drained(desk: Desk, endpoint_id: Any) -> tuple[float, float]:
    from hearwell.channels.services import keep
    from hearwell.channels.services.draining import drain_endpoint

    keep([raw_row(endpoint_id, request) for request in webhooks(AT_ONCE, desk.token)])
    begun, busy = time.perf_counter(), time.process_time()
    drain_endpoint(endpoint_id)
    return time.perf_counter() - begun, time.process_time() - busy


def by_turns(desk: Desk, turns: int) -> dict[str, Any]:
    """Return the medians of both, and their ratios."""
    from hearwell.channels.models import Endpoint
    from hearwell.config import collector
    from hearwell.triage.shipped import shipped_model

    model = shipped_model()
    if model is None:
        message = "no model is shipped: there is nothing to compare"
        raise SystemExit(message)
    collector.settle()  # as the worker does
    endpoint = Endpoint.objects.get(token=desk.token)
    with_model, by_rules = [], []
    for turn in range(turns + 1):
        engine = _drained(desk, endpoint.id)
        with judged_by_rules():
            rules = _drained(desk, endpoint.id)
        if turn:  # the first warms both
            with_model.append(engine)
            by_rules.append(rules)
    return {"engine": model.version, **_compared(with_model, by_rules)}


def _compared(
    with_model: list[tuple[float, float]], by_rules: list[tuple[float, float]]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for at, name in enumerate(("wall", "processor")):
        one, other = (statistics.median(row[at] for row in rows) for rows in (with_model, by_rules))
        found[name] = {
            "with_engine_ms": round(one * 1000),
            "rules_alone_ms": round(other * 1000),
            "engine_by_rules": round(one / other, 3),
        }
    found["messages_per_s"] = {
        "with_engine": round(AT_ONCE / statistics.median(row[0] for row in with_model)),
        "rules_alone": round(AT_ONCE / statistics.median(row[0] for row in by_rules)),
    }
    return found


def _judged(desk: Desk) -> dict[str, int]:
    """Count the verdicts by what judged: both have spoken."""
    from django.db.models import Count

    from hearwell.kit.scope import scope
    from hearwell.triage.models import Verdict

    with scope(desk.workspace_id):
        counted = Verdict.objects.values_list("engine").annotate(n=Count("id")).order_by()
        return dict(counted)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=8)
    chosen = parser.parse_args()
    with ground() as made:
        desk = connect(made)
        found = by_turns(desk, chosen.turns)
        print(json.dumps({"messages_each": AT_ONCE, **found, "verdicts": _judged(desk)}, indent=2))


if __name__ == "__main__":
    main()

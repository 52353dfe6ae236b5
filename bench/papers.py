"""The executive page as PDF: reading its figures and setting it, in English and in Arabic.

Facts of one brand and a year as in `bench.reports`, rolled up. Timed is what a press on "PDF" asks:
the summary of a quarter, put into words, handed to a child and set. The baseline is a child of the
same kind that sets an empty paper: what starting one costs. Prints one JSON object.

    python -m bench.papers [--facts 200000] [--runs 15]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import psycopg

from bench.reports import rolled, sow
from bench.seed import seed
from hearwell.config.scratch import ground, set_up_django

BAR_S: Final = 3.0
LAST: Final = date(2025, 12, 20)


def printed(workspace_id: UUID, runs: int) -> dict[str, dict[str, float]]:
    """Time the PDF of the executive page in two languages, and an empty one."""
    from django.utils import translation

    from hearwell.accounts.models import Workspace
    from hearwell.kit.paper.blocks import Paper
    from hearwell.kit.paper.printing import pdf_of
    from hearwell.kit.scope import scope
    from hearwell.reports.summary.gather import summary
    from hearwell.web.agent.reports.papers import summary_paper

    workspace = Workspace.objects.get(id=workspace_id)

    def paper(language: str) -> Paper:
        with scope(workspace_id), translation.override(language):
            return summary_paper(workspace, summary(workspace, LAST))

    empty = replace(paper("en"), blocks=[])
    return {
        "english": _times(lambda: pdf_of(paper("en")), runs),
        "arabic": _times(lambda: pdf_of(paper("ar")), runs),
        "empty": _times(lambda: pdf_of(empty), runs),
    }


def _times(make: Callable[[], bytes], runs: int) -> dict[str, float]:
    taken = []
    size = len(make())
    for _ in range(runs):
        begun = time.perf_counter()
        make()
        taken.append(time.perf_counter() - begun)
    return {
        "p50_s": round(statistics.median(taken), 3),
        "worst_s": round(max(taken), 3),
        "bytes": size,
    }


def main() -> None:
    """Seed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--facts", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=15)
    given = parser.parse_args()
    with ground() as made:
        set_up_django(made, "web")
        place = seed(made.owner, 20_000).workspace_id
        with psycopg.connect(made.owner, autocommit=True) as owner:
            owner.execute("SELECT set_config('app.workspace', %s, false)", [str(place)])
            sow(owner, place, given.facts)
            rolled(place)
        found: dict[str, Any] = printed(place, given.runs)
        from django.db import connections

        connections["default"].close_pool()
    worst = max(found["english"]["worst_s"], found["arabic"]["worst_s"])
    said = {
        "facts": given.facts,
        **found,
        "bar_s": BAR_S,
        "worst_s": worst,
        "ratio_to_empty": round(found["english"]["p50_s"] / found["empty"]["p50_s"], 2),
        "holds": worst <= BAR_S,
    }
    print(json.dumps(said, indent=2))


if __name__ == "__main__":
    main()

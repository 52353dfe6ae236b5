"""How fast posts are read for a term, on one core, beside looking for the bare word.

The posts are those of the labelled set (tests/data/listening). The baseline of the same run looks
for the word, whatever its case, and does nothing else, which is right every second time. "preview"
is what a page does: five hundred posts, each read once. Prints one JSON object.

    python -m bench.listening [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hearwell.listening import rules
from hearwell.listening.rules import Wanted, read

DATA = Path(__file__).parent.parent / "tests" / "data" / "listening"
ROUNDS, PREVIEW = 5, 500


def posts() -> list[dict[str, Any]]:
    """Every post of the set."""
    lines = (DATA / f"{part}.jsonl" for part in ("tuning", "heldout"))
    return [json.loads(line) for path in lines for line in path.read_text("utf-8").splitlines()]


def terms() -> dict[str, Wanted]:
    """Its three terms, as common words."""
    lists = json.loads((DATA / "terms.json").read_text("utf-8"))
    return {
        brand: Wanted(**{name: tuple(words) for name, words in held.items()}, is_common=True)
        for brand, held in lists.items()
    }


def is_there(post: dict[str, Any]) -> bool:
    """Look for the word as anybody would."""
    return post["brand"] in post["text"].casefold()


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Return the seconds of the quickest run; no run profits from the texts of another."""
    best = float("inf")
    for _ in range(runs):
        rules.text_of.cache_clear()  # else the second run would take nothing apart
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def main() -> None:
    """Measure all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs, wanted, all_of_it = parser.parse_args().runs, terms(), posts() * ROUNDS
    plain = {brand: Wanted(phrases=term.phrases) for brand, term in wanted.items()}

    def weigh(by: dict[str, Wanted]) -> None:
        for post in all_of_it:
            read(by[post["brand"]], post["text"], post["language"])

    bare = best_of(runs, lambda: [is_there(p) for p in all_of_it])
    weighed = best_of(runs, lambda: weigh(wanted))
    named = best_of(runs, lambda: weigh(plain))
    n = len(all_of_it)
    print(
        json.dumps(
            {
                "weighed_per_s": round(n / weighed),
                "named_per_s": round(n / named),
                "baseline_per_s": round(n / bare),
                "weighed_times_the_baseline": round(weighed / bare, 1),
                "preview_s": round(weighed / n * PREVIEW, 3),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()

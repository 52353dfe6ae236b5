"""Full-text search in a million messages: p50 and p95 for each kind of question.

What is timed is what a page asks: which cases, in which message. The baseline is the same question
put straight to the table in the simplest way that finds it (a substring of the text, latest
first), as the owner, in the same run; it is given few runs, for it walks the whole table where a
word is rare. Rare words, Chinese and Thai are put into one message in some thousands.

    python -m bench.search [--messages 1000000] [--runs 60]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import psycopg

from bench.seed import Seeded, seed
from hearwell.config.scratch import ground, set_up_django

BAR_MS: Final = 120.0
BASELINE_RUNS: Final = 3
_CHINESE = "我的行李在東京駅丟了 請幫我找回來"
_THAI = "กระเป๋าเดินทางของฉันหายที่สนามบิน"
# question -> (what is typed, what the baseline looks for)
QUESTIONS: Final = {
    "common_word": ("flight", "flight"),
    "common_word_being_typed": ("fli", "fli"),
    "rare_word": ("booking77777", "booking77777"),
    "sixteen_thousand_messages": ("tromso", "Tromsø"),
    "two_words": ("refund NW4821", "NW4821"),
    "two_common_words": ("flight cancelled", "flight was cancelled"),
    "phrase": ('"seat map"', "seat map"),
    "common_without_common": ("flight -cancelled", "flight"),
    "chinese_phrase": ("東京駅丟了", "東京駅丟了"),
    "thai_phrase": ("กระเป๋าเดินทาง", "กระเป๋าเดินทาง"),
    "nothing": ("zyzzyva", "zyzzyva"),
}
# The same common word beside filters: some that leave few cases or none, one that leaves many.
FILTERS: Final = {
    "common_word_few_cases": {"network": "bluesky", "turn": "theirs", "audience": "private"},
    "common_word_few_closed_cases": {"status": "closed", "kind": "praise", "urgency": 2},
    "common_word_no_cases": {"team_id": UUID(int=0)},
    "common_word_many_cases": {"network": "mail"},
}


def _scoped(owner: str, seeded: Seeded) -> psycopg.Connection[Any]:
    """Open a connection of the owner's that is in the workspace: its tables hold it to one, too."""
    connection = psycopg.connect(owner, autocommit=True)
    connection.execute("SELECT set_config('app.workspace', %s, false)", [str(seeded.workspace_id)])
    return connection


def sow(owner: str, seeded: Seeded) -> None:
    """Put what is rare into some messages, and the words that the product would have kept."""
    from hearwell.conversations.words import vector

    with _scoped(owner, seeded) as connection:
        for remainder, text in ((3, _CHINESE), (5, _THAI)):
            connection.execute(
                """UPDATE conversations_message SET text = %s, search = %s::tsvector
                   WHERE workspace_id = %s AND direction = 'in'
                   AND abs(hashtext(remote_id)) %% 4000 = %s""",
                [text, vector(text), seeded.workspace_id, remainder],
            )
        connection.execute(
            """UPDATE conversations_message SET search = search || %s::tsvector
               WHERE workspace_id = %s AND text LIKE '%%Tromsø%%'
               AND abs(hashtext(remote_id)) %% 10 = 0""",
            [vector("Tromsø"), seeded.workspace_id],
        )
        connection.execute("VACUUM ANALYZE conversations_message")


def measure(seeded: Seeded, runs: int) -> dict[str, dict[str, float]]:
    """Time each question as a page puts it."""
    from hearwell.conversations.queries import CaseFilter, find
    from hearwell.kit.scope import scope

    filters = {name: CaseFilter(text=typed) for name, (typed, _) in QUESTIONS.items()}
    filters |= {
        name: CaseFilter(text="flight", **given)  # type: ignore[arg-type]
        for name, given in FILTERS.items()
    }

    def ask(wanted: CaseFilter) -> int:
        with scope(seeded.workspace_id):
            return len(find(seeded.workspace_id, wanted).hits)

    return {
        name: {"cases": ask(wanted), **_times(lambda wanted=wanted: ask(wanted), runs)}  # type: ignore[misc]
        for name, wanted in filters.items()
    }


def baseline(owner: str, seeded: Seeded) -> dict[str, float]:
    """Time the simplest statement that finds the same."""
    statement = """SELECT case_id FROM conversations_message
        WHERE workspace_id = %s AND strpos(lower(text), lower(%s)) > 0
        ORDER BY sent_at DESC LIMIT 400"""
    found = {}
    with _scoped(owner, seeded) as connection:
        for name, (_, plain) in QUESTIONS.items():
            times = _times(
                lambda plain=plain: connection.execute(  # type: ignore[misc]
                    statement, [seeded.workspace_id, plain]
                ).fetchall(),
                BASELINE_RUNS,
            )
            found[name] = times["p50_ms"]
    return found


def _times(ask: Callable[[], Any], runs: int) -> dict[str, float]:
    ask()
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begun) * 1000)
    return {
        "p50_ms": round(statistics.median(taken), 1),
        "p95_ms": round(statistics.quantiles(taken, n=20, method="inclusive")[18], 1),
    }


def main() -> None:
    """Seed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=60)
    given = parser.parse_args()
    with ground() as made:
        set_up_django(made, "web")
        seeded = seed(made.owner, given.messages)
        sow(made.owner, seeded)
        found = measure(seeded, given.runs)
        plain = baseline(made.owner, seeded)
        from django.db import connections

        connections["default"].close_pool()
    for name, figures in found.items():
        if name in plain:
            figures["ratio_to_baseline"] = round(figures["p50_ms"] / plain[name], 3)
    print(
        json.dumps(
            {
                "messages": given.messages,
                "bar_p95_ms": BAR_MS,
                "questions": found,
                "baseline_p50_ms": plain,
                "worst_p95_ms": max(figures["p95_ms"] for figures in found.values()),
                "holds": all(figures["p95_ms"] <= BAR_MS for figures in found.values()),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()

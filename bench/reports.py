"""Reports over five million facts of one brand and year: reading them, and counting them anew.

The facts are made by the server: 60 % messages that need an answer, 30 % replies that closed a
clock, 10 % closings, over six accounts, three kinds, four languages and three teams. Beside them
lie the cases and clocks of 400,000 messages, for the promises. Timed is what the page asks
(`overview`), of a year, a year cut to one account, four weeks and three odd months; and
`roll_all`, all roll-ups anew from the facts. The baseline of a read is PostgreSQL's own count and
exact median of the same needs; that of counting anew is a plain count(*) of all facts.
Prints one JSON object.

    python -m bench.reports [--facts 5000000] [--runs 30]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

import psycopg

from bench.seed import seed
from hearwell.config.scratch import ground, set_up_django

BAR_MS: Final = 300.0
BAR_A_SECOND: Final = 200_000
YEAR: Final = (date(2025, 1, 1), date(2025, 12, 31))
_MIX: Final = """
    WITH made AS MATERIALIZED (
        SELECT n, timestamptz '2025-01-01' + random() * interval '364 days 23 hours' AS at,
            ('00000000-0000-7000-8000-00000000000' || n %% 6)::uuid AS channel,
            ('00000000-0000-7000-9000-00000000000' || n / 7 %% 3)::uuid AS team,
            (ARRAY['post', 'dm', 'comment'])[1 + n / 11 %% 3] AS kind,
            (ARRAY['en', 'de', 'ar', 'fr'])[1 + n / 13 %% 4] AS language,
            CASE WHEN random() < 0.7
                THEN (exp(6 + 2.5 * sqrt(-2 * ln(1 - random())) * cos(6.2832 * random())))::bigint
            END AS wait
        FROM generate_series(1, %(n)s::int) n
    )
"""
_FACTS: Final = (
    (
        0.6,
        """INSERT INTO reports_needfact (id, workspace_id, message_id, revision, needs, case_id,
               channel_id, team_id, kind, language, asked_at, replied_at, wait_s, recorded_at)
           SELECT gen_random_uuid(), %(ws)s, gen_random_uuid(), 0, true, gen_random_uuid(), channel,
               team, kind, language, at, at + wait * interval '1 second', wait, now() FROM made""",
    ),
    (
        0.3,
        """INSERT INTO reports_answerfact (id, workspace_id, clock_id, case_id, channel_id, network,
               kind, case_kind, audience, language, urgency, asked_by, asked_at, answered_at,
               wall_s, business_s, is_first, is_holding, is_in_time, sent_outside, recorded_at)
           SELECT gen_random_uuid(), %(ws)s, gen_random_uuid(), gen_random_uuid(), channel, '',
               kind, '', '', language, 1, gen_random_uuid(), at,
               at + coalesce(wait, 60) * interval '1 s', coalesce(wait, 60), 60, n %% 2 = 0,
               false, n %% 5 > 0, n %% 9 = 0, now()
           FROM made""",
    ),
    (
        0.1,
        """INSERT INTO reports_resolutionfact (id, workspace_id, case_id, case_version, is_closing,
               reason, network, case_kind, at, open_s)
           SELECT gen_random_uuid(), %(ws)s, gen_random_uuid(), 1, true, 'solved', '', '', at,
               coalesce(wait, 3600) FROM made""",
    ),
)  # fmt: skip
_TABLES: Final = ("reports_needfact", "reports_answerfact", "reports_resolutionfact")


def sow(connection: psycopg.Connection[Any], workspace_id: UUID, facts: int) -> None:
    """Make the facts."""
    connection.execute("SELECT setseed(0.5), set_config('synchronous_commit', 'off', false)")
    for share, statement in _FACTS:
        connection.execute(_MIX + statement, {"ws": workspace_id, "n": int(facts * share)})
    connection.execute("VACUUM ANALYZE")


def counted(connection: psycopg.Connection[Any]) -> tuple[int, float]:
    """Count all facts plainly; return how many and the seconds."""
    begun = time.perf_counter()
    total = 0
    for table in _TABLES:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        total += row[0] if row else 0
    return total, time.perf_counter() - begun


def exactly(connection: psycopg.Connection[Any]) -> float:
    """Ask PostgreSQL for the count and the exact median of a year's needs; return the ms."""
    begun = time.perf_counter()
    connection.execute(
        "SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_s) FROM reports_needfact"
        " WHERE asked_at >= %s AND asked_at <= %s",
        YEAR,
    ).fetchall()
    return (time.perf_counter() - begun) * 1000


def reads(workspace_id: UUID, runs: int) -> dict[str, dict[str, float]]:
    """Time each report as its page asks for it."""
    from hearwell.accounts.models import Workspace
    from hearwell.kit.scope import scope
    from hearwell.reports.overview.report import overview
    from hearwell.reports.rolling.cube import Slice, Span

    workspace = Workspace.objects.get(id=workspace_id)
    account = Slice(channel_id=UUID("00000000-0000-7000-8000-000000000003"))
    asked = {
        "a_year": (Span(*YEAR), Slice()),
        "a_year_of_one_account": (Span(*YEAR), account),
        "four_weeks": (Span(date(2025, 3, 10), date(2025, 4, 6)), Slice()),
        "three_odd_months": (Span(date(2025, 3, 10), date(2025, 6, 9)), Slice()),
    }

    def ask(span: Span, chosen: Slice) -> None:
        with scope(workspace_id):
            overview(workspace, span, chosen)

    return {
        name: _times(lambda one=one: ask(*one), runs)  # type: ignore[misc]
        for name, one in asked.items()
    }


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


def rolled(workspace_id: UUID) -> float:
    """Count everything anew; return the seconds."""
    from hearwell.kit.scope import scope
    from hearwell.reports.services import roll_all

    begun = time.perf_counter()
    with scope(workspace_id):
        roll_all(workspace_id)
    return time.perf_counter() - begun


def main() -> None:
    """Seed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--facts", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=30)
    given = parser.parse_args()
    with ground() as made:
        set_up_django(made, "web")
        place = seed(made.owner, 400_000).workspace_id
        with psycopg.connect(made.owner, autocommit=True) as owner:
            owner.execute("SELECT set_config('app.workspace', %s, false)", [str(place)])
            sow(owner, place, given.facts)
            facts, count_s = counted(owner)
            roll_s = rolled(place)
            owner.execute("VACUUM ANALYZE reports_rollupblock")
            row = owner.execute(
                "SELECT count(*), pg_total_relation_size('reports_rollupblock')"
                " FROM reports_rollupblock"
            ).fetchone()
            exact_ms = exactly(owner)
        found = reads(place, given.runs)
        from django.db import connections

        connections["default"].close_pool()
    worst = max(one["p95_ms"] for one in found.values())
    print(
        json.dumps(
            {
                "facts": facts,
                "reads": found,
                "bar_p95_ms": BAR_MS,
                "worst_p95_ms": worst,
                "exact_sql_ms": round(exact_ms, 1),
                "ratio_to_exact_sql": round(found["a_year"]["p50_ms"] / exact_ms, 3),
                "recompute_s": round(roll_s, 1),
                "recomputed_a_second": round(facts / roll_s),
                "bar_a_second": BAR_A_SECOND,
                "plain_count_s": round(count_s, 2),
                "ratio_to_plain_count": round(roll_s / count_s, 1),
                "rollup_rows": row[0] if row else 0,
                "rollup_mb": round((row[1] if row else 0) / 1e6),
                "holds": worst <= BAR_MS and facts / roll_s >= BAR_A_SECOND,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()

"""A hundred thousand open conversations given to five hundred people, by rules, skills and room.

Each decision is whole: rule, team, person, the reason in the case's story, the event; in batches of
its own transaction, as the worker makes them. Half the people list a language, a fifth of the cases
needs one that few have.

Baseline in the same run, on the same rows: a plain UPDATE of assignee and team in batches of the
same size. And the pure decision without a database.

    python -m bench.routing [--cases 100000] [--people 500]
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench.seed import MESSAGES_A_CASE, Seeded, seed
from hearwell.config.scratch import Ground, ground, set_up_django

BAR_PER_S, BATCH = 500, 1000
LANGUAGES = ("en", "de", "nb", "fr", "es")
_STEPS = (
    "SET LOCAL synchronous_commit = off",
    """UPDATE conversations_case SET status = 'open', turn = 'ours', assignee_id = NULL,
           team_id = NULL, closed_at = NULL, closed_reason = '', snoozed_until = NULL,
           waiting_since = opened_at, due_at = opened_at + interval '8 hours'
       WHERE workspace_id = %(ws)s""",
    """UPDATE triage_verdict SET language =
           (%(languages)s::text[])[1 + abs(hashtext(case_id::text)) %% 5]
       WHERE workspace_id = %(ws)s""",
    """CREATE TEMP TABLE b_person ON COMMIT DROP AS
       SELECT n, gen_random_uuid() AS id FROM generate_series(1, %(people)s::int) n""",
    """INSERT INTO accounts_user (id, email, name, password, is_active, preferences, joined_at)
       SELECT id, id || '@bench.example', 'Person ' || n, '!', true, '{}', now() FROM b_person""",
    """INSERT INTO accounts_membership (id, workspace_id, user_id, role, initials, created_at)
       SELECT uuidv7(), %(ws)s, id, 'agent', upper(lpad(to_hex(n), 3, 'Z')), now() FROM b_person""",
    """INSERT INTO routing_team (id, workspace_id, name, is_default, mode, method, calendar_key,
           overflow_after_s, created_at)
       SELECT uuidv7(), %(ws)s, 'Team ' || n, n = 1, 'push',
           CASE n %% 2 WHEN 0 THEN 'least_loaded' ELSE 'round_robin' END, '', 900, now()
       FROM generate_series(1, 5) n""",
    """INSERT INTO routing_teammember (id, workspace_id, team_id, user_id, turn)
       SELECT uuidv7(), %(ws)s, t.id, p.id, 0
       FROM b_person p JOIN routing_team t ON t.name = 'Team ' || (1 + p.n %% 5)
       WHERE t.workspace_id = %(ws)s""",
    """INSERT INTO routing_agent (id, workspace_id, user_id, presence, presence_since, seen_at,
           is_gone, capacity)
       SELECT uuidv7(), %(ws)s, id, 'available', now(), now() + interval '1 day', false,
           %(capacity)s::int FROM b_person""",
    """INSERT INTO routing_skill (id, workspace_id, user_id, kind, value)
       SELECT uuidv7(), %(ws)s, p.id, 'language', l.code
       FROM b_person p CROSS JOIN LATERAL unnest(ARRAY['en', (%(languages)s::text[])[1 + p.n %% 5]])
           AS l(code)
       WHERE p.n %% 2 = 0 GROUP BY p.id, l.code""",
    """INSERT INTO routing_rule (id, workspace_id, name, position, is_active, "when", team_id,
           needs, priority, version, changed_at)
       SELECT uuidv7(), %(ws)s, 'Rule ' || n, n, true,
           jsonb_build_object('languages', jsonb_build_array((%(languages)s::text[])[1 + n %% 5]),
               'networks', jsonb_build_array((ARRAY['sandbox', 'mastodon', 'bluesky', 'mail'])
                   [1 + n %% 4])),
           t.id, '[]', 0, 1, now()
       FROM generate_series(1, 19) n JOIN routing_team t ON t.name = 'Team ' || (1 + n %% 5)
       WHERE t.workspace_id = %(ws)s""",
)
_NOTE = """INSERT INTO routing_placement (id, workspace_id, case_id, state, rule_name, needs,
        needs_key, priority, stage, queued_at)
    SELECT uuidv7(), workspace_id, id, 'new', '', '[]', '', 0, 0, opened_at
    FROM conversations_case WHERE workspace_id = %(ws)s"""


def prepare(made: Ground, cases: int, people: int) -> Seeded:
    """Make the workspace: everything open, waiting for us, and with nobody."""
    seeded = seed(made.owner, cases * MESSAGES_A_CASE)
    values = {
        "ws": seeded.workspace_id,
        "people": people,
        "languages": list(LANGUAGES),
        # Room for all, though not by much, however unevenly the teams are filled.
        "capacity": 3 * cases // people,
    }
    _run(made, seeded.workspace_id, _STEPS, values)
    _vacuum(made)
    return seeded


def _run(made: Ground, workspace_id: UUID, steps: tuple[str, ...], values: dict[str, Any]) -> None:
    with psycopg.connect(made.owner) as connection:
        scope = psycopg.sql.SQL("SET LOCAL app.workspace = {}")
        connection.execute(scope.format(psycopg.sql.Literal(str(workspace_id))))
        for step in steps:
            connection.execute(step, values)


def _vacuum(made: Ground) -> None:
    with psycopg.connect(made.owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def plain_updates(made: Ground, workspace_id: UUID) -> float:
    """Return rows a second of UPDATEs that set assignee and team, in batches of the same size."""
    scope = psycopg.sql.SQL("SET LOCAL app.workspace = {}").format(
        psycopg.sql.Literal(str(workspace_id))
    )
    with psycopg.connect(made.worker) as connection:
        connection.execute(scope)
        found = connection.execute("SELECT id FROM conversations_case ORDER BY id").fetchall()
        connection.commit()
        ids, someone, team = [row[0] for row in found], uuid4(), uuid4()
        begun = time.perf_counter()
        for start in range(0, len(ids), BATCH):
            connection.execute(scope)
            connection.execute(
                "UPDATE conversations_case SET assignee_id = %s, team_id = %s"
                " WHERE workspace_id = %s AND id = ANY(%s)",
                [someone, team, workspace_id, ids[start : start + BATCH]],
            )
            connection.commit()
        passed = time.perf_counter() - begun
    _run(made, workspace_id, _STEPS[:2], {"ws": workspace_id})
    _vacuum(made)
    return len(ids) / passed


def placed(workspace_id: UUID, cases: int) -> dict[str, Any]:
    """Decide until nothing moves any more, batch by batch; the whole story of the worker."""
    from django.db import connection

    from hearwell.inbox.placing import place_once
    from hearwell.kit.scope import scope

    begun, batches = time.perf_counter(), 0
    while place_once(workspace_id):
        batches += 1
    passed = time.perf_counter() - begun
    with scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(assignee_id), count(DISTINCT assignee_id)"
            " FROM conversations_case"
        )
        (count, given, holders) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM conversations_caselog WHERE verb = 'routed'"
                       " AND data->>'code' = 'given'")  # fmt: skip
        (told,) = cursor.fetchone()
    assert count == cases
    assert given == told, "every decision has its reason"
    return {
        "given": given,
        "left_waiting": count - given,
        "people_with_cases": holders,
        "batches": batches,
        "seconds": round(passed, 1),
        "decisions_per_s": round(given / passed),
    }


def pure(cases: int, people: int) -> int:
    """Return decisions a second of the rules alone."""
    from hearwell.routing.rules import Method, Person, Wait, decide

    team = [
        Person(UUID(int=n), 3 * cases // people, skills={"language": {LANGUAGES[n % 5], "en"}})
        for n in range(1, people + 1)
    ]
    waits = [
        Wait(UUID(int=n), 1, (("language", LANGUAGES[n % 5]),)) for n in range(1_000_000, 1_020_000)
    ]
    begun = time.perf_counter()
    decide(waits, team, Method.LEAST_LOADED)
    return round(len(waits) / (time.perf_counter() - begun))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=500)
    given = parser.parse_args()
    with ground() as made:
        seeded = prepare(made, given.cases, given.people)
        set_up_django(made, "worker")
        baseline = plain_updates(made, seeded.workspace_id)
        _run(made, seeded.workspace_id, (_NOTE,), {"ws": seeded.workspace_id})
        _vacuum(made)
        result = placed(seeded.workspace_id, given.cases)
        alone = pure(given.cases, given.people)
    rate = result["decisions_per_s"]
    print(
        json.dumps(
            {
                "cases": given.cases,
                "people": given.people,
                **result,
                "plain_updates_per_s": round(baseline),
                "ratio_to_plain_updates": round(rate / baseline, 2),
                "pure_decisions_per_s": alone,
                "bar_per_s": BAR_PER_S,
                "is_met": rate >= BAR_PER_S,
            }
        )
    )


if __name__ == "__main__":
    main()

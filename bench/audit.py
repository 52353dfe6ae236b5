"""What the chain of the audit trail costs, against the same writes without its triggers.

In bulk (500 lines a statement; and by the database alone, all in one), one line a transaction, and
eight people at once, each in transactions of their own: in one workspace, where commits that audit
come one after another, and in eight. Durable settings; the two ways take turns, the best of the
rounds counts. Prints one JSON object; times are in seconds.

    python -m bench.audit [--lines 5000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import UUID

import psycopg

from hearwell.config.scratch import ground, set_up_django

BULK: Final = 500
SINGLES: Final = 400
AT_ONCE: Final = 8
_SWITCH: Final = "ALTER TABLE accounts_auditrow {} TRIGGER accounts_audit_block"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    with ground() as made:
        set_up_django(made, "worker")
        print(json.dumps(_measured(made.owner, wanted.lines, wanted.rounds)))


def _measured(owner: str, lines: int, rounds: int) -> dict[str, Any]:
    from hearwell.accounts.sealing import verify
    from hearwell.accounts.services import create_workspace

    places = [create_workspace(f"Place {n}").id for n in range(AT_ONCE)]
    ways: dict[str, Callable[[], None]] = {
        "bulk": lambda: _write(places[0], lines, BULK),
        "bulk_in_the_database_alone": lambda: _write_there(places[0], lines),
        "singly": lambda: _write(places[0], SINGLES, 1),
        "eight_in_one": lambda: _together([places[0]] * AT_ONCE),
        "eight_in_eight": lambda: _together(places),
    }
    times: dict[str, dict[str, list[float]]] = {name: {"with": [], "without": []} for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            for kind, switch in (("without", "DISABLE"), ("with", "ENABLE")):
                with psycopg.connect(owner, autocommit=True) as connection:
                    connection.execute(_SWITCH.format(switch))  # type: ignore[arg-type]
                times[name][kind].append(_seconds(way))
    found: dict[str, Any] = {name: _ratio(both) for name, both in times.items()}
    begin = time.perf_counter()
    verdict = verify(places[1])
    pace = verdict.lines / (time.perf_counter() - begin)
    return {**found, "verified_singles_per_s": round(pace)}


def _ratio(both: dict[str, list[float]]) -> dict[str, float]:
    with_chain, without = min(both["with"]), min(both["without"])
    return {
        "with_s": round(with_chain, 3),
        "without_s": round(without, 3),
        "ratio": round(with_chain / without, 2),
    }


def _seconds(way: Callable[[], None]) -> float:
    begin = time.perf_counter()
    way()
    return time.perf_counter() - begin


def _together(places: Sequence[UUID]) -> None:
    from django.db import connections

    def one(place: UUID) -> None:
        try:
            _write(place, SINGLES // 4, 1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(places)) as pool:
        list(pool.map(one, places))


def _write_there(place: UUID, lines: int) -> None:
    """Without Python's part, which is most of the time: one statement of the database's own."""
    from django.db import connection

    from hearwell.kit.scope import scope

    with scope(place), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO accounts_auditrow
                 (id, workspace_id, at, actor_name, action, target_kind, summary, after)
               SELECT gen_random_uuid(), %s, now(), 'Mara', 'case.closed', 'case',
                      'Closed: the bag was found', '{"status": "closed"}'
               FROM generate_series(1, %s)""",
            [place, lines],
        )


def _write(place: UUID, lines: int, at_once: int) -> None:
    from hearwell.accounts.services import AuditEntry, record_audit
    from hearwell.kit.scope import scope

    entry = AuditEntry(
        "case.closed", summary="Closed: the bag was found", after={"status": "closed"}
    )
    for _ in range(0, lines, at_once):
        with scope(place):
            record_audit(place, [entry] * at_once)


if __name__ == "__main__":
    main()

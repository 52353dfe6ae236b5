"""How long it takes to give the whole list of who is held back, beside a plain COPY of its rows.

A workspace with so many open cases (and as many again that were closed lately or long ago) is made
by the server; the list is taken in one pull as the API gives it: worked out, read through the
server and written as JSON and as CSV. The baseline, in the same run, is COPY … TO STDOUT of a
table that already holds exactly these rows. Prints one JSON object.

    python -m bench.suppressions [--cases 100000] [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from hearwell.config.scratch import ground, set_up_django

BAR_S: Final = 2.0
_STEPS: Final = (
    "SET LOCAL synchronous_commit = off",
    """INSERT INTO accounts_workspace (id, name, slug, time_zone, created_at)
       VALUES (%(ws)s, 'Bench', %(slug)s, 'UTC', now())""",
    """CREATE TEMP TABLE s_case ON COMMIT DROP AS
       SELECT g, uuidv7() AS id, uuidv7() AS conversation_id, uuidv7() AS contact_id,
              uuidv7() AS identity_id, %(channel)s::uuid AS channel_id,
              now() - interval '1 minute' * (random() * 20000) AS opened_at,
              CASE WHEN g <= %(cases)s THEN (ARRAY['ours','ours','theirs','none'])[1 + g %% 4]
                   ELSE 'none' END AS turn,
              CASE WHEN g > %(cases)s THEN 'closed' WHEN g %% 20 = 0 THEN 'snoozed'
                   ELSE 'open' END AS status,
              CASE WHEN g > %(cases)s AND g %% 2 = 0 THEN now() - interval '1 hour'
                   WHEN g > %(cases)s THEN now() - interval '30 days' END AS closed_at
       FROM generate_series(1, 2 * %(cases)s::int) g""",
    """INSERT INTO contacts_contact (id, workspace_id, name, language, note_count, created_at)
       SELECT contact_id, %(ws)s, 'Customer ' || g, 'en', 0, opened_at FROM s_case""",
    """INSERT INTO contacts_identity (id, workspace_id, contact_id, network, external_id, handle,
           name, seen_at)
       SELECT identity_id, %(ws)s, contact_id, CASE WHEN g %% 3 = 0 THEN 'email' ELSE 'sandbox' END,
              CASE WHEN g %% 3 = 0 THEN 'customer' || g || '@example.com' ELSE 'x' || g END,
              'customer' || g, 'Customer ' || g, opened_at FROM s_case""",
    """INSERT INTO conversations_case (id, workspace_id, number, title, status, closed_reason,
           closed_at, turn, duty, kind, urgency, contact_id, channel_id, network, audience, preview,
           opened_at, last_message_at, last_inbound_at, unread, is_historic, stage, version)
       SELECT id, %(ws)s, g, 'A case', status, CASE status WHEN 'closed' THEN 'solved' ELSE '' END,
              closed_at, turn, 'answer', 'question', 0, contact_id, channel_id, 'sandbox', 'public',
              'Where is my bag?', opened_at, opened_at, opened_at, false, false, '', 1
       FROM s_case""",
    """INSERT INTO conversations_conversation (id, workspace_id, case_id, channel_id, network,
           thread_key, audience, contact_id, created_at)
       SELECT conversation_id, %(ws)s, id, channel_id, 'sandbox', 't' || g, 'public', contact_id,
              opened_at FROM s_case""",
    """CREATE TEMP TABLE s_message ON COMMIT DROP AS
       SELECT uuidv7() AS id, s.g, n, s.conversation_id, s.channel_id, s.identity_id,
              s.opened_at, s.id AS case_id FROM s_case s, generate_series(1, 3) n""",
    """INSERT INTO conversations_message (id, workspace_id, conversation_id, case_id, channel_id,
           remote_id, direction, kind, audience, parent_remote_id, root_remote_id,
           author_identity_id, author_name, subject, text, full_text, entities, media, about,
           language, replaced, sent_at, received_at, is_purged, version, permalink, is_holding,
           is_automatic, is_historic, stage, sent_outside, receipt)
       SELECT id, %(ws)s, conversation_id, m.case_id, channel_id, 'm' || g || '-' || n,
              CASE n WHEN 2 THEN 'out' ELSE 'in' END, 'mention', 'public', '', '',
              CASE n WHEN 2 THEN NULL ELSE identity_id END, '', '', 'Where is my bag?', '', '[]',
              '[]', '{}', 'en', false, opened_at + n * interval '1 minute', now(), false, 1, '',
              false, false, false, '', false, ''
       FROM s_message m""",
    """INSERT INTO triage_verdict (id, workspace_id, message_id, case_id, duty, kind, urgency,
           is_thanks, language, certainty, reasons, engine, sentiment, is_unsure, is_corrected,
           decided_at)
       SELECT uuidv7(), %(ws)s, id, case_id, CASE n WHEN 3 THEN 'none' ELSE 'answer' END,
              'question', 0, false, 'en', 0.9, '[]', 'bench', 'neutral', false, false, now()
       FROM s_message WHERE n <> 2""",
    """INSERT INTO conversations_caselog (id, workspace_id, case_id, at, verb, data)
       SELECT uuidv7(), %(ws)s, id, opened_at + interval '1 day', 'reopened', '{}'
       FROM s_case WHERE g %% 10 = 0""",
    """INSERT INTO promotions_holdchoice (id, workspace_id, cool_off_h, counts_praise, email_basis,
           email_statement)
       VALUES (uuidv7(), %(ws)s, 48, true, 'consent', 'A benchmark')""",
)


def seed(owner: str, cases: int) -> UUID:
    """Make a workspace with so many open cases, and as many closed ones."""
    place = uuid4()
    values = {"ws": place, "slug": f"bench-{place.hex[:12]}", "cases": cases, "channel": uuid4()}
    with psycopg.connect(owner) as connection:
        connection.execute(sql.SQL("SET LOCAL app.workspace = {}").format(sql.Literal(str(place))))
        for statement in _STEPS:
            connection.execute(statement, values)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return place


def timed(act: Callable[[], int], runs: int) -> tuple[float, int]:
    """Return the median time of some runs, after one that is not counted, and how much came."""
    act()
    spans, size = [], 0
    for _ in range(runs):
        began = time.perf_counter()
        size = act()
        spans.append(time.perf_counter() - began)
    return statistics.median(spans), size


def measure(place: UUID, runs: int) -> dict[str, object]:
    """Return how long the list takes, as JSON and CSV, beside the copy of the same rows."""
    from django.db import connection

    from hearwell.kit.clock import now
    from hearwell.kit.scope import scope
    from hearwell.promotions import held, queries, shapes

    def in_json() -> int:
        lines = queries.written(place, held.IN_JSON)
        return sum(len(part) for part in shapes.as_document(lines, {"seq": 0}))

    def in_csv() -> int:
        return sum(len(part) for part in queries.written(place, held.IN_CSV))

    with scope(place), connection.cursor() as cursor:
        values = held.values_of(queries.choice_of(place), now())
        cursor.execute(f"CREATE TEMP TABLE kept AS {held.ALL}", values)
        cursor.execute("SELECT count(*) FROM kept")
        entries = cursor.fetchone()[0]

    def copied() -> int:
        connection.ensure_connection()
        with connection.connection.cursor().copy("COPY kept TO STDOUT") as lines:
            return sum(len(line) for line in lines)

    copy_s, _size = timed(copied, runs)
    json_s, json_bytes = timed(in_json, runs)
    csv_s, csv_bytes = timed(in_csv, runs)
    return {
        "entries": entries,
        "json_s": round(json_s, 3),
        "csv_s": round(csv_s, 3),
        "copy_s": round(copy_s, 3),
        "json_to_copy": round(json_s / copy_s, 2),
        "csv_to_copy": round(csv_s / copy_s, 2),
        "megabytes": {"json": round(json_bytes / 1e6, 1), "csv": round(csv_bytes / 1e6, 1)},
        "bar_s": BAR_S,
        "is_within": max(json_s, csv_s) <= BAR_S,
    }


def main() -> int:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with ground() as made:
        set_up_django(made, "worker")
        found = measure(seed(made.owner, options.cases), options.runs)
        from django.db import connections

        connections["default"].close_pool()
    print(json.dumps({"open_cases": options.cases, **found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

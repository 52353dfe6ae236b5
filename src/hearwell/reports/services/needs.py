"""Write down which messages need an answer and when they had one: our own method's judgement.

The method itself is `study/sql/hearwell.sql`, the only definition; here it runs over the people
that something happened to, and what it says anew becomes a fact.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.reports.relation import judging_sql, relation_sql
from hearwell.reports.services.rolling import mark_due
from hearwell.reports.study.methods import DEFAULT, METHODS

# An answer to what somebody said longer ago is found by `judge_all` alone.
LOOK_BACK: Final = timedelta(days=90)
# All that these people said to us: an answer to a later message answers the earlier ones too.
_PEOPLE: Final = """
    SELECT id FROM conversations_case WHERE workspace_id = %(place)s AND id = ANY(%(cases)s)
    UNION
    SELECT o.id FROM conversations_case c JOIN conversations_case o
        ON o.workspace_id = c.workspace_id AND o.contact_id = c.contact_id
    WHERE c.workspace_id = %(place)s AND c.id = ANY(%(cases)s)
"""
_NEW: Final = """
    INSERT INTO reports_needfact (id, workspace_id, message_id, revision, needs, case_id,
        channel_id, team_id, kind, language, asked_at, replied_at, wait_s, recorded_at)
    SELECT gen_random_uuid(), %(workspace)s, m.id, coalesce(s.revision + 1, 0), j.needs_reply,
        m.case_id, j.brand::uuid, c.team_id, m.kind,
        split_part(lower(coalesce(nullif(v.language, ''), m.language)), '-', 1),
        m.sent_at, j.replied_at,
        ceil(extract(epoch FROM j.replied_at - m.sent_at))::bigint, %(moment)s
    FROM (SELECT brand, message::uuid AS message_id, needs_reply,
            CASE WHEN needs_reply THEN replied_at AT TIME ZONE 'UTC' END AS replied_at
        FROM {judged}) j
    JOIN conversations_message m ON m.workspace_id = %(workspace)s AND m.id = j.message_id
    LEFT JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
    LEFT JOIN triage_verdict v ON v.workspace_id = m.workspace_id AND v.message_id = m.id
    LEFT JOIN LATERAL (
        SELECT f.revision, f.needs, f.replied_at FROM reports_needfact f
        WHERE f.workspace_id = m.workspace_id AND f.message_id = m.id
        ORDER BY f.revision DESC LIMIT 1
    ) s ON true
    WHERE (s.revision IS NULL AND j.needs_reply) OR (s.revision IS NOT NULL
        AND (s.needs, s.replied_at) IS DISTINCT FROM (j.needs_reply, j.replied_at))
    RETURNING asked_at
"""
_SCOPE: Final = """SELECT '-infinity'::timestamp AS starts_at, 'infinity'::timestamp AS ends_at,
    (%(moment)s AT TIME ZONE 'UTC') AS horizon, 86400 AS window_s"""
_JUDGING: Final = judging_sql(METHODS[DEFAULT], _SCOPE)
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def judge_cases(workspace_id: UUID, case_ids: Collection[UUID]) -> int:
    """Judge anew what the people of these cases said; return how many facts are new.

    Four statements a batch, none of which reads more than the people's own messages.
    """
    with transaction.atomic():
        _alone(workspace_id)
        people = {"place": workspace_id, "cases": list(case_ids)}
        cases = [row[0] for row in rows.fetch(_PEOPLE, people)] if case_ids else []
        if not cases:
            return 0
        method = METHODS[DEFAULT]
        theirs = f"{relation_sql(method)} AND m.case_id = ANY(%(cases)s)"
        judged = f"(WITH study_message AS ({theirs}) SELECT * FROM ({_JUDGING}) said) judged"  # noqa: S608
        return _write(workspace_id, judged, {"cases": cases, "since": now() - LOOK_BACK})


def judge_all(workspace_id: UUID) -> int:
    """Judge anew all that was ever said; return how many facts are new."""
    with transaction.atomic():
        _alone(workspace_id)
        values = _values(workspace_id) | {"since": "-infinity"}
        with connection.cursor() as cursor:
            # As in relation.study: with statistics, and without the planner's nested loops.
            cursor.execute(
                f"""DROP TABLE IF EXISTS pg_temp.study_message, pg_temp.study_needs;
                CREATE TEMPORARY TABLE study_message ON COMMIT DROP
                    AS {relation_sql(METHODS[DEFAULT])};
                ANALYZE study_message;
                SET LOCAL enable_nestloop = off;
                CREATE TEMPORARY TABLE study_needs ON COMMIT DROP AS {_JUDGING};
                SET LOCAL enable_nestloop = on""",
                values,
            )
        return _write(workspace_id, "study_needs", values)


def _alone(workspace_id: UUID) -> None:
    """Let two that judge the same person come one after the other: the later sees the former."""
    rows.fetch(_ALONE, [f"reports.needs {workspace_id}"])


def _values(workspace_id: UUID) -> dict[str, Any]:
    anything = dict.fromkeys(("channel", "network", "audience", "historic"))
    return anything | {"workspace": workspace_id, "moment": now()}


def _write(workspace_id: UUID, judged: str, values: dict[str, Any]) -> int:
    written = rows.fetch(_NEW.format(judged=judged), _values(workspace_id) | values)
    mark_due(workspace_id, {row[0] for row in written})
    return len(written)

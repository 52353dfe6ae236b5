"""Which open cases an update is about: one statement, however many cases there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import connection

from hearwell.board.rules import BEGIN, BETWEEN, END, FOLDED
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7_at
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)
# So far back the sweep looks: what came in while an update was published saw nothing of it.
LOOKED_BACK: Final = timedelta(minutes=3)
_LONGEST: Final = 20_000
_TEXT: Final = f"left(m.subject || ' ' || m.text, {_LONGEST})"
_OPEN: Final = "c.status <> 'closed' AND NOT c.is_historic AND c.merged_into_id IS NULL"
# Each text is folded once, whatever is live. PostgreSQL keeps 32 compiled patterns and makes all
# others anew for each text: one without the longest part of a name is not asked for its pattern.
_ABOUT: Final = f"""
    WITH live AS MATERIALIZED (
        SELECT u.id, u.topic, u.channel_ids, u.entities, u.patterns
        FROM board_statusupdate u
        WHERE u.workspace_id = %(workspace)s AND (u.topic <> '' OR cardinality(u.patterns) > 0)
            AND {{updates}}
    ), things AS MATERIALIZED (
        SELECT u.id AS update_id, u.topic, u.channel_ids, thing.written, thing.pattern, longest.part
        FROM live u CROSS JOIN unnest(u.entities, u.patterns) thing(written, pattern)
        CROSS JOIN LATERAL (
            SELECT part FROM unnest(string_to_array(
                replace(replace(thing.pattern, %(begin)s, ''), %(end)s, ''), %(between)s)) part
            ORDER BY length(part) DESC LIMIT 1
        ) longest
    ), cases AS MATERIALIZED (
        SELECT c.id, c.number, c.channel_id FROM conversations_case c
        WHERE c.workspace_id = %(workspace)s AND {_OPEN} AND EXISTS (SELECT FROM live) AND {{cases}}
    ), said AS MATERIALIZED (
        SELECT c.id AS case_id, c.number, c.channel_id, {FOLDED.format("text.whole")} AS words
        FROM cases c
        JOIN conversations_message m ON m.workspace_id = %(workspace)s AND m.case_id = c.id
            AND m.direction = 'in' AND m.deleted_at IS NULL
        CROSS JOIN LATERAL (SELECT {_TEXT} AS whole OFFSET 0) text
        WHERE EXISTS (SELECT FROM things)
    ), found AS (
        SELECT t.update_id, s.case_id, s.number, array_agg(DISTINCT t.written) AS named, t.topic
        FROM said s
        JOIN things t ON (cardinality(t.channel_ids) = 0 OR s.channel_id = ANY(t.channel_ids))
            AND CASE WHEN strpos(s.words, t.part) > 0 THEN s.words ~ t.pattern ELSE false END
        GROUP BY t.update_id, s.case_id, s.number, t.topic
        UNION ALL
        SELECT u.id, c.id, c.number, ARRAY[]::text[], u.topic
        FROM live u
        JOIN cases c ON cardinality(u.channel_ids) = 0 OR c.channel_id = ANY(u.channel_ids)
        WHERE cardinality(u.patterns) = 0
    )
    SELECT f.update_id, f.case_id, f.number, f.named, topical.has_topic
    FROM found f
    CROSS JOIN LATERAL (
        SELECT f.topic <> '' AND EXISTS (
            SELECT FROM triage_verdict v, unnest(v.topics) one(name)
            WHERE v.workspace_id = %(workspace)s AND v.case_id = f.case_id
                AND lower(one.name) = lower(f.topic)) AS has_topic
    ) topical
    WHERE f.topic = '' OR topical.has_topic
"""  # noqa: S608  our own words; values are parameters
_LIVE: Final = "u.state = 'published' AND (u.valid_until IS NULL OR u.valid_until > %(now)s)"
_ANY: Final = "true"
_LINK: Final = f"""
    INSERT INTO board_statuscase (workspace_id, id, update_id, case_id, named, has_topic, linked_at)
    SELECT %(workspace)s, gen_random_uuid(), about.update_id, about.case_id, about.named,
        about.has_topic, %(now)s
    FROM ({_ABOUT}) about ORDER BY about.update_id, about.case_id
    ON CONFLICT (workspace_id, update_id, case_id) DO NOTHING
"""  # noqa: S608  our own words; values are parameters
_OF_UPDATE: Final = {"updates": "u.id = %(update)s", "cases": _ANY}
_OF_CASES: Final = {"updates": _LIVE, "cases": "c.id = ANY(%(cases)s)"}
_OF_LATE: Final = {
    "updates": _LIVE,
    "cases": """c.id IN (SELECT n.case_id FROM conversations_message n
        WHERE n.workspace_id = %(workspace)s AND n.id > %(since)s)""",
}
_FOUND: Final = _ABOUT.format(**_OF_UPDATE) + " ORDER BY f.number DESC"
_COUNT: Final = f"""
    SELECT count(*) FROM conversations_case c WHERE c.workspace_id = %(workspace)s AND {_OPEN}
"""  # noqa: S608  our own words
_SIGNS: Final = {"between": BETWEEN, "begin": BEGIN, "end": END}


@dataclass(frozen=True, slots=True)
class Match:
    """A case that an update would be about, and why."""

    case_id: UUID
    named: list[str]
    has_topic: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """How many of the open cases an update would be about (`matched` of `of`), and the newest."""

    matched: int
    of: int
    newest: list[Match]


def preview(workspace_id: UUID, update_id: UUID, *, most: int = 50) -> Preview:
    """Return what an update would be about if it were published now; nothing is kept. Two queries.

    One without topic and entities is about no case.
    """
    values = {"workspace": workspace_id, "update": update_id, **_SIGNS}
    found = rows.fetch(_FOUND, values)
    ((of,),) = rows.fetch(_COUNT, values)
    newest = [Match(row[1], list(row[3]), row[4]) for row in found[:most]]
    return Preview(len(found), of, newest)


def link_all(workspace_id: UUID, update_id: UUID) -> None:
    """Keep which open cases an update is about; what a person took out stays out."""
    _link(workspace_id, _OF_UPDATE, {"update": update_id})


def match_cases(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Keep which live updates these cases are about; one statement that nobody waits for.

    Called as messages are taken in: most of the time no update is live, and nothing is read.
    """
    if case_ids:
        _link(workspace_id, _OF_CASES, {"cases": list(case_ids)})


def sweep_matches() -> int:
    """Look again at what came in lately, wherever an update is live; return how many were new.

    A message that is taken in while an update is published does not see it, nor is it seen.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM board_places(%s)", [now()])
        places: list[UUID] = [row[0] for row in cursor.fetchall()]
    return sum(_match_late(place) for place in places)


def _match_late(workspace_id: UUID) -> int:
    """Look again in one workspace; one where it fails is logged and stops no other."""
    values = {"since": uuid7_at(now() - LOOKED_BACK)}
    try:
        with scope(workspace_id):
            return _link(workspace_id, _OF_LATE, values, is_read=True)
    except Exception:
        log.exception("board_not_matched", workspace_id=str(workspace_id))
        return 0


def _link(
    workspace_id: UUID,
    which: Mapping[str, str],
    values: Mapping[str, Any],
    *,
    is_read: bool = False,
) -> int:
    asked = {"workspace": workspace_id, "now": now(), **_SIGNS, **values}
    returning = " RETURNING 1" if is_read else ""
    return len(rows.fetch(_LINK.format(**which) + returning, asked, is_read=is_read))

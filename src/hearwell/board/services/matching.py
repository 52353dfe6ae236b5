"""Which open cases an update is about: one statement, however many cases there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7_at
from hearwell.kit.scope import scope

# So far back the sweep looks: what came in while an update was published saw nothing of it.
LOOKED_BACK: Final = timedelta(minutes=3)
_LONGEST: Final = 20_000
_OPEN: Final = "c.status <> 'closed' AND NOT c.is_historic AND c.merged_into_id IS NULL"
_ABOUT: Final = f"""
    SELECT u.workspace_id, u.id AS update_id, c.id AS case_id, c.number,
        coalesce(said.named, ARRAY[]::text[]) AS named, topical.has_topic
    FROM board_statusupdate u
    JOIN conversations_case c ON c.workspace_id = u.workspace_id AND {_OPEN}
        AND (cardinality(u.channel_ids) = 0 OR c.channel_id = ANY(u.channel_ids))
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT thing.written) AS named
        FROM conversations_message m
        CROSS JOIN LATERAL (SELECT
            lower(normalize(left(m.subject || ' ' || m.text, {_LONGEST}), NFKC)) AS words) text
        JOIN unnest(u.entities, u.patterns) thing(written, pattern) ON text.words ~ thing.pattern
        WHERE m.workspace_id = c.workspace_id AND m.case_id = c.id
            AND m.direction = 'in' AND m.deleted_at IS NULL
    ) said
    CROSS JOIN LATERAL (
        SELECT u.topic <> '' AND EXISTS (
            SELECT FROM triage_verdict v, unnest(v.topics) one(name)
            WHERE v.workspace_id = c.workspace_id AND v.case_id = c.id
                AND lower(one.name) = lower(u.topic)) AS has_topic
    ) topical
    WHERE u.workspace_id = %(workspace)s AND (u.topic <> '' OR cardinality(u.patterns) > 0)
        AND (cardinality(u.patterns) = 0 OR said.named IS NOT NULL)
        AND (u.topic = '' OR topical.has_topic)
"""  # noqa: S608  our own words; values are parameters
_LIVE: Final = "u.state = 'published' AND (u.valid_until IS NULL OR u.valid_until > %(now)s)"
_LINK: Final = f"""
    INSERT INTO board_statuscase (workspace_id, id, update_id, case_id, named, has_topic, linked_at)
    SELECT about.workspace_id, gen_random_uuid(), about.update_id, about.case_id, about.named,
        about.has_topic, %(now)s
    FROM ({_ABOUT} AND {{which}}) about
    ON CONFLICT (workspace_id, update_id, case_id) DO NOTHING
"""  # noqa: S608  our own words; values are parameters
_OF_UPDATE: Final = "u.id = %(update)s"
_OF_CASES: Final = f"{_LIVE} AND c.id = ANY(%(cases)s)"
_OF_LATE: Final = f"""{_LIVE} AND c.id IN (
    SELECT n.case_id FROM conversations_message n
    WHERE n.workspace_id = %(workspace)s AND n.id > %(since)s)"""  # noqa: S608  our own words
_FOUND: Final = f"{_ABOUT} AND {_OF_UPDATE} ORDER BY c.number DESC"
_COUNT: Final = f"""
    SELECT count(*) FROM conversations_case c WHERE c.workspace_id = %(workspace)s AND {_OPEN}
"""  # noqa: S608  our own words


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
    values = {"workspace": workspace_id, "update": update_id}
    found = rows.fetch(_FOUND, values)
    ((of,),) = rows.fetch(_COUNT, values)
    newest = [Match(row[2], list(row[4]), row[5]) for row in found[:most]]
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
    with scope(workspace_id):
        return _link(workspace_id, _OF_LATE, {"since": uuid7_at(now() - LOOKED_BACK)}, is_read=True)


def _link(workspace_id: UUID, which: str, values: dict[str, Any], *, is_read: bool = False) -> int:
    asked = {"workspace": workspace_id, "now": now(), **values}
    returning = " RETURNING 1" if is_read else ""
    return len(rows.fetch(_LINK.format(which=which) + returning, asked, is_read=is_read))

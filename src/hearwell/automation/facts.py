"""What rules look at, of many cases at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hearwell.automation.rules import Facts
from hearwell.conversations.rules import Gist
from hearwell.kit import rows
from hearwell.routing.accounts import PURPOSE
from hearwell.routing.facts import case_facts
from hearwell.sla.calendars import current_calendars, open_among
from hearwell.sla.models import Calendar
from hearwell.triage.queries import gists_of

MOST_EARLIER: Final = 100
# Of a case that was told of by a message, that message counts; else the customer's latest one.
_CASES: Final = f"""
    SELECT c.id, c.number, coalesce(nullif(c.title, ''), c.preview), c.network, c.channel_id::text,
        c.audience, c.kind, c.urgency, c.opened_at, c.last_inbound_at,
        ARRAY(SELECT lower(t.name) FROM conversations_casetag ct
            JOIN conversations_tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id
            WHERE ct.workspace_id = c.workspace_id AND ct.case_id = c.id),
        coalesce(p.tier, ''), coalesce(m.subject || E'\\n' || m.text, c.preview),
        (SELECT count(*) FROM (SELECT FROM conversations_case e
            WHERE e.workspace_id = c.workspace_id AND e.contact_id = c.contact_id
                AND e.number < c.number AND e.merged_into_id IS NULL LIMIT 100) e),
        c.turn = 'ours' OR (c.duty = 'answer'
            AND (c.last_reply_at IS NULL OR c.last_reply_at < c.last_inbound_at)),
        c.status = 'closed', c.assignee_id, c.team_id, k.care, k.purpose
    FROM conversations_case c
    LEFT JOIN contacts_contact p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
    {PURPOSE}
    LEFT JOIN LATERAL (
        SELECT subject, text FROM conversations_message m
        WHERE m.workspace_id = c.workspace_id AND m.case_id = c.id AND m.direction = 'in'
            AND m.deleted_at IS NULL
        ORDER BY m.id = ANY(%(messages)s) DESC, m.sent_at DESC, m.id DESC LIMIT 1
    ) m ON true
    WHERE c.workspace_id = %(workspace)s AND NOT c.is_historic AND c.merged_into_id IS NULL
"""  # noqa: S608  only our own fragments
_THESE: Final = " AND c.id = ANY(%(cases)s) ORDER BY c.id"
_LATEST: Final = " ORDER BY c.number DESC LIMIT %(most)s"


@dataclass(frozen=True, slots=True)
class Known:
    """A case as it stands: what rules look at, and what the acts need besides."""

    id: UUID
    label: str
    title: str
    network: str
    opened_at: datetime
    last_inbound_at: datetime | None
    assignee_id: UUID | None
    team_id: UUID | None
    language: str
    facts: Facts


def known_of(
    workspace_id: UUID,
    case_ids: Collection[UUID],
    at: datetime,
    *,
    messages: Collection[UUID] = (),
    calendars: Sequence[Calendar] | None = None,
) -> dict[UUID, Known]:
    """Return these cases as they stand, archived and merged ones left out; three queries.

    `messages` are those that told of them; `calendars`, where they are known, save one query.
    """
    values = {"workspace": workspace_id, "cases": list(case_ids), "messages": list(messages)}
    found = rows.fetch(_CASES + _THESE, values)
    hours = current_calendars(workspace_id) if calendars is None else calendars
    is_open = frozenset(open_among(hours, at))
    return {one.id: one for one in _read(found, lambda _row: is_open)}


def latest(workspace_id: UUID, most: int, calendars: Sequence[Calendar] = ()) -> list[Known]:
    """Return the newest cases as they stand, hours as of each one's last message; two queries."""
    values: dict[str, Any] = {"workspace": workspace_id, "messages": [], "most": most}
    found = rows.fetch(_CASES + _LATEST, values)
    return list(_read(found, lambda row: frozenset(open_among(calendars, row[9] or row[8]))))


def _read(found: Sequence[tuple[Any, ...]], open_of: Any) -> Iterable[Known]:
    told = gists_of([row[0] for row in found]) if found else {}
    return [_known(row, told, open_of(row)) for row in found]


def _known(row: tuple[Any, ...], told: Mapping[UUID, Gist], is_open: frozenset[str]) -> Known:
    case_id, number, title, network, channel, audience, kind, urgency, opened_at, last = row[:10]
    tags, tier, text, earlier, is_waiting, is_closed, *holders = row[10:]
    assignee_id, team_id, care, purpose = holders
    case = case_facts(
        told.get(case_id, Gist()),
        network, channel, care, purpose, audience, kind, urgency, tags, tier,
    )  # fmt: skip
    facts = Facts(
        case=case,
        text=text,
        earlier=earlier,
        is_waiting=is_waiting,
        is_closed=is_closed,
        has_holder=assignee_id is not None,
        open_calendars=is_open,
    )
    label = f"HW-{number}"
    return Known(
        case_id, label, title, network, opened_at, last, assignee_id, team_id, case.language, facts
    )

"""What changed in a workspace since a number, read once for all its screens."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from hearwell.accounts.models import User
from hearwell.conversations.queries import CaseRow, case_rows, queue_counts_for
from hearwell.events.models import Event
from hearwell.events.queries import events_since, last_seq, oldest_seq
from hearwell.kit.scope import scope
from hearwell.powers.waiting import waiting_for

AT_ONCE = 500
# A screen that missed more than this is better off loading its page anew.
FARTHEST = 5000
# What may bring a case into a list that did not have it.
ARRIVALS = frozenset(
    {"MessageReceived", "CaseAssigned", "CaseReopened", "CaseWoken", "CaseMerged", "CaseParted"}
)
# What takes a case out of a list, by the state it leaves the case in: whose hand it was is shown
# on the row that stays.
HANDS = {
    "closed": frozenset({"CaseClosed", "CaseMerged"}),
    "snoozed": frozenset({"CaseSnoozed"}),
    "open": frozenset({"CaseAssigned", "ReplySent"}),
}
ALARMS = {"ClockNearlyDue": "soon", "ClockBreached": "late"}
PRESENCE = "PresenceChanged"
NOTHING = {"approval": 0, "grants": 0}
_DELIVERY = re.compile(r"^Delivery(?=[A-Z])")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Happening:
    """One event as screens need it. `actor_id` is who did it, if it was somebody of ours."""

    name: str
    case_ids: tuple[UUID, ...]
    actor_id: str | None
    message_id: str | None
    at: datetime | None = None


@dataclass(frozen=True)
class Alarm:
    """A clock that is nearly due or late. `roles` are told, and whoever has the case."""

    name: str
    case_id: UUID
    kind: str
    due_at: str
    roles: frozenset[str]


@dataclass(frozen=True)
class News:
    """Events up to ``seq``, the cases they touched as they are now, deliveries' states, who came.

    ``hands`` says of cases what was last done to them, by whom and when.
    """

    seq: int
    is_more: bool = False
    happenings: Sequence[Happening] = ()
    cases: Mapping[UUID, CaseRow] = field(default_factory=dict)
    deliveries: Sequence[dict[str, Any]] = ()
    hands: Mapping[UUID, dict[str, Any]] = field(default_factory=dict)
    alarms: Sequence[Alarm] = ()
    people: Sequence[dict[str, Any]] = ()


def read_news(workspace_id: UUID, since: int) -> News:
    """Return what happened after ``since``, at most 500 events; ``is_more`` asks to come again."""
    try:
        with scope(workspace_id):
            rows = events_since(workspace_id, since, limit=AT_ONCE)
            happenings = [_happening(row) for row in rows]
            touched = {case_id for one in happenings for case_id in one.case_ids}
            found = {row.id: row for row in case_rows(workspace_id, touched)} if touched else {}
            hands = _hands(happenings, found)
        return News(
            seq=max((row.seq for row in rows if row.seq is not None), default=since),
            is_more=len(rows) == AT_ONCE,
            happenings=happenings,
            cases=found,
            deliveries=[d for row in rows if (d := _delivery(row)) is not None],
            hands=hands,
            alarms=[alarm for row in rows if (alarm := _alarm(row)) is not None],
            people=list(_people(rows)),
        )
    finally:
        connection.close()


def read_counts(workspace_id: UUID, user_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, int]]:
    """Return user -> queue -> number, in a few queries however many users there are."""
    try:
        with scope(workspace_id):
            counts = queue_counts_for(workspace_id, user_ids)
            waiting = waiting_for(workspace_id, user_ids)
            theirs = {user_id: one.counts for user_id, one in waiting.items()}
            return {one: {**counts[one], **NOTHING, **theirs.get(one, {})} for one in user_ids}
    finally:
        connection.close()


def read_position(workspace_id: UUID, since: int | None) -> tuple[int, bool]:
    """Return (where a screen starts, whether it is too far behind to catch up by events)."""
    try:
        with scope(workspace_id):
            newest = last_seq(workspace_id)
            if since is None:
                return newest, False
            is_lost = since > newest or newest - since > FARTHEST
            is_lost = is_lost or since < (oldest_seq(workspace_id) or 0) - 1
            return (newest if is_lost else since), is_lost
    finally:
        connection.close()


def _happening(row: Event) -> Happening:
    payload = row.payload
    ids = payload.get("case_ids") or [payload.get("case_id") or _context(payload).get("case_id")]
    return Happening(
        name=row.name,
        case_ids=tuple(UUID(str(case_id)) for case_id in ids if case_id),
        actor_id=payload.get("actor_id") or payload.get("author_id"),
        message_id=payload.get("message_id"),
        at=row.recorded_at,
    )


def _people(found: Sequence[Event]) -> Iterator[dict[str, Any]]:
    """Return of each person whose presence changed what it is at the end."""
    last = {row.payload["user_id"]: row.payload for row in found if row.name == PRESENCE}
    for user_id, payload in last.items():
        yield {"user": user_id, "presence": payload["presence"]}


def _hands(
    happenings: Sequence[Happening], cases: Mapping[UUID, CaseRow]
) -> dict[UUID, dict[str, Any]]:
    """Return case -> what brought it to where it is; one query for the names, if there are any."""
    done = {
        case_id: one
        for one in happenings
        for case_id in one.case_ids
        if case_id in cases and one.name in HANDS[cases[case_id].status]
    }
    ids = {one.actor_id for one in done.values() if one.actor_id}
    names = {str(user.id): str(user) for user in User.objects.filter(id__in=ids)} if ids else {}
    return {
        case_id: {
            "what": one.name,
            "user": one.actor_id,
            "name": names.get(one.actor_id or ""),
            "at": one.at.isoformat() if one.at else None,
        }
        for case_id, one in done.items()
    }


def _context(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    context = payload.get("context")
    return context if isinstance(context, dict) else {}


def _delivery(row: Event) -> dict[str, Any] | None:
    """Return the state of an outgoing message that an event tells of, if it tells of one."""
    payload = row.payload
    if "delivery_id" not in payload or not _DELIVERY.match(row.name):
        return None
    return {
        "delivery": payload["delivery_id"],
        "lane": payload.get("lane_id"),
        "case": _context(payload).get("case_id"),
        "state": _HUMPS.sub("_", _DELIVERY.sub("", row.name)).lower(),
        "message": payload.get("message") or None,
    }


def _alarm(row: Event) -> Alarm | None:
    """Return the alarm that an event raises, if it raises one."""
    if row.name not in ALARMS:
        return None
    payload = row.payload
    return Alarm(
        name=ALARMS[row.name],
        case_id=UUID(str(payload["case_id"])),
        kind=str(payload["kind"]),
        due_at=str(payload["due_at"]),
        roles=frozenset(payload.get("roles", ())),
    )

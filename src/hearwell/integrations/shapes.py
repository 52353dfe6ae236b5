"""What other systems are told: shapes that stay, with the names that the API gives them.

Fields are only ever added within a version (`rules.VERSION`). What people wrote, and customers'
names, are there only for subscriptions that ask for words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson

from hearwell.accounts.models import User, Workspace
from hearwell.conversations.events import CaseMerged, CaseParted
from hearwell.conversations.listing import CaseRow
from hearwell.conversations.models import Message
from hearwell.conversations.queries import case_rows
from hearwell.events.model import EVENT_TYPES, DomainEvent
from hearwell.events.models import Event
from hearwell.integrations.kinds import KINDS, Kind, case_ids_of
from hearwell.integrations.rules import VERSION
from hearwell.triage.models import Verdict
from hearwell.triage.queries import verdicts_of

CASE_WORDS: Final = ("title", "preview", "contact_name")
CASE: Final = (
    "id", "number", "label", "status", "closed_reason", "turn", "kind", "duty", "urgency",
    "audience", "network", "channel_id", "contact_id", "assignee_id", "team_id", "opened_at",
    "last_message_at", "waiting_since", "due_at", "snoozed_until", "closed_at", "is_historic",
    "stage", "version", "unsolved_at",
)  # fmt: skip
MESSAGE_WORDS: Final = ("text", "author_name", "entities", "media")
MESSAGE: Final = (
    "id", "case_id", "conversation_id", "channel_id", "direction", "kind", "audience",
    "author_user_id", "replaced", "language", "rating", "sent_at", "received_at", "edited_at",
    "deleted_at", "version", "remote_id", "parent_remote_id", "permalink", "is_holding",
    "is_automatic", "sent_outside", "delivery_id",
)  # fmt: skip
VERDICT: Final = (
    "kind", "duty", "urgency", "sentiment", "is_thanks", "language", "topics", "certainty",
    "is_unsure", "is_corrected",
)  # fmt: skip
# Ids of people: told with their names, under the name without _id.
_PEOPLE: Final = (
    "actor_id",
    "assignee_id",
    "before_id",
    "author_id",
    "by_id",
    "user_id",
    "giver_id",
)
# What events call otherwise than bodies do.
_RENAMED: Final = {
    "message": "detail",
    "kind": "clock_kind",
    "before": "urgency_before",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch of events speaks of."""

    workspace: Workspace
    cases: Mapping[UUID, CaseRow] = field(default_factory=dict)
    messages: Mapping[UUID, Message] = field(default_factory=dict)
    people: Mapping[UUID, str] = field(default_factory=dict)
    verdicts: Mapping[UUID, Verdict] = field(default_factory=dict)


def known_of(workspace_id: UUID, events: Sequence[DomainEvent]) -> Known:
    """Read what these events speak of: five statements, however many they are."""
    cases = {case_id for event in events for case_id in case_ids_of(event)[:1]}
    messages = _ids(events, ("message_id",))
    people = User.objects.filter(id__in=_ids(events, _PEOPLE))
    found = Message.objects.filter(workspace_id=workspace_id, id__in=messages)
    return Known(
        Workspace.objects.get(id=workspace_id),
        {row.id: row for row in case_rows(workspace_id, list(cases))},
        {row.id: row for row in found},
        {user.id: str(user) for user in people},
        verdicts_of(workspace_id, messages) if messages else {},
    )


def _ids(events: Iterable[DomainEvent], names: Sequence[str]) -> set[UUID]:
    values = (getattr(event, name, None) for event in events for name in names)
    return {value for value in values if value}


def body(message_id: UUID, kind: str, row: Event, known: Known, *, with_words: bool) -> str:
    """Return the JSON text that is sent."""
    event = restored(row)
    return written(
        message_id,
        kind,
        row.recorded_at,
        known.workspace,
        data_of(event, kind, known, with_words=with_words),
    )


def restored(row: Event) -> DomainEvent:
    """Return the event of a row."""
    return EVENT_TYPES[row.name].restored(row.workspace_id, row.payload)


def written(
    message_id: UUID, kind: str, at: Any, workspace: Workspace, data: Mapping[str, Any]
) -> str:
    """Return a body: what every one has, and its data."""
    return orjson.dumps(
        {
            "id": message_id,
            "type": kind,
            "version": VERSION,
            "timestamp": at,
            "workspace": {"id": workspace.id, "name": workspace.name},
            "data": data,
        }
    ).decode()


def data_of(event: DomainEvent, kind: str, known: Known, *, with_words: bool) -> dict[str, Any]:
    """Return the facts of an event: its case, its message, who did it, and what it says itself."""
    data: dict[str, Any] = {}
    case_ids = case_ids_of(event)
    if case_ids:
        row = known.cases.get(case_ids[0])
        data["case"] = case_shape(row, with_words=with_words) if row else {"id": case_ids[0]}
    if isinstance(event, CaseMerged | CaseParted):
        data["from_case_id"] = event.case_ids[0]
    message_id = getattr(event, "message_id", None)
    if message_id:
        message = known.messages.get(message_id)
        data["message"] = (
            message_shape(message, with_words=with_words) if message else {"id": message_id}
        )
        verdict = known.verdicts.get(message_id)
        data["verdict"] = verdict_shape(verdict) if verdict else None
    return data | _facts(event, kind, known)


def _facts(event: DomainEvent, kind: str, known: Known) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name in ("actor_id", *KINDS[kind].facts):
        if not hasattr(event, name):
            continue
        value = getattr(event, name)
        if name in _PEOPLE:
            facts[name.removesuffix("_id")] = _person(value, known)
        else:
            facts[_RENAMED.get(name, name)] = value
    return facts


def told_by(kind: Kind) -> list[str]:
    """Return the names in `data` of a kind, as `data_of` gives them."""
    fields = {name for event in kind.events for name in event.__dataclass_fields__}
    is_move = any(issubclass(event, CaseMerged | CaseParted) for event in kind.events)
    names = []
    if is_move or fields & {"case_id", "context"}:
        names.append("case")
    if is_move:
        names.append("from_case_id")
    if "message_id" in fields:
        names += ["message", "verdict"]
    own = ("actor_id", *kind.facts) if "actor_id" in fields else kind.facts
    return names + [
        name.removesuffix("_id") if name in _PEOPLE else _RENAMED.get(name, name) for name in own
    ]


def _person(user_id: UUID | None, known: Known) -> dict[str, Any] | None:
    return {"id": user_id, "name": known.people.get(user_id, "")} if user_id else None


def case_shape(row: CaseRow, *, with_words: bool) -> dict[str, Any]:
    """Return a case as the API lists it."""
    names = CASE + CASE_WORDS if with_words else CASE
    return {name: getattr(row, name) for name in names}


def message_shape(row: Message, *, with_words: bool) -> dict[str, Any]:
    """Return a message as the API lists it."""
    names = MESSAGE + MESSAGE_WORDS if with_words else MESSAGE
    return {name: getattr(row, name) for name in names}


def verdict_shape(row: Verdict) -> dict[str, Any]:
    """Return what a message was judged to be: facts about it, none of its words."""
    return {name: getattr(row, name) for name in VERDICT} | {"topics": row.topics or []}

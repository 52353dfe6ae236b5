"""What version 1 takes and gives. Times are ISO 8601 in UTC, durations whole seconds."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import BeforeValidator

from hearwell.kit.text import clean

Audience = Literal["public", "private"]


def _storable(value: object) -> object:
    return clean(value)[0] if isinstance(value, str) else value


# What PostgreSQL cannot store is replaced at the door, as in everything that comes in.
Storable = BeforeValidator(_storable)
Text = Annotated[str, Field(min_length=1, max_length=100_000), Storable]


class Health(Schema):
    """The API answers and its database can be reached."""

    status: Literal["ok"]
    version: str


class Me(Schema):
    """Whom the token stands for."""

    workspace_id: UUID
    workspace: str
    user_id: UUID
    name: str
    role: str
    initials: str


class Channel(Schema):
    """A connected account."""

    id: UUID
    network: str
    handle: str
    brand: str
    purpose: str
    state: str


class Case(Schema):
    """What is to be settled with a customer. `due_at`: its next clock; `turn`: whose move it is.

    `unsolved_at`: when they said that it is not solved, until that is answered. `stage` is empty
    if somebody addressed us, else `named` or `about`: found by its words.
    """

    id: UUID
    number: int
    label: str
    title: str
    preview: str
    status: str
    closed_reason: str
    turn: str
    kind: str
    duty: str
    urgency: int
    audience: str
    network: str
    channel_id: UUID | None
    contact_id: UUID | None
    contact_name: str
    assignee_id: UUID | None
    team_id: UUID | None
    opened_at: datetime
    last_message_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    is_historic: bool
    stage: str
    unsolved_at: datetime | None
    version: int


class Piece(Schema):
    """A piece of a text; `is_hit` where it is what was searched for."""

    text: str
    is_hit: bool


class ListedCase(Case):
    """A case in a list. `excerpt`: of a search, the part of a message that it found, in pieces."""

    excerpt: list[Piece]


class CaseList(Schema):
    """A page of cases; ask again with `cursor=next_cursor` until it is null.

    `is_cut`: there may be more, further back in time, than a search looks at.
    """

    items: list[ListedCase]
    next_cursor: str | None
    is_cut: bool


class Conversation(Schema):
    """One thread on one channel."""

    id: UUID
    channel_id: UUID
    network: str
    audience: str


class Clock(Schema):
    """A promise: first_reply (acknowledged) or answer (of substance).

    `wall_s` is what the customer waited, `business_s` the same within opening hours.
    """

    id: UUID
    kind: str
    state: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None
    target_s: int
    policy_name: str
    policy_version: int
    wall_s: int | None
    business_s: int | None


class Claim(Schema):
    """Who is on the case, and until when."""

    user_id: UUID
    name: str
    expires_at: datetime


class Message(Schema):
    """Anything said in a case; `team` audience is a note that only the team sees.

    `sent_at` is the network's time, `received_at` ours. `replaced`: the text is shown with
    replacements for characters that cannot be stored.
    """

    id: UUID
    case_id: UUID
    conversation_id: UUID | None
    channel_id: UUID | None
    direction: str
    kind: str
    audience: str
    author_name: str
    author_user_id: UUID | None
    text: str
    replaced: bool
    entities: list[dict[str, Any]]
    media: list[dict[str, Any]]
    language: str
    rating: int | None
    sent_at: datetime
    received_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    version: int
    remote_id: str
    parent_remote_id: str
    permalink: str
    is_holding: bool
    is_automatic: bool
    sent_outside: bool
    delivery_id: UUID | None


class MessageList(Schema):
    """A page of messages, oldest first; `earlier_cursor` leads to those before them."""

    items: list[Message]
    earlier_cursor: str | None


class CaseDetail(Case):
    """A case with its threads, clocks, tags, claim and latest messages.

    `merged_into_id` is the case that took all that was in it, or null.
    """

    merged_into_id: UUID | None
    conversations: list[Conversation]
    clocks: list[Clock]
    claim: Claim | None
    tags: list[str]
    messages: MessageList


class ReplyIn(Schema):
    """A reply in the brand's name. Your initials are added by the server and counted.

    `seen_version` is the case's version that you have read: where it has moved on, the answer is
    409 and nothing is sent; `confirm` sends all the same. `overrides` are the tokens of the guard's
    warnings that you were told of. A holding reply meets the first clock only. `channel_id` is the
    account that is to speak, of those in `/cases/{id}/handles`; left out, the first of them.
    """

    text: Text
    audience: Audience
    seen_version: int
    conversation_id: UUID | None = None
    channel_id: UUID | None = None
    is_holding: bool = False
    confirm: bool = False
    overrides: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    undo_s: Annotated[int, Field(ge=0, le=30)] = 0


class Delivery(Schema):
    """A reply on its way: queued, sending, sent, confirmed; or held, stale, failed and others."""

    id: UUID
    conversation_id: UUID
    state: str
    text: str
    audience: str
    not_before: datetime
    sent_at: datetime | None
    remote_id: str
    permalink: str
    failure_code: str
    failure_message: str


class NoteIn(Schema):
    """A note for the team."""

    text: Text


class AssignIn(Schema):
    """Whom to give the case to; null for nobody."""

    user_id: UUID | None


class CloseIn(Schema):
    """Why the case is closed; with `expected_version`, only if it has not moved on."""

    reason: str
    expected_version: int | None = None


class RelatedCase(Schema):
    """An open case that may be the same matter.

    `why`: person, public_then_private, address, email, phone or number; `what` both name.
    """

    case_id: UUID
    why: str
    what: str


class Move(Schema):
    """Conversations that went from one case to another; `kind` is merge or split."""

    id: UUID
    kind: str
    from_case_id: UUID
    to_case_id: UUID
    conversation_ids: list[UUID]
    why: str
    at: datetime
    actor_id: UUID | None
    undone_at: datetime | None


class MergeIn(Schema):
    """Which case takes all, and why; with versions, only if neither has moved on."""

    into_case_id: UUID
    why: Annotated[str, Field(max_length=200), Storable] = ""
    expected_version: int | None = None
    expected_into_version: int | None = None


class SplitIn(Schema):
    """Which conversations go into a new case."""

    conversation_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    expected_version: int | None = None


class ProblemOut(Schema):
    """RFC 9457 problem details. Programs look at `code`, people at `detail`."""

    type: str
    title: str
    status: int
    code: str
    detail: str


class Team(Schema):
    """People who work on the same cases. Without members it is everybody's."""

    id: UUID
    name: str
    is_default: bool
    mode: Literal["push", "pull"]
    method: Literal["least_loaded", "round_robin"]
    is_open: bool
    overflow_team_id: UUID | None
    next_team_id: UUID | None
    member_ids: list[UUID]


PresenceWord = Literal["available", "busy", "away"]


class Presence(Schema):
    """Whether a member who takes cases is here, and how loaded. Points; `used` is of `capacity`."""

    user_id: UUID
    name: str
    presence: PresenceWord
    used: int
    capacity: int
    skills: dict[str, list[str]]


class PresenceIn(Schema):
    """What one is from now on."""

    presence: PresenceWord

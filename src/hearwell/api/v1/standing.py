"""How a case stands: which account answers and why, its clocks, and who went unanswered."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import not_found
from hearwell.api.v1 import schemas
from hearwell.api.v1.acting import case_now
from hearwell.api.v1.paging import Cursor, Limit, place_of, placed, sealed
from hearwell.connect.model import Audience
from hearwell.contacts.queries import contact_by_id
from hearwell.conversations.queries import unanswered_of
from hearwell.inbox.composing import home_in
from hearwell.inbox.handles import WORDS
from hearwell.inbox.privately import refusal_in
from hearwell.inbox.unsendable import CannotSend
from hearwell.sla.queries import Explanation, explain_clocks

router = Router(tags=["Explain"])
InConversation = Annotated[
    UUID | None, Query(description="One of the case's; else where the customer wrote last.")
]


class HandleOut(Schema):
    """An account that may speak, and why: a word for programs, and in words."""

    channel_id: UUID
    network: str
    handle: str
    purpose: str
    why: str
    words: str


class Speaking(Schema):
    """Who answers to an audience: the first of `handles`, unless a reply's `channel_id` says other.

    `addressed_channel_id` is the account that was written to; `refused` says why nobody can answer
    now, empty where somebody can. A private answer to what is public names the public conversation.
    """

    audience: schemas.Audience
    conversation_id: UUID
    addressed_channel_id: UUID
    handles: list[HandleOut]
    refused: str


class ClockDetail(schemas.Clock):
    """A clock, with what it was counted by. `counts`: calendar or business time."""

    counts: str
    calendar_name: str
    time_zone: str
    urgency: int
    paused_at: datetime | None


class ClockEvent(Schema):
    """Something that happened to a clock, and why, in the words of the record."""

    at: datetime
    what: str
    why: str
    data: dict[str, Any]


class ClockStory(Schema):
    """A clock, and everything that moved it, in the order of time."""

    clock: ClockDetail
    events: list[ClockEvent]


class UnansweredList(Schema):
    """The contacts of a customer that ended without an answer: how many, and a page of them."""

    count: int
    items: list[schemas.Case]
    next_cursor: str | None


@router.get(
    "/cases/{case_id}/handles", response=list[Speaking], summary="Say which account answers"
)
@needs("read")
def handles(request: ApiRequest, case_id: UUID, conversation_id: InConversation = None) -> Any:
    """Which of our accounts answers this case, in public and in private, and why.

    As the composer shows it, and decided by what the sender goes by. An audience in which nobody
    wrote is left out, unless a private answer to what is public would begin a talk.
    """
    case_now(request, case_id)
    found = (_speaking(request, case_id, one, conversation_id) for one in Audience)
    return [one for one in found if one is not None]


def _speaking(
    request: ApiRequest, case_id: UUID, audience: Audience, conversation_id: UUID | None
) -> dict[str, Any] | None:
    try:
        home = home_in(
            request.auth.workspace_id, case_id, audience, conversation_id=conversation_id
        )
    except CannotSend:
        return None
    refusal = refusal_in(home.conversation, home.handles[0].channel, home.parent, case_id)
    same = ("network", "handle", "purpose")
    return {
        "audience": audience.value,
        "conversation_id": home.asked_id,
        "addressed_channel_id": home.addressed.id,
        "handles": [
            {
                **{name: getattr(one.channel, name) for name in same},
                "channel_id": one.channel.id,
                "why": one.why.value,
                "words": str(WORDS[one.why]),
            }
            for one in home.handles
        ],
        "refused": refusal.message if refusal else "",
    }


@router.get("/cases/{case_id}/clocks", response=list[ClockStory], summary="Explain the clocks")
@needs("read")
def clocks(request: ApiRequest, case_id: UUID) -> Any:
    """Each clock of a case with every event that moved it, oldest first."""
    case_now(request, case_id)
    return [_story(one) for one in explain_clocks(case_id)]


def _story(told: Explanation) -> dict[str, Any]:
    same = ("at", "what", "why", "data")
    return {
        "clock": told.clock,
        "events": [{name: getattr(line, name) for name in same} for line in told.lines],
    }


@router.get(
    "/contacts/{contact_id}/unanswered",
    response=UnansweredList,
    summary="List a customer's unanswered contacts",
)
@needs("read")
def unanswered(
    request: ApiRequest, contact_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> Any:
    """The cases of a customer that asked for an answer and were closed without one.

    The latest first. What was answered elsewhere, a duplicate, spam or not about us is not among
    them.
    """
    workspace_id = request.auth.workspace_id
    if contact_by_id(workspace_id, contact_id) is None:
        raise not_found()
    count, found = unanswered_of(workspace_id, contact_id, placed(cursor), limit + 1)
    shown = found[:limit]
    after = place_of(shown[-1].opened_at, shown[-1].id) if len(found) > limit else None
    return {"count": count, "items": shown, "next_cursor": sealed(after)}

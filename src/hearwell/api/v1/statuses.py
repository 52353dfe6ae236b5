"""The status board: what holds now, written, corrected and withdrawn by programs, too."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime

from hearwell.accounts.rules import can
from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.board import queries, services
from hearwell.board.models import StatusUpdate
from hearwell.board.queries import Counts, OnCase, Said
from hearwell.board.services import About, Wording

router = Router(tags=["Status board"])
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Reply = Annotated[str, Field(max_length=5000)]


class WordingIn(Schema):
    """What it says: in one line, to staff, on the page for customers, as a reply by language."""

    headline: Annotated[str, Field(min_length=1, max_length=200)]
    details: Annotated[str, Field(max_length=5000)] = ""
    public_text: Annotated[str, Field(max_length=2000)] = ""
    replies: Annotated[dict[Language, Reply], Field(default_factory=dict)]
    valid_until: AwareDatetime | None = None


Seen = Annotated[str, Field(max_length=40)]


class CorrectionIn(WordingIn):
    """What it says from now on. `seen`: the `stamp` that was read; 409 if it has changed since."""

    seen: Seen = ""


class StatusIn(WordingIn):
    """What it says and what it is about: a case must name one of `entities` and have the `topic`.

    It is a draft until it is published.
    """

    topic: Annotated[str, Field(max_length=60)] = ""
    entities: Annotated[
        list[Annotated[str, Field(max_length=60)]], Field(default_factory=list, max_length=20)
    ]
    channel_ids: Annotated[list[UUID], Field(default_factory=list, max_length=200)]


class SureIn(Schema):
    """Whether it is meant although no open case is about it, or more than half are.

    `seen`: the `stamp` that was read; 409 if it has changed since.
    """

    is_sure: bool = False
    seen: Seen = ""


class StatusOut(Schema):
    """An update as it stands. `told_otherwise` counts customers who were sent an older text.

    `state`: draft, published, withdrawn or ended; `is_live`: published, and its time is not over.
    `stamp` is another one after every change of what it says and until when.
    """

    id: UUID
    state: str
    is_live: bool
    version: int
    stamp: str
    headline: str
    details: str
    public_text: str
    replies: dict[str, str]
    topic: str
    entities: list[str]
    channel_ids: list[UUID]
    valid_until: datetime | None
    published_at: datetime | None
    corrected_at: datetime | None
    ended_at: datetime | None
    cases: int
    told: int
    told_otherwise: int


class PreviewOut(Schema):
    """`matched` of the `of` open cases are about it; `case_ids` are the newest fifty of them."""

    matched: int
    of: int
    case_ids: list[UUID]


class StatusCaseOut(Schema):
    """A case of an update: which entities it names, and what its customer was told.

    `is_stale`: told what holds no more, and nobody has said that the customer knows.
    """

    case_id: UUID
    named: list[str]
    has_topic: bool
    removed_at: datetime | None
    told_version: int | None
    told_at: datetime | None
    followed_at: datetime | None
    is_stale: bool


@router.get("/status-updates", response=list[StatusOut], summary="List status updates")
@needs("read")
def statuses(request: ApiRequest, state: Literal["live", "all"] = "live") -> list[dict[str, Any]]:
    """What holds now, or the latest fifty of any state but drafts; the newest first."""
    place = request.auth.workspace_id
    found = queries.updates_of(place, is_live=True if state == "live" else None)
    found = [one for one in found if one.update.first_version is not None]
    counts = queries.counts_of(place, [one.update.id for one in found])
    return [_out(one, counts[one.update.id]) for one in found]


def _out(said: Said, counts: Counts) -> dict[str, Any]:
    one = said.update
    names = (
        "id", "state", "is_live", "version", "stamp", "topic", "entities", "channel_ids",
        "valid_until", "published_at", "ended_at",
    )  # fmt: skip
    words = ("headline", "details", "public_text", "replies")
    return {
        **{name: getattr(one, name) for name in names},
        **{name: getattr(said.now, name) for name in words},
        "corrected_at": one.changed_at if one.is_corrected else None,
        "cases": counts.cases,
        "told": counts.told,
        "told_otherwise": counts.stale,
    }


def _moved(error: services.WrongStateError) -> Problem:
    detail = f"Somebody changed it: it is {error.state} now. Nothing was done."
    return Problem(409, "conflict", detail)


def _one(request: ApiRequest, update_id: UUID) -> dict[str, Any]:
    one = queries.update_by_id(request.auth.workspace_id, update_id)
    is_lead = can(request.auth.role, "approve")
    if one is None or (one.first_version is None and not is_lead):
        raise not_found()
    (said,) = queries.said_of([one])
    return _out(said, queries.counts_of(one.workspace_id, [one.id])[one.id])


@router.get("/status-updates/{update_id}", response=StatusOut, summary="Read a status update")
@needs("read")
def status(request: ApiRequest, update_id: UUID) -> dict[str, Any]:
    """One update."""
    return _one(request, update_id)


@router.get(
    "/status-updates/{update_id}/preview", response=PreviewOut, summary="What it would reach"
)
@needs("read")
def preview(request: ApiRequest, update_id: UUID) -> dict[str, Any]:
    """How many of the open cases it would be about if it were published now, and the newest."""
    _one(request, update_id)
    found = services.preview(request.auth.workspace_id, update_id)
    ids = [one.case_id for one in found.newest]
    return {"matched": found.matched, "of": found.of, "case_ids": ids}


@router.get(
    "/status-updates/{update_id}/cases", response=list[StatusCaseOut], summary="List its cases"
)
@needs("read")
def cases(request: ApiRequest, update_id: UUID) -> list[OnCase]:
    """Those told otherwise first; five hundred at most."""
    _one(request, update_id)
    return queries.cases_of(request.auth.workspace_id, update_id, most=500)


@router.post("/status-updates", response={201: StatusOut}, summary="Write a status update")
@needs("approve")
def write(request: ApiRequest, body: StatusIn) -> Status[dict[str, Any]]:
    """Keep a draft. See by its preview which cases it would be about, then publish it."""
    about = About(body.topic, tuple(body.entities), tuple(body.channel_ids))
    try:
        one = services.save_draft(request.auth, _wording(body), about, body.valid_until)
    except services.BadUpdateError as error:
        raise Problem(422, "invalid", str(error)) from error
    return Status(201, _one(request, one.id))


def _wording(body: WordingIn) -> Wording:
    return Wording(body.headline, body.details, body.public_text, body.replies)


@router.post("/status-updates/{update_id}/publish", response=StatusOut, summary="Publish a draft")
@needs("approve")
def publish(request: ApiRequest, update_id: UUID, body: SureIn) -> dict[str, Any]:
    """Let it hold from now on. 409: about no open case or over half, or not a draft any more."""
    try:
        services.publish(update_id, request.auth, is_sure=body.is_sure, seen=body.seen)
    except StatusUpdate.DoesNotExist as error:
        raise not_found() from error
    except services.UnusualMatchError as error:
        detail = f"It is about {error.matched} of {error.of} open cases. Say is_sure if it is."
        raise Problem(409, "unusual_match", detail) from error
    except services.BadUpdateError as error:
        raise Problem(422, "invalid", str(error)) from error
    except services.WrongStateError as error:
        raise _moved(error) from error
    return _one(request, update_id)


@router.post("/status-updates/{update_id}/correct", response=StatusOut, summary="Correct it")
@needs("approve")
def correct(request: ApiRequest, update_id: UUID, body: CorrectionIn) -> dict[str, Any]:
    """Say it anew, everywhere; `told_otherwise` then counts whose customers know the old text."""
    try:
        services.correct(update_id, request.auth, _wording(body), body.valid_until, seen=body.seen)
    except StatusUpdate.DoesNotExist as error:
        raise not_found() from error
    except services.BadUpdateError as error:
        raise Problem(422, "invalid", str(error)) from error
    except services.WrongStateError as error:
        raise _moved(error) from error
    return _one(request, update_id)


@router.post("/status-updates/{update_id}/{act}", response=StatusOut, summary="Withdraw, end")
@needs("approve")
def act(
    request: ApiRequest, update_id: UUID, act: Literal["withdraw", "end", "bring_back"]
) -> dict[str, Any]:
    """Withdraw it (it was wrong), end it (it is over), or take either back."""
    verbs = {
        "withdraw": services.withdraw, "end": services.end, "bring_back": services.bring_back,
    }  # fmt: skip
    try:
        verbs[act](update_id, request.auth)
    except StatusUpdate.DoesNotExist as error:
        raise not_found() from error
    except services.WrongStateError as error:
        raise _moved(error) from error
    return _one(request, update_id)

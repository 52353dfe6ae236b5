"""Tools: what other systems know of a customer, and what is done there."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.idempotency import key_of, remembered
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1.acting import KEY
from hearwell.commerce import queries, services
from hearwell.commerce.cards import card_from
from hearwell.commerce.filling import BadValueError
from hearwell.commerce.models import Lookup, ToolRun
from hearwell.commerce.queries import LiveTool
from hearwell.commerce.services import BadRunError, Wanted, start_run
from hearwell.conversations.models import Case
from hearwell.conversations.queries import case_rows

router = Router(tags=["Tools"])


class ToolFieldOut(Schema):
    """A value that a tool takes from whoever uses it."""

    name: str
    label: str
    kind: Literal["text", "whole", "money", "date", "choice"]
    choices: list[str]
    is_required: bool


class ToolOut(Schema):
    """A tool that this token's member may use. `about`: the kind of card that it acts on."""

    id: UUID
    title: str
    service: str
    is_act: bool
    about: str
    gives_money: bool
    can_undo: bool
    fields: list[ToolFieldOut]


class CardOut(Schema):
    """An order, booking, call or other thing, as another system told of it."""

    kind: str
    title: str
    ref: str
    state: str
    amount_minor: int | None
    currency: str
    date: str
    link: str
    details: list[list[str]]


class LookupOut(Schema):
    """One look: by what it was found, as of when; `code` says why nothing came."""

    id: UUID
    tool_id: UUID
    why: list[list[str]]
    state: str
    code: str
    as_of: datetime | None
    cards: list[CardOut]


class RunOut(Schema):
    """One action. `state`: asked, queued, calling, unknown, human, done or failed."""

    id: UUID
    tool_id: UUID
    case_id: UUID
    title: str
    state: str
    code: str
    message: str
    user_id: UUID
    key: UUID
    values: dict[str, Any]
    amount_minor: int | None
    currency: str
    grant_id: UUID | None
    undoes_id: UUID | None
    undone_at: datetime | None
    created_at: datetime
    done_at: datetime | None
    result: CardOut | None


class RunIn(Schema):
    """What to do: the tool, its values as a person would type them, and the card of a look.

    `is_meant`: although exactly the same was done within a day.
    """

    tool_id: UUID
    values: Annotated[dict[str, Annotated[str, Field(max_length=1000)]], Field(max_length=20)] = (
        Field(default_factory=dict)
    )
    lookup_id: UUID | None = None
    card: Annotated[int, Field(ge=0, le=10)] = 0
    is_meant: bool = False


class RunActIn(Schema):
    """Undo it, try once more what was not done, or say what a person found out."""

    do: Literal["undo", "again", "was_done", "was_not"]


@router.get("/tools", response=list[ToolOut], summary="List tools")
@needs("reply")
def tools(request: ApiRequest) -> Any:
    """What the token's member can look up and do from a case."""
    me = request.auth
    return [_tool(one) for one in queries.live_tools(me.workspace_id, me.role)]


def _tool(one: LiveTool) -> dict[str, Any]:
    definition = one.definition
    same = ("name", "kind", "is_required")
    return {
        "id": one.tool.id,
        "title": definition.title,
        "service": one.service.name,
        "is_act": definition.is_act,
        "about": definition.about,
        "gives_money": bool(definition.gives),
        "can_undo": bool(definition.undo_path),
        "fields": [
            {**{name: getattr(field, name) for name in same},
             "label": field.label or field.name,
             "choices": field.choices if field.kind == "choice" else []}
            for field in definition.asked
        ],
    }  # fmt: skip


@router.post("/cases/{case_id}/lookups", response=list[LookupOut], summary="Look a customer up")
@needs("reply")
def look_up(request: ApiRequest, case_id: UUID) -> Any:
    """Begin the looks that are not fresh any more, and return what is known; ask again soon."""
    _must_exist(request, case_id)
    services.refresh(request.auth.workspace_id, case_id, by=request.auth)
    return lookups(request, case_id)


@router.get("/cases/{case_id}/lookups", response=list[LookupOut], summary="List what was looked up")
@needs("reply")
def lookups(request: ApiRequest, case_id: UUID) -> Any:
    """What other systems told of a case's customer today, the newest first."""
    _must_exist(request, case_id)
    return [_lookup(one) for one in queries.lookups_in(request.auth.workspace_id, case_id)]


def _must_exist(request: ApiRequest, case_id: UUID) -> None:
    if not case_rows(request.auth.workspace_id, [case_id]):
        raise not_found()


def _lookup(one: Lookup) -> dict[str, Any]:
    names = ("id", "tool_id", "why", "state", "code", "as_of", "cards")
    return {name: getattr(one, name) for name in names}


@router.get("/cases/{case_id}/tool-runs", response=list[RunOut], summary="List what was done")
@needs("read")
def runs(request: ApiRequest, case_id: UUID) -> Any:
    """What was done in other systems from a case, the newest first."""
    _must_exist(request, case_id)
    return queries.runs_in(request.auth.workspace_id, [case_id])


@router.post(
    "/cases/{case_id}/tool-runs",
    response={202: RunOut},
    openapi_extra=KEY,
    summary="Do something in another system",
)
@needs("reply")
@remembered(is_required=True)
def do(request: ApiRequest, case_id: UUID, body: RunIn) -> Any:
    """Mean an action; it is done in the background, once. Above the member's powers it waits.

    422: a value does not fit. 409 `alike`: exactly this was done within a day.
    """
    card = _card(request, case_id, body) if body.lookup_id else None
    wanted = Wanted(body.tool_id, case_id, key_of(request), body.values, card, body.is_meant)
    try:
        run = start_run(wanted, by=request.auth)
    except Case.DoesNotExist as error:
        raise not_found() from error
    except BadValueError as why:
        raise Problem(422, "bad_value", f"{why.field}: {why}") from why
    except BadRunError as why:
        status = 409 if why.code == "alike" else 422
        raise Problem(status, why.code or "not_done", str(why)) from why
    return 202, RunOut.from_orm(run)


def _card(request: ApiRequest, case_id: UUID, body: RunIn) -> Any:
    found = queries.lookup_by_id(request.auth.workspace_id, body.lookup_id or case_id)
    if found is None or found.case_id != case_id or body.card >= len(found.cards):
        raise Problem(422, "no_card", "There is no such card in this case.")
    return card_from(found.cards[body.card])


@router.get("/tool-runs/{run_id}", response=RunOut, summary="Read an action")
@needs("read")
def run(request: ApiRequest, run_id: UUID) -> Any:
    """How far one action is."""
    found = queries.run_by_id(request.auth.workspace_id, run_id)
    if found is None:
        raise not_found()
    return found


@router.post("/tool-runs/{run_id}/act", response=RunOut, summary="Undo, try again or settle")
@needs("reply")
def act(request: ApiRequest, run_id: UUID, body: RunActIn) -> Any:
    """Undo answers with the run that undoes. 409: it is not there to be done any more."""
    me = request.auth
    try:
        if body.do == "undo":
            return services.undo(run_id, by=me)
        if body.do == "again":
            return services.try_again(run_id, by=me)
        return services.settle_by_hand(run_id, was_done=body.do == "was_done", by=me)
    except ToolRun.DoesNotExist as error:
        raise not_found() from error
    except BadRunError as why:
        raise Problem(409, "not_possible", str(why)) from why

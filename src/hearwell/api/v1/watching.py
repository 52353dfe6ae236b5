"""Accounts of other brands that are watched for comparisons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from hearwell.accounts.models import User
from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.queries import panel_by_id
from hearwell.benchmarks.watching import stop_watching, watch_again, watch_brand
from hearwell.watching import services
from hearwell.watching.models import Watch, WatchState
from hearwell.watching.queries import shown_for, watch_by_id

router = Router(tags=["Benchmarks"])


class WatchIn(Schema):
    """Whom to watch, through which of our accounts. `name` is the brand's, if it is to differ."""

    channel_id: UUID
    handle: str = Field(max_length=200)
    name: str = Field("", max_length=80)


class WatchOut(Schema):
    """A watched account. `known_from` and `known_to` bound what is known completely.

    `state` is looking, refused, active, paused or stopped; `problem` is the code of what stands
    against it, empty where nothing does. `hears_all` is false where its network shows only what
    it answered: then there is no rate. `removed_at` is when what was read goes.
    """

    id: UUID
    brand: str
    network: str
    handle: str
    state: str
    read_through: UUID
    record: UUID | None
    hears_all: bool
    messages: int
    known_from: datetime | None
    known_to: datetime | None
    last_read_at: datetime | None
    next_reading_at: datetime | None
    problem: str
    problem_text: str
    removed_at: datetime | None


@router.get(
    "/benchmarks/{panel_id}/watched", response=list[WatchOut], summary="A panel's watched brands"
)
@needs("read")
def watched(request: ApiRequest, panel_id: UUID) -> Any:
    """Return the watched accounts of a panel, those being looked up, those stopped of late."""
    panel = panel_by_id(request.auth.workspace.id, panel_id)
    if panel is None:
        raise not_found()
    ids = {UUID(one) for brand in panel.members for one in brand.channel_ids}
    return [_out(one) for one in shown_for(panel.workspace_id, panel.id, ids)]


@router.post("/benchmarks/{panel_id}/watched", response={202: WatchOut}, summary="Watch a brand")
@needs("manage_benchmarks")
def watch(request: ApiRequest, panel_id: UUID, asked: WatchIn) -> Any:
    """Have an account looked up; if it is there, it joins the panel and is read from now on.

    Ask for it by its id a second later: `state` is active, or refused with the reason.
    """
    wish = services.Wish(panel_id, asked.channel_id, asked.handle, asked.name)
    try:
        made = watch_brand(request.auth.workspace.id, wish, by=_user(request))
    except Panel.DoesNotExist:
        raise not_found() from None
    except services.BadWishError as error:
        raise Problem(422, f"bad_{error.field}", str(error)) from error
    return Status(202, _out(made))


@router.get("/benchmarks/watched/{watch_id}", response=WatchOut, summary="A watched account")
@needs("read")
def one(request: ApiRequest, watch_id: UUID) -> Any:
    """Return how it stands. One that was known already is found under its panel instead."""
    found = watch_by_id(request.auth.workspace.id, watch_id)
    if found is None:
        raise not_found()
    return _out(found)


@router.post("/benchmarks/watched/{watch_id}/pause", response=WatchOut, summary="Pause")
@needs("manage_benchmarks")
def pause(request: ApiRequest, watch_id: UUID) -> Any:
    """Read no more until it is resumed."""
    return _done(request, watch_id, services.pause)


@router.post("/benchmarks/watched/{watch_id}/resume", response=WatchOut, summary="Resume")
@needs("manage_benchmarks")
def resume(request: ApiRequest, watch_id: UUID) -> Any:
    """Read on from where it was."""
    return _done(request, watch_id, services.resume)


@router.post("/benchmarks/watched/{watch_id}/undo", response=WatchOut, summary="Watch again")
@needs("manage_benchmarks")
def undo(request: ApiRequest, watch_id: UUID) -> Any:
    """Take a stop back, within a week."""
    return _done(request, watch_id, watch_again)


@router.delete("/benchmarks/watched/{watch_id}", response={204: None}, summary="Stop watching")
@needs("manage_benchmarks")
def stop(request: ApiRequest, watch_id: UUID, *, keep: bool) -> Any:
    """Stop. `keep`: what was read stays in its panels; else it leaves them and goes in a week."""
    try:
        stop_watching(request.auth.workspace.id, watch_id, keeps=keep, by=_user(request))
    except Watch.DoesNotExist:
        raise not_found() from None
    return Status(204, None)


def _done(request: ApiRequest, watch_id: UUID, act: Any) -> dict[str, Any]:
    try:
        return _out(act(request.auth.workspace.id, watch_id, by=_user(request)))
    except Watch.DoesNotExist:
        raise not_found() from None


def _user(request: ApiRequest) -> User:
    return request.auth.user


def _out(one: Watch) -> dict[str, Any]:
    is_told = one.state in {WatchState.ACTIVE, WatchState.REFUSED}
    return {
        "id": one.id,
        "brand": one.brand_name,
        "network": one.network,
        "handle": one.handle or one.typed,
        "state": one.state,
        "read_through": one.via_id,
        "record": one.channel_id,
        "hears_all": one.hears_all,
        "messages": one.items,
        "known_from": one.begins_at,
        "known_to": one.ends_at,
        "last_read_at": one.last_read_at,
        "next_reading_at": one.next_at,
        "problem": one.failure_code if is_told else "",
        "problem_text": one.failure_message if is_told else "",
        "removed_at": one.purge_at,
    }

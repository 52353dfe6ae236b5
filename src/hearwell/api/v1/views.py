"""Saved views, one's own and the team's; and how many cases are in each queue."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from hearwell.accounts.rules import can
from hearwell.api.access import ApiRequest, needs
from hearwell.api.idempotency import remembered
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1 import schemas
from hearwell.api.v1.acting import OPTIONAL_KEY
from hearwell.api.v1.filters import CaseFilters, Queue, ViewFilters, filters_from, listed
from hearwell.api.v1.paging import Cursor, Limit
from hearwell.conversations import services
from hearwell.conversations.listing import filter_from
from hearwell.conversations.models import SavedView
from hearwell.conversations.queries import queue_counts
from hearwell.conversations.services import BadViewError
from hearwell.conversations.viewing import View, deleted_views, view_counts, views_of

router = Router(tags=["Views"])
Name = Annotated[str, Field(min_length=1, max_length=200), schemas.Storable]


class QueueOut(Schema):
    """A queue and how many cases are in it; `count` is null where none is kept."""

    queue: Queue
    count: int | None


class ViewOut(Schema):
    """A list under a name. `is_shared`: the team's; else it is seen by its owner alone.

    `count` goes to 1000, which means 1000 or more; null for a search and for what is done.
    """

    id: UUID
    name: str
    is_shared: bool
    filters: CaseFilters
    count: int | None


class ViewIn(Schema):
    """A list to keep: its name, what it shows, and whether the whole team has it."""

    name: Name
    filters: ViewFilters
    is_shared: bool = False


class ViewChange(Schema):
    """What is to be different; what is left out stays. `filters` replaces the whole list."""

    name: Name | None = None
    filters: ViewFilters | None = None


class ViewMove(Schema):
    """Which way it goes in its group, by one place."""

    direction: Literal["up", "down"]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SavedView.DoesNotExist as error:
        raise not_found() from error
    except BadViewError as error:
        raise Problem(422, "invalid", str(error)) from error


def _out(request: ApiRequest, found: Sequence[View], *, is_counted: bool = True) -> list[Any]:
    member = request.auth
    counts = view_counts(member.workspace_id, found, member.user_id) if is_counted else {}
    return [
        {
            "id": view.id,
            "name": view.name,
            "is_shared": view.is_shared,
            "filters": filters_from(view.params),
            "count": counts.get(view.id),
        }
        for view in found
    ]


def _view(request: ApiRequest, view_id: UUID, *, is_deleted: bool = False) -> View:
    """Return a view that this member sees. Raises Problem 404."""
    member = request.auth
    read = deleted_views if is_deleted else views_of
    for view in read(member.workspace_id, member.user_id):
        if view.id == view_id:
            return view
    raise not_found()


def _may_change(request: ApiRequest, *, is_shared: bool) -> None:
    if is_shared and not can(request.auth.role, "share_views"):
        raise Problem(403, "forbidden", "This token's role does not include “share_views”.")


def _one(request: ApiRequest, view_id: UUID) -> Any:
    return _out(request, [_view(request, view_id)])[0]


@router.get("/queues", response=list[QueueOut], summary="Count the queues")
@needs("read")
def queues(request: ApiRequest) -> Any:
    """The queues, in the order of the screen, with the cases in each; `mine` is the member's."""
    counts = queue_counts(request.auth.workspace_id, request.auth.user_id)
    return [{"queue": name, "count": counts.get(name)} for name in get_args(Queue)]


@router.get("/views", response=list[ViewOut], summary="List views")
@needs("read")
def views(
    request: ApiRequest,
    deleted: Annotated[bool, Query(description="Those deleted within a week instead.")] = False,  # noqa: FBT002  a query parameter
) -> Any:
    """The member's own views, then the team's, in their order."""
    member = request.auth
    read = deleted_views if deleted else views_of
    return _out(request, read(member.workspace_id, member.user_id), is_counted=not deleted)


@router.post("/views", response={201: ViewOut}, openapi_extra=OPTIONAL_KEY, summary="Save a view")
@needs("read")
@remembered(is_required=False)
def make(request: ApiRequest, body: ViewIn) -> Any:
    """Keep a list under a name. One of the team's takes the right `share_views`."""
    _may_change(request, is_shared=body.is_shared)
    with _told():
        made = services.save_view(
            body.name, body.filters.params(), request.auth.user, is_shared=body.is_shared
        )
    return 201, ViewOut(**_one(request, made.id))


@router.get("/views/{view_id}", response=ViewOut, summary="Get a view")
@needs("read")
def view(request: ApiRequest, view_id: UUID) -> Any:
    """One view, with its count."""
    return _one(request, view_id)


@router.patch("/views/{view_id}", response=ViewOut, summary="Change a view")
@needs("read")
def change(request: ApiRequest, view_id: UUID, body: ViewChange) -> Any:
    """Rename it, or let it show another list."""
    found = _view(request, view_id)
    _may_change(request, is_shared=found.is_shared)
    with _told():
        services.change_view(
            view_id,
            request.auth.user,
            is_shared=found.is_shared,
            name=body.name,
            params=body.filters.params() if body.filters else None,
        )
    return _one(request, view_id)


@router.delete("/views/{view_id}", response={204: None}, summary="Delete a view")
@needs("read")
def remove(request: ApiRequest, view_id: UUID) -> Status[None]:
    """Put it away. It can be restored for a week."""
    found = _view(request, view_id)
    _may_change(request, is_shared=found.is_shared)
    with _told():
        services.delete_view(view_id, request.auth.user, is_shared=found.is_shared)
    return Status(204, None)


@router.post("/views/{view_id}/restore", response=ViewOut, summary="Restore a view")
@needs("read")
def restore(request: ApiRequest, view_id: UUID) -> Any:
    """Take a deleted view back; where its name is taken meanwhile, under a new one."""
    found = _view(request, view_id, is_deleted=True)
    _may_change(request, is_shared=found.is_shared)
    with _told():
        services.restore_view(view_id, request.auth.user, is_shared=found.is_shared)
    return _one(request, view_id)


@router.post("/views/{view_id}/move", response=list[ViewOut], summary="Move a view")
@needs("read")
def move(request: ApiRequest, view_id: UUID, body: ViewMove) -> Any:
    """Let it change places with its neighbour; at the end nothing moves. Returns all views."""
    found = _view(request, view_id)
    _may_change(request, is_shared=found.is_shared)
    with _told():
        services.move_view(
            view_id, request.auth.user, is_shared=found.is_shared, is_up=body.direction == "up"
        )
    return _out(request, views_of(request.auth.workspace_id, request.auth.user_id))


@router.get("/views/{view_id}/cases", response=schemas.CaseList, summary="List a view's cases")
@needs("read")
def cases(request: ApiRequest, view_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Any:
    """The cases that it shows now, in the order of its queue. `me` in it is the token's member."""
    found = _view(request, view_id)
    wanted = filter_from(found.params, request.auth.user_id)
    return listed(request.auth.workspace_id, wanted, cursor, limit)

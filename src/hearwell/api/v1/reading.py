"""Read cases and messages."""

from typing import Any
from uuid import UUID

from ninja import Query, Router

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import not_found
from hearwell.api.v1 import schemas
from hearwell.api.v1.filters import CaseFilters, listed
from hearwell.api.v1.paging import Cursor, Limit, place_of, placed, sealed
from hearwell.channels.models import Channel
from hearwell.conversations.queries import case_page, messages_of
from hearwell.outbound.queries import delivery_by_id
from hearwell.routing.queries import claim_of
from hearwell.sla.queries import clocks_of

router = Router(tags=["Read"])


@router.get("/me", response=schemas.Me, summary="Whom the token stands for")
@needs("see_self")
def me(request: ApiRequest) -> dict[str, Any]:
    """The workspace, person and role that this token acts as."""
    member = request.auth
    return {
        "workspace_id": member.workspace_id,
        "workspace": member.workspace.name,
        "user_id": member.user_id,
        "name": str(member.user),
        "role": member.role,
        "initials": member.initials,
    }


@router.get("/channels", response=list[schemas.Channel], summary="List channels")
@needs("read")
def channels(request: ApiRequest) -> list[dict[str, Any]]:
    """The connected accounts of the workspace."""
    rows = Channel.objects.filter(workspace_id=request.auth.workspace_id).select_related("brand")
    return [
        {
            "id": row.id,
            "network": row.network,
            "handle": row.handle,
            "brand": row.brand.name,
            "purpose": row.purpose,
            "state": row.state,
        }
        for row in rows.order_by("network", "handle")
    ]


@router.get("/cases", response=schemas.CaseList, summary="List and search cases")
@needs("read")
def cases(
    request: ApiRequest, filters: Query[CaseFilters], limit: Limit = 50, cursor: Cursor = None
) -> Any:
    """Cases of a queue, in its order: work queues by due time, the others newest first.

    Before that order stand those whose customer says that they are not solved (`unsolved_at`).
    With `q` it is a search: in every queue, the latest first, words, "phrases" and -words, in which
    all other filters hold.
    """
    member = request.auth
    return listed(member.workspace_id, filters.wanted(member.user_id), cursor, limit)


@router.get("/cases/{case_id}", response=schemas.CaseDetail, summary="Get a case")
@needs("read")
def case(request: ApiRequest, case_id: UUID) -> dict[str, Any]:
    """A case with its threads, clocks, tags, claim and its latest hundred messages."""
    workspace_id = request.auth.workspace_id
    page = case_page(workspace_id, case_id, request.auth.user_id)
    if page is None:
        raise not_found()
    fields = {name: getattr(page.case, name) for name in _OF_CASE}
    return {
        **fields,
        "merged_into_id": page.case.merged_into_id,
        "contact_name": page.contact_name,
        "conversations": page.conversations,
        "clocks": clocks_of(case_id),
        "claim": claim_of(case_id),
        "tags": page.tags,
        "messages": _messages(workspace_id, case_id, 100, None),
    }


_OF_CASE = [name for name in schemas.Case.model_fields if name != "contact_name"]


@router.get(
    "/cases/{case_id}/messages", response=schemas.MessageList, summary="List a case's messages"
)
@needs("read")
def messages(
    request: ApiRequest, case_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """The latest messages, oldest first; go back with `cursor=earlier_cursor`."""
    workspace_id = request.auth.workspace_id
    if case_page(workspace_id, case_id) is None:
        raise not_found()
    return _messages(workspace_id, case_id, limit, cursor)


@router.get("/deliveries/{delivery_id}", response=schemas.Delivery, summary="Get a delivery")
@needs("read")
def delivery(request: ApiRequest, delivery_id: UUID) -> dict[str, Any]:
    """How far a reply has come."""
    row = delivery_by_id(request.auth.workspace_id, delivery_id)
    if row is None:
        raise not_found()
    return delivery_out(row)


def delivery_out(row: Any) -> dict[str, Any]:
    """Return a delivery as version 1 shows it."""
    same = (
        "id", "state", "not_before", "sent_at", "remote_id", "permalink", "failure_code",
        "failure_message",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in same},
        "conversation_id": row.context.get("conversation_id", row.lane_id),
        "text": row.draft["text"],
        "audience": row.draft["audience"],
    }


def _messages(workspace_id: UUID, case_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    page = messages_of(workspace_id, case_id, limit, placed(cursor))
    oldest = page.messages[0] if page.messages and page.has_earlier else None
    earlier = place_of(oldest.sent_at, oldest.id) if oldest else None
    return {"items": page.messages, "earlier_cursor": sealed(earlier)}

"""Read cases and messages."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Router

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1 import schemas
from hearwell.channels.models import Channel
from hearwell.conversations.listing import NOBODY, CaseFilter
from hearwell.conversations.queries import case_list, case_page, messages_of
from hearwell.outbound.queries import delivery_by_id
from hearwell.routing.queries import claim_of
from hearwell.sla.queries import clocks_of

router = Router(tags=["Read"])
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=200, description="From the page before.")]
Queue = Literal[
    "needs", "urgent", "late", "unassigned", "mine", "praise", "all", "snoozed", "closed",
    "archive",
]  # fmt: skip
Assignee = Annotated[str | None, Query(description="`me`, `none`, or the id of a user.")]


@router.get("/me", response=schemas.Me, summary="Whom the token stands for")
@needs("read")
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


@router.get("/cases", response=schemas.CaseList, summary="List cases")
@needs("read")
def cases(  # noqa: PLR0913, PLR0917  the query string, spelled out
    request: ApiRequest,
    queue: Queue = "all",
    assignee: Assignee = None,
    channel_id: UUID | None = None,
    kind: Annotated[str, Query(max_length=16), schemas.Storable] = "",
    audience: schemas.Audience | None = None,
    tag: Annotated[str, Query(max_length=60), schemas.Storable] = "",
    q: Annotated[
        str, Query(max_length=200, description="Search, everywhere."), schemas.Storable
    ] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Cases of a queue, in its order: work queues by due time, the others newest first."""
    wanted = CaseFilter(
        queue=queue,
        user_id=request.auth.user_id,
        channel_id=channel_id,
        kind=kind,
        audience=audience or "",
        assignee=_assignee(assignee, request.auth.user_id),
        tag=tag,
        text=q,
    )
    page = case_list(request.auth.workspace_id, wanted, _opened(cursor), limit)
    return {"items": page.rows, "next_cursor": _sealed(page.next_cursor)}


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
    return _messages(workspace_id, case_id, limit, _opened(cursor))


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
    page = messages_of(workspace_id, case_id, limit, _before(cursor))
    oldest = page.messages[0] if page.messages and page.has_earlier else None
    earlier = f"{oldest.sent_at.isoformat()}~{oldest.id}" if oldest else None
    return {"items": page.messages, "earlier_cursor": _sealed(earlier)}


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    moment, _, message_id = cursor.partition("~")
    return datetime.fromisoformat(moment), UUID(message_id)


def _assignee(wanted: str | None, user_id: UUID) -> UUID | str | None:
    if wanted in {None, ""}:
        return None
    if wanted in {"me", NOBODY}:
        return user_id if wanted == "me" else NOBODY
    try:
        return UUID(wanted)
    except ValueError:
        raise Problem(422, "invalid", "assignee: me, none, or the id of a user.") from None


def _sealed(cursor: str | None) -> str | None:
    """Return a cursor as programs see it: not to be made or taken apart by them."""
    return base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=") if cursor else None


def _opened(cursor: str | None) -> str | None:
    """Return our own form of a cursor. Raises Problem 422 for one that we never gave."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        is_ours = _has_our_form(text)
    except (ValueError, binascii.Error):
        is_ours = False
    if not is_ours:
        raise Problem(422, "bad_cursor", "This cursor was not given by us.")
    return text


def _has_our_form(cursor: str) -> bool:
    """Say whether it is `time~id`, the time possibly empty. Raises ValueError for other text."""
    moment, _, row_id = cursor.partition("~")
    return bool(UUID(row_id)) and (not moment or datetime.fromisoformat(moment).tzinfo is not None)

"""Scheduled reports: who is sent which report, when."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Router, Schema, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.scheduledreports import queries
from hearwell.scheduledreports.models import Order
from hearwell.scheduledreports.queries import OrderRow
from hearwell.scheduledreports.services import orders
from hearwell.scheduledreports.services.orders import BadOrderError, Wish

router = Router(tags=["Scheduled reports"])
KindName = Literal["summary", "service", "league"]
CadenceName = Literal["daily", "weekly", "monthly"]


class ScheduledIn(Schema):
    """What to send. `on_day`: Monday 1 to Sunday 7, or a day of the month; daily 0.

    `hour` is on the workspace's clock. Without `reader_ids` it is sent to the token's member; only
    leads and above name others. `panel_id` for a league.
    """

    kind: KindName
    cadence: CadenceName
    on_day: int = Field(0, ge=0, le=31)
    hour: int = Field(8, ge=0, le=23)
    reader_ids: list[UUID] | None = Field(None, max_length=50)
    has_pdf: bool = True
    has_csv: bool = False
    panel_id: UUID | None = None


class ScheduledOut(Schema):
    """An order. `next_at` is null while paused; `stopped_ids` are readers who ended it themselves.

    `failed`: letters of the last 30 days that were not sent, or perhaps not.
    """

    id: UUID
    kind: str
    cadence: str
    on_day: int
    hour: int
    reader_ids: list[UUID]
    stopped_ids: list[UUID]
    has_pdf: bool
    has_csv: bool
    panel_id: UUID | None
    is_paused: bool
    next_at: datetime | None
    sent_at: datetime | None
    failed: int


_SAME = (
    "id", "kind", "cadence", "on_day", "hour", "has_pdf", "has_csv", "panel_id", "is_paused",
    "next_at",
)  # fmt: skip


def _out(row: OrderRow) -> dict[str, Any]:
    return {
        **{name: getattr(row.order, name) for name in _SAME},
        "reader_ids": row.reader_ids,
        "stopped_ids": sorted(row.stopped),
        "sent_at": row.sent_at,
        "failed": len(row.troubles),
    }


def _one(request: ApiRequest, order_id: UUID) -> dict[str, Any]:
    found = (one for one in queries.order_rows(request.auth) if one.order.id == order_id)
    return next(map(_out, found))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Order.DoesNotExist as error:
        raise not_found() from error
    except BadOrderError as error:
        raise Problem(422, "invalid", f"{error.field}: {error}", field=error.field) from error


@router.get("/scheduled-reports", response=list[ScheduledOut], summary="Reports by e-mail")
@needs("read")
def scheduled(request: ApiRequest) -> Any:
    """Return the orders the token's member may know of, the oldest first."""
    return [_out(one) for one in queries.order_rows(request.auth)]


@router.post("/scheduled-reports", response={201: ScheduledOut}, summary="Order a report")
@needs("read")
def order(request: ApiRequest, wanted: ScheduledIn) -> Any:
    """Order a report; it is sent first at the next such time."""
    values = wanted.dict()
    readers = values.pop("reader_ids")
    chosen = tuple(readers) if readers is not None else (request.auth.user_id,)
    with _told():
        made = orders.make_order(request.auth, Wish(reader_ids=chosen, **values))
    return Status(201, _one(request, made.id))


@router.post("/scheduled-reports/{order_id}/pause", response=ScheduledOut, summary="Pause")
@needs("read")
def pause(request: ApiRequest, order_id: UUID) -> Any:
    """Send nothing until it is resumed; twice is no harm."""
    with _told():
        orders.pause_order(request.auth, order_id, is_paused=True)
    return _one(request, order_id)


@router.post("/scheduled-reports/{order_id}/resume", response=ScheduledOut, summary="Resume")
@needs("read")
def resume(request: ApiRequest, order_id: UUID) -> Any:
    """Go on from the next time; what was missed in between is not sent."""
    with _told():
        orders.pause_order(request.auth, order_id, is_paused=False)
    return _one(request, order_id)


@router.delete("/scheduled-reports/{order_id}", response={204: None}, summary="Remove")
@needs("read")
def remove(request: ApiRequest, order_id: UUID) -> Any:
    """Remove an order; the page can bring it back for 30 days."""
    with _told():
        orders.remove_order(request.auth, order_id)
    return Status(204, None)

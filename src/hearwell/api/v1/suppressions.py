"""Promotions held back: who is to be left in peace, and what has changed since."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem
from hearwell.api.v1.schemas import Storable
from hearwell.kit.clock import now
from hearwell.promotions import held, queries, shapes
from hearwell.promotions.held import Held
from hearwell.promotions.models import Change

router = Router(tags=["Promotions"])
Format = Literal["json", "csv", "audience"]
_SHAPES: Final = {
    "json": (shapes.in_json, held.IN_JSON),
    "csv": (shapes.in_csv, held.IN_CSV),
    "audience": (shapes.in_audience, held.IN_AUDIENCE),
}
HeldReason = Literal["unanswered", "open", "waiting_for_customer", "snoozed", "cooling_off"]


class SuppressionOut(Schema):
    """Somebody nothing is to be promoted to, on one network.

    `network_id` is the network's own id of the person; for mail the SHA-256 of the address.
    `email_sha256` is empty where no address is known or none may be told. `until` is when the
    cool-off ends, null while a case is open.
    """

    network: str
    network_id: str
    contact_id: UUID
    email_sha256: str
    reason: HeldReason
    since: datetime
    until: datetime | None


class SuppressionList(Schema):
    """The whole list at `as_of`. Read on from `seq`: `GET /suppressions/changes?after=…`."""

    as_of: datetime
    seq: int
    items: list[SuppressionOut]


class SuppressionFilters(Schema):
    """In which form, or of one person alone: by id of a network, address or its SHA-256."""

    format: Format | None = None
    network: Annotated[str | None, Field(max_length=32), Storable] = None
    network_id: Annotated[str | None, Field(max_length=200), Storable] = None
    email: Annotated[str | None, Field(max_length=200), Storable] = None
    email_sha256: Annotated[str | None, Field(min_length=64, max_length=64), Storable] = None


class SuppressionChange(Schema):
    """Somebody came onto the list or left it. `seq` counts without a gap."""

    seq: int
    verb: Literal["started", "ended"]
    network: str
    network_id: str
    email_sha256: str
    reason: HeldReason
    since: datetime
    at: datetime


class SuppressionChanges(Schema):
    """Changes in their order. `seq` is where to read on, `has_more` whether there is more now."""

    seq: int
    has_more: bool
    items: list[SuppressionChange]


@router.get("/suppressions", response=SuppressionList, summary="Who is to be left in peace")
@needs("see_held_back")
def suppressions(request: ApiRequest, filters: Query[SuppressionFilters]) -> Any:
    """Everybody with an open case, and for a while after the last one was closed.

    One answer, however long. `format=csv` or `Accept: text/csv`: one line for each person and
    network. `format=audience`: the hashed addresses alone, as advertisers' programs take them.
    """
    place = request.auth.workspace_id
    named = filters.network_id or filters.email or filters.email_sha256
    if bool(filters.network) != bool(filters.network_id):
        raise Problem(422, "half_an_id", "Say `network` and `network_id` together.")
    form = filters.format or _accepted(request)
    in_python, in_sql = _SHAPES[form]
    lines = in_python([_named(request, filters)]) if named else queries.written(place, in_sql)
    if form == "json":
        head = {"as_of": now(), "seq": queries.feed_of(place).last_seq}
        return _streamed(shapes.as_document(lines, head), "application/json")
    answer = _streamed(lines, "text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="held-back.csv"'
    return answer


def _accepted(request: ApiRequest) -> Format:
    wished = request.headers.get("accept", "")
    return "csv" if "text/csv" in wished and "application/json" not in wished else "json"


def _streamed(lines: Iterator[bytes], kind: str) -> HttpResponse | StreamingHttpResponse:
    answer = StreamingHttpResponse(lines, content_type=kind)
    answer["Cache-Control"] = "no-store"
    return answer


def _named(request: ApiRequest, filters: SuppressionFilters) -> list[Held]:
    """Return whether one person is held back: all of theirs, or nothing."""
    place = request.auth.workspace_id
    choice = queries.choice_of(place)
    if filters.network and filters.network_id:
        found = queries.people_by(place, filters.network_id, [filters.network])
        return queries.held_of(choice, found)
    if not choice.email_basis:
        raise Problem(409, "no_basis", "No owner has stated a ground for telling addresses.")
    digest = filters.email_sha256 or shapes.sha256_of(filters.email or "")
    found = queries.people_by_hash(place, digest)
    if filters.email:  # of whom nothing was told yet
        found |= queries.people_by(place, filters.email, ["email"])
    return [one for one in queries.held_of(choice, found) if one.email_sha256 == digest]


@router.get("/suppressions/changes", response=SuppressionChanges, summary="Who came and went since")
@needs("see_held_back")
def changes(
    request: ApiRequest,
    after: Annotated[int, Query(ge=0, description="The last `seq` that was read.")] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> dict[str, Any]:
    """Changes after a number, some seconds after they happened; they are kept for 90 days.

    Who was away longer is answered 410: take the whole list and read on from its `seq`.
    """
    place = request.auth.workspace_id
    oldest, last = queries.oldest_change(place), queries.feed_of(place).last_seq
    if after < last and (oldest is None or after + 1 < oldest):
        raise Problem(410, "too_old", "These changes are gone. Take the whole list instead.")
    found: list[Change] = queries.changes_after(place, after, limit + 1)
    items = found[:limit]
    seq = items[-1].seq if items else max(after, 0)
    return {"seq": seq, "has_more": len(found) > limit, "items": items}

"""Spikes: what was found, and what is made of it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import not_found
from hearwell.spikes import queries
from hearwell.spikes.models import Spike, State
from hearwell.spikes.services import UnknownSpikeError, decide_spike

router = Router(tags=["Spikes"])
SpikeState = Literal["proposed", "confirmed", "dismissed"]


class SpikeOut(Schema):
    """Far more than usual, as it was when it was found.

    `kind`: trouble, praise or volume. `expected` is what would have been usual in `minutes`.
    `message_ids`, the first first, grow until `calm_at`. `topic` is empty for everything, else
    `kind:…` or `label:…`. `reasons` are codes with their figures.
    """

    id: UUID
    kind: str
    topic: str
    channel_id: UUID | None
    severity: int
    minutes: int
    count: int
    expected: float
    people: int
    words: list[str]
    reasons: list[tuple[str, dict[str, Any]]]
    case_id: UUID
    message_ids: list[UUID]
    began_at: datetime
    found_at: datetime
    calm_at: datetime | None
    state: SpikeState
    decided_at: datetime | None
    decided_by_id: UUID | None


class SpikeFilters(Schema):
    """Which spikes: of one state, older than one (`before`)."""

    state: SpikeState | None = None
    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class SpikeDecisionIn(Schema):
    """What is made of it; `proposed` takes a decision back."""

    state: SpikeState


@router.get("/spikes", response=list[SpikeOut], summary="List spikes")
@needs("read")
def spikes(request: ApiRequest, filters: Query[SpikeFilters]) -> list[Spike]:
    """The newest first. The messages of one: `GET /cases` has their cases by `spike`."""
    states = [filters.state] if filters.state else []
    return queries.spikes_of(
        request.auth.workspace_id, states=states, before_id=filters.before, limit=filters.limit
    )


@router.get("/spikes/{spike_id}", response=SpikeOut, summary="Read a spike")
@needs("read")
def spike(request: ApiRequest, spike_id: UUID) -> Spike:
    """One spike."""
    found = queries.spike_by_id(request.auth.workspace_id, spike_id)
    if found is None:
        raise not_found()
    return found


@router.post("/spikes/{spike_id}/decision", response=SpikeOut, summary="Confirm or dismiss")
@needs("approve")
def decide(request: ApiRequest, spike_id: UUID, body: SpikeDecisionIn) -> Spike:
    """Confirm a spike, dismiss it, or take that back. Said twice it is said once."""
    me = request.auth
    try:
        return decide_spike(me.workspace_id, spike_id, State(body.state), by_id=me.user_id)
    except UnknownSpikeError as error:
        raise not_found() from error

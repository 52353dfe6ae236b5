"""Events survive the way to JSON and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from hearwell.events.model import DomainEvent


@dataclass(frozen=True)
class KettleBoiled(DomainEvent):
    kettle_id: UUID
    at: datetime
    cups: list[int]
    owner_id: UUID | None = None
    note: str = ""


@given(
    st.builds(
        KettleBoiled,
        workspace_id=st.uuids(),
        kettle_id=st.uuids(),
        at=st.datetimes(timezones=st.just(UTC)),
        cups=st.lists(st.integers()),
        owner_id=st.none() | st.uuids(),
        note=st.text(),
    )
)
def test_round_trip(event: KettleBoiled):
    payload = json.loads(json.dumps(event.payload()))
    assert KettleBoiled.restored(event.workspace_id, payload) == event


def test_fields_that_came_later_take_their_defaults_and_fields_that_went_are_ignored():
    old = {
        "kettle_id": str(uuid4()),
        "at": "2026-01-01T00:00:00+00:00",
        "cups": [],
        "colour": "red",
    }
    event = KettleBoiled.restored(uuid4(), old)
    assert event.note == ""
    assert event.at == datetime(2026, 1, 1, tzinfo=UTC)

"""Emit, fan-out, numbering."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import connection, transaction

from hearwell.accounts.services import create_workspace
from hearwell.events.model import EVENT_TYPES, DomainEvent
from hearwell.events.models import Event
from hearwell.events.queries import events_since, last_seq
from hearwell.events.registry import HANDLERS, on
from hearwell.events.services import emit
from hearwell.events.tasks import fan_out, handle
from hearwell.kit.scope import current_workspace, scope

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class LampLit(DomainEvent):
    lamp: str


@pytest.fixture
def heard() -> Iterator[list[tuple[UUID | None, list[str]]]]:
    calls: list[tuple[UUID | None, list[str]]] = []

    @on(LampLit)
    def note(events):
        calls.append((current_workspace(), [event.lamp for event in events]))

    yield calls
    HANDLERS.pop("LampLit")


def queued() -> list[tuple[str, dict]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args::text FROM procrastinate_jobs ORDER BY id")
        return [(name, json.loads(args)) for name, args in cursor.fetchall()]


def number() -> dict[UUID, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM events_number(1000)")
        return {row[0]: row[1:] for row in cursor.fetchall()}


def test_a_batch_is_one_job_and_the_handler_runs_in_scope(heard):
    workspace = create_workspace("W")
    with scope(workspace.id):
        emit(LampLit(workspace.id, lamp) for lamp in "abc")
    jobs = queued()
    assert [name for name, _ in jobs] == ["events.fan_out"]
    fan_out(**jobs[0][1])
    name, args = queued()[-1]
    assert name == "events.handle"
    handle(**args)
    handle(**args)  # at least once: the handler is called again with the same events
    assert heard == [(workspace.id, ["a", "b", "c"])] * 2


def test_nobody_listens_no_job():
    workspace = create_workspace("W")
    with scope(workspace.id):
        assert len(emit([LampLit(workspace.id, "a")])) == 1
    assert queued() == []


def test_nothing_happened_nothing_is_written():
    assert emit([]) == []


def test_a_rolled_back_story_tells_nothing(heard):
    workspace = create_workspace("W")
    with scope(workspace.id):
        with transaction.atomic():
            emit([LampLit(workspace.id, "a")])
            transaction.set_rollback(True)
        assert not Event.objects.exists()
    assert queued() == []


def test_numbers_are_dense_per_workspace_and_continue():
    ours, theirs = create_workspace("O"), create_workspace("T")
    for workspace, lamps in ((ours, "abc"), (theirs, "x")):
        with scope(workspace.id):
            emit(LampLit(workspace.id, lamp) for lamp in lamps)
    assert number() == {ours.id: (1, 3), theirs.id: (1, 1)}
    with scope(ours.id):
        emit([LampLit(ours.id, "d")])
    assert number() == {ours.id: (4, 4)}
    assert number() == {}
    with scope(ours.id):
        assert [(e.seq, e.payload["lamp"]) for e in events_since(ours.id, 1)] == [
            (2, "b"),
            (3, "c"),
            (4, "d"),
        ]
        assert last_seq(ours.id) == 4
        assert last_seq(theirs.id) == 0


def test_every_event_of_the_house_has_a_name_of_its_own():
    assert EVENT_TYPES["LampLit"] is LampLit

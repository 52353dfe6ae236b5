"""What the sweep finds: the due, the dead, the doubtful, and a database from the past."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound import sender, services
from hearwell.outbound.models import InstanceMark, KillSwitch
from hearwell.outbound.rowlock import lock_session, row_lock
from hearwell.outbound.rules import State
from hearwell.outbound.services import instance
from tests.domain.outbound.conftest import Desk

PAST = timedelta(seconds=-1)
_LOST = "DELETE FROM procrastinate_jobs"
_TAKEN = "UPDATE procrastinate_jobs SET status = 'doing'"


def sweep() -> int:
    with transaction.atomic():
        return services.sweep()


def jobs(name: str) -> list[UUID]:
    waiting = ProcrastinateJob.objects.filter(task_name=f"outbound.{name}", status="todo")
    return [UUID(job.args["delivery_id"]) for job in waiting.order_by("id")]


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def sending(desk: Desk, **columns: object) -> object:
    """A delivery whose sender died right after the claim."""
    row = desk.queue()
    (claimed,) = services.claim(desk.workspace.id, [row.id])
    desk.change(claimed, lease_until=now() + PAST, wake_at=now() + PAST, **columns)
    return claimed


def test_a_due_reply_has_one_wake_up_however_long_senders_are_busy(desk: Desk) -> None:
    row = desk.queue()
    for _ in range(3):
        desk.change(row, wake_at=now() + PAST)
        assert sweep() == 1
        assert sweep() == 0
    assert jobs("deliver") == [row.id]


@pytest.mark.parametrize("fate", [_LOST, _TAKEN])
def test_a_due_reply_whose_wake_up_is_gone_gets_another(desk: Desk, fate: str) -> None:
    row = desk.queue()
    _execute(fate)
    assert jobs("deliver") == []
    desk.change(row, wake_at=now() + PAST)
    sweep()
    assert jobs("deliver") == [row.id]


def test_what_became_due_earlier_than_its_wake_up_gets_another(desk: Desk) -> None:
    row = desk.queue(undo_s=30)
    desk.change(row, not_before=now() + PAST)
    for _ in range(3):  # and while all senders are busy no third one
        desk.change(row, wake_at=now() + PAST)
        sweep()
    assert jobs("deliver") == [row.id, row.id]
    (later, at_once) = ProcrastinateJob.objects.filter(task_name="outbound.deliver").order_by("id")
    assert later.scheduled_at is not None
    assert at_once.scheduled_at is None


def test_one_in_doubt_has_one_wake_up_too(desk: Desk) -> None:
    row = sending(desk)
    sweep()
    for _ in range(3):
        desk.change(row, read_back_after=now() + PAST, wake_at=now() + PAST)
        sweep()
    assert jobs("reconcile") == [row.id]


def test_a_reply_with_undo_time_is_scheduled_for_its_end(desk: Desk) -> None:
    row = desk.queue(undo_s=10)
    job = ProcrastinateJob.objects.get(task_name="outbound.deliver")
    assert job.scheduled_at == row.not_before
    assert sweep() == 0


def test_what_waits_behind_another_gets_no_job(desk: Desk) -> None:
    first = desk.queue()
    second = desk.queue("Later", lane=first.lane_id)
    for row in (first, second):
        desk.change(row, wake_at=now() + PAST)
    _execute(_LOST)
    sweep()
    assert jobs("deliver") == [first.id]


def test_a_dead_sender_leaves_doubt_and_the_reader_is_called(desk: Desk) -> None:
    row = sending(desk)
    sweep()
    assert desk.state(row) is State.UNKNOWN
    desk.change(row, read_back_after=now() + PAST, wake_at=now() + PAST)
    sweep()
    assert jobs("reconcile") == [row.id]


def test_a_paused_sender_keeps_its_lock_and_its_delivery(desk: Desk) -> None:
    row = sending(desk)
    with lock_session() as session, row_lock(session, row.id):
        sweep()
        assert desk.state(row) is State.SENDING
    desk.change(row, wake_at=now() + PAST)
    sweep()
    assert desk.state(row) is State.UNKNOWN


def test_a_sender_whose_lease_runs_is_left_alone(desk: Desk) -> None:
    row = desk.queue()
    (claimed,) = services.claim(desk.workspace.id, [row.id])
    desk.change(claimed, wake_at=now() + PAST)
    sweep()
    assert desk.state(row) is State.SENDING


def test_claim_due_takes_one_of_each_lane(desk: Desk) -> None:
    firsts = [desk.queue() for _ in range(5)]
    for row in firsts:
        desk.queue("Later", lane=row.lane_id)
    desk.queue(undo_s=30)
    claimed = services.claim_due(desk.workspace.id)
    assert [row.id for row in claimed] == [row.id for row in firsts]
    assert services.claim_due(desk.workspace.id) == []


# --- a database from the past ----------------------------------------------------------------


@pytest.fixture
def restored(desk: Desk) -> Desk:
    """The rows are those of an older copy: the mark names another life of the database."""
    desk.send(desk.queue())
    InstanceMark.objects.update(system_identifier="another cluster")
    return desk


def test_the_first_claim_marks_the_database(desk: Desk) -> None:
    assert instance.marked() is None
    desk.send(desk.queue())
    assert instance.marked() == instance.current()
    assert instance.guard() == 0


def test_after_a_restore_no_claim_passes(restored: Desk) -> None:
    row = restored.queue()
    with pytest.raises(instance.InstanceChangedError):
        sender.deliver(restored.workspace.id, row.id)
    assert len(restored.wire.posts) == 1


def test_after_a_restore_everything_is_held_and_doubted_first(restored: Desk) -> None:
    InstanceMark.objects.update(system_identifier=instance.current().system_identifier)
    claimed = sending(restored)
    row = restored.queue("Was it sent?")
    InstanceMark.objects.update(timeline=99)
    assert sweep() >= 2
    assert [restored.state(row), restored.state(claimed)] == [State.HELD, State.UNKNOWN]
    with scope(restored.workspace.id):
        assert KillSwitch.objects.get().reason == instance.CHANGED
    assert restored.send(restored.queue()).state == "held"
    assert instance.guard() == 0


def test_what_went_out_in_the_lost_life_is_found_and_not_posted_again(restored: Desk) -> None:
    row, ws = restored.queue("Went out already."), restored.workspace.id
    restored.wire.post(restored.draft("Went out already."), "lost")
    with transaction.atomic():
        services.hold_everything("restored")
    with scope(ws):
        services.resume(ws, "workspace")
        services.release(ws, [row.id], by_id=restored.owner.id)
    row = restored.send(row)
    assert (row.state, row.remote_id) == ("sent", "w2")
    assert len(restored.wire.posts) == 2

"""Kill switches, undo, review: how people stop what is on its way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from hearwell.accounts.models import AuditRow
from hearwell.channels.models import Channel
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import queries, sender, services
from hearwell.outbound.models import Delivery, Transition
from hearwell.outbound.rules import Origin, State
from tests.domain.outbound.conftest import Desk


def stop(desk: Desk, place: str = "workspace", value: str = "") -> None:
    with scope(desk.workspace.id):
        services.stop(desk.workspace.id, place, value, reason="storm", by=desk.owner)


def test_a_stop_holds_what_is_queued_and_what_comes_after(desk: Desk) -> None:
    before = desk.queue(undo_s=30)
    stop(desk)
    after = desk.send(desk.queue())
    assert [desk.state(before), after.state] == ["held", "held"]
    assert "storm" in after.failure_message
    assert desk.wire.posts == []


@pytest.mark.parametrize("place", ["network", "account"])
def test_a_switch_stops_only_its_place(
    desk: Desk, another_desk: Callable[..., Desk], place: str
) -> None:
    with scope(desk.workspace.id):
        other = Channel.objects.create(
            workspace_id=desk.workspace.id,
            brand=desk.channel.brand,
            network="shy",
            handle="other",
            external_id="page-1",
        )
    stop(desk, place, "shy" if place == "network" else str(other.id))
    elsewhere = desk.queue()
    desk.channel = other
    here = desk.queue()
    assert [desk.send(here).state, desk.send(elsewhere).state] == ["held", "sent"]


def test_another_workspace_goes_on(desk: Desk, another_desk: Callable[..., Desk]) -> None:
    neighbour = another_desk(name="Contoso Rail")
    stop(desk)
    assert neighbour.send(neighbour.queue()).state == "sent"


def test_taking_the_switch_off_sends_nothing_before_a_review(desk: Desk) -> None:
    row, ws = desk.queue(), desk.workspace.id
    stop(desk)
    with scope(ws):
        assert services.resume(ws, "workspace", by=desk.owner)
        assert not services.resume(ws, "workspace", by=desk.owner)
    assert desk.send(row).state == "held"
    with scope(ws):
        assert [reply.delivery_id for reply in queries.held(ws)] == [row.id]
        services.release(ws, [row.id], by_id=desk.owner.id)
    assert desk.send(row).state == "sent"
    with scope(ws):
        released = Transition.objects.get(delivery_id=row.id, before="held")
    assert released.by_id == desk.owner.id


def test_releasing_under_a_switch_holds_again(desk: Desk) -> None:
    row = desk.queue()
    stop(desk)
    with scope(desk.workspace.id):
        services.release(desk.workspace.id, [row.id], by_id=desk.owner.id)
    assert desk.send(row).state == "held"


def test_switches_are_audited_and_thrown_once(desk: Desk) -> None:
    stop(desk)
    stop(desk)
    with scope(desk.workspace.id):
        services.resume(desk.workspace.id, "workspace", by=desk.owner, reason="calm")
        actions = list(AuditRow.objects.order_by("at").values_list("action", "actor_name"))
        assert [switch.reason for switch in queries.switches(desk.workspace.id)] == ["storm"]
    assert actions == [
        ("outbound.stopped", "Alice Adams"),
        ("outbound.resumed", "Alice Adams"),
    ]


@pytest.mark.parametrize(
    ("place", "value", "origin"),
    [("workspace", "", Origin.PERSON), ("unattended", "incident-7", Origin.PLANNED)],
)
def test_nothing_new_is_sent_once_a_stop_has_committed(
    desk: Desk, place: str, value: str, origin: Origin
) -> None:
    """Senders at full speed, then the switch: no claim is younger than the switch."""
    rows = [desk.queue(f"Reply {n}", origin=origin) for n in range(60)]
    stopped_at = []

    def work(part: list[Delivery]) -> None:
        for row in part:
            sender.deliver(desk.workspace.id, row.id)
        connection.close()

    threads = [threading.Thread(target=work, args=(rows[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    stop(desk, place, value)
    stopped_at.append(now())
    for thread in threads:
        thread.join()
    with scope(desk.workspace.id):
        claims = Transition.objects.filter(after="sending")
        assert claims.exists()
        assert not claims.filter(at__gt=stopped_at[0]).exists()
        states = set(Delivery.objects.values_list("state", flat=True))
    assert states <= {"sent", "held"}
    assert "held" in states


def test_a_paused_channel_holds(desk: Desk) -> None:
    with scope(desk.workspace.id):
        Channel.objects.update(state="paused")
    row = desk.send(desk.queue())
    assert (row.state, row.failure_code) == ("held", "channel_paused")


# --- undo ------------------------------------------------------------------------------------


def test_undo_in_time_posts_nothing(desk: Desk) -> None:
    row, ws = desk.queue(undo_s=10), desk.workspace.id
    assert timedelta(seconds=9) < row.not_before - now() <= timedelta(seconds=10)
    with scope(ws):
        assert services.cancel(ws, row.id, by_id=desk.owner.id)
        assert not services.cancel(ws, row.id)
    desk.due(row)
    assert desk.send(row).state == "cancelled"
    assert desk.wire.posts == []


def test_undo_too_late_says_so(desk: Desk) -> None:
    row = desk.send(desk.queue())
    with scope(desk.workspace.id):
        assert not services.cancel(desk.workspace.id, row.id)
    assert desk.state(row) is State.SENT


def test_undo_and_the_claim_race_and_one_wins_cleanly(desk: Desk) -> None:
    rows = [desk.queue(f"Reply {n}") for n in range(25)]
    undone: list[bool] = []
    start = threading.Barrier(2)

    def undo() -> None:
        for row in rows:
            start.wait()
            with scope(desk.workspace.id):
                undone.append(services.cancel(desk.workspace.id, row.id))
        connection.close()

    thread = threading.Thread(target=undo)
    thread.start()
    for row in rows:
        start.wait()
        sender.deliver(desk.workspace.id, row.id)
    thread.join()
    posted = {post.key for post in desk.wire.posts}
    for row, was_undone in zip(rows, undone, strict=True):
        assert was_undone != (str(row.key) in posted)
        assert desk.state(row) is (State.CANCELLED if was_undone else State.SENT)


# --- submitting ------------------------------------------------------------------------------


def test_the_same_client_token_gives_the_same_delivery(desk: Desk) -> None:
    key, lane = uuid7(), uuid7()
    first = desk.queue(key=key, lane=lane)
    assert desk.queue(key=key, lane=lane).id == first.id
    with pytest.raises(services.KeyReusedError):
        desk.queue("Other words.", key=key, lane=lane)
    with scope(desk.workspace.id):
        assert Delivery.objects.count() == 1


def test_a_double_click_in_two_threads_queues_once(desk: Desk) -> None:
    key, lane = uuid7(), uuid7()
    start, ids = threading.Barrier(4), []

    def submit() -> None:
        start.wait()
        ids.append(desk.queue(key=key, lane=lane).id)
        connection.close()

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1


def test_the_same_token_in_two_workspaces_is_two_deliveries(
    desk: Desk, another_desk: Callable[..., Desk]
) -> None:
    neighbour, key = another_desk(name="Contoso Rail"), uuid7()
    assert desk.queue(key=key).id != neighbour.queue(key=key).id


def test_approval_waits_for_somebody(desk: Desk) -> None:
    row = desk.queue(needs_approval=True)
    assert desk.send(row).state == "approval"
    place, by = desk.workspace.id, desk.owner.id
    with scope(place):
        other = services.approve(place, row.id, by_id=by, digest="0" * 64, lane_version=0)
        assert not other, "another text was approved"
        assert services.approve(place, row.id, by_id=by, digest=row.digest, lane_version=0)
    assert desk.send(row).state == "sent"


def test_a_failed_submission_leaves_nothing(desk: Desk) -> None:
    def submit() -> None:
        desk.queue()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        submit()
    with scope(desk.workspace.id):
        assert not Delivery.objects.exists()
        assert not Transition.objects.exists()


# --- apart -----------------------------------------------------------------------------------


def test_workspaces_see_nothing_of_each_other(
    desk: Desk, another_desk: Callable[..., Desk]
) -> None:
    row, neighbour = desk.queue(), another_desk(name="Contoso Rail")
    with scope(neighbour.workspace.id):
        assert not Delivery.objects.exists()
        assert not Transition.objects.exists()
        assert queries.reply_by_id(desk.workspace.id, row.id) is None
        assert not services.cancel(desk.workspace.id, row.id)
    assert sender.deliver(neighbour.workspace.id, row.id) == 0
    assert desk.state(row) is State.QUEUED


def test_history_cannot_be_altered(desk: Desk) -> None:
    from django.db import ProgrammingError

    desk.queue()
    with pytest.raises(ProgrammingError, match="permission denied"), scope(desk.workspace.id):
        Transition.objects.update(reason="never happened")


def test_what_is_unattended_is_held_and_people_go_on(desk: Desk) -> None:
    planned, automatic = (desk.queue(origin=one) for one in (Origin.PLANNED, Origin.AUTOMATIC))
    before = desk.queue(undo_s=30, origin=Origin.PLANNED)
    stop(desk, "unattended", "incident-7")
    person, after = desk.queue(), desk.queue(origin=Origin.AUTOMATIC)

    assert [desk.state(one) for one in (planned, automatic, before)] == ["held"] * 3
    assert [desk.send(one).state for one in (person, after)] == ["sent", "held"]


def test_each_incident_has_its_own_stop_and_what_was_held_waits_for_a_review(desk: Desk) -> None:
    ws, row = desk.workspace.id, desk.queue(origin=Origin.PLANNED)
    stop(desk, "unattended", "incident-7")
    stop(desk, "unattended", "incident-8")
    with scope(ws):
        assert services.resume(ws, "unattended", "incident-7", by=desk.owner)
        services.release(ws, [row.id], by_id=desk.owner.id)
    assert desk.send(row).state == "held"
    with scope(ws):
        assert services.resume(ws, "unattended", "incident-8", by=desk.owner)
    assert desk.send(row).state == "held"
    with scope(ws):
        services.release(ws, [row.id], by_id=desk.owner.id)
    assert desk.send(row).state == "sent"

"""One delivery's way through the sender, against a network that answers as it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from hearwell.channels.models import Channel, ChannelHealth
from hearwell.connect import failures
from hearwell.connect.model import Pending
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import reader, sender, services
from hearwell.outbound.models import Delivery
from hearwell.outbound.rowlock import lock_session, row_lock
from hearwell.outbound.rules import State
from tests.domain.outbound.conftest import Desk
from tests.harbour_wire import applied_then


def events_of(desk: Desk) -> list[str]:
    with scope(desk.workspace.id):
        return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_a_reply_is_posted_once_and_leaves_its_trail(desk: Desk) -> None:
    row = desk.send(desk.queue())
    assert (row.state, row.remote_id, row.attempts) == ("sent", "w1", 1)
    assert [(p.id, p.text, p.key) for p in desk.wire.posts] == [("w1", "On our way.", str(row.key))]
    assert desk.way(row) == ["queued", "sending", "sent"]
    assert events_of(desk) == ["DeliveryQueued", "DeliverySent"]


def test_sending_is_committed_before_the_network_is_called(desk: Desk) -> None:
    seen: list[str] = []

    def look(wire: object, draft: object, key: str) -> Exception:
        with lock_session() as session, row_lock(session, row.id) as free:
            seen.append(f"lock free: {free}")
            session.execute(
                "SELECT set_config('app.workspace', %s, false)", [str(desk.workspace.id)]
            )
            found = session.execute("SELECT state FROM outbound_delivery").fetchone()
            seen.append(str(found[0] if found else None))
        assert not connection.in_atomic_block
        return failures.NotAllowed()

    desk.wire.then(look)
    row = desk.queue()
    desk.send(row)
    assert seen == ["lock free: False", "sending"]


def test_a_second_job_for_the_same_reply_does_nothing(desk: Desk) -> None:
    row = desk.send(desk.queue())
    assert sender.deliver(desk.workspace.id, row.id) == 0
    with lock_session() as session, row_lock(session, row.id) as held:
        assert held
        later = desk.queue("Another")
        with row_lock(session, later.id):
            assert sender.deliver(desk.workspace.id, later.id) == 0
    assert len(desk.wire.posts) == 1


surely_nothing = [
    failures.Throttled(None),
    failures.QuotaExhausted(None),
    failures.Unavailable(),
]


@pytest.mark.parametrize("failure", surely_nothing, ids=repr)
def test_where_surely_nothing_happened_it_waits_and_tries_again(
    desk: Desk, failure: failures.Failure
) -> None:
    desk.wire.then(failure)
    row = desk.send(desk.queue())
    assert (row.state, row.failure_code) == ("queued", failure.code)
    assert row.not_before > now()
    assert desk.send(row).state == "queued"  # not yet due
    desk.due(row)
    assert desk.send(row).state == "sent"
    assert len(desk.wire.posts) == 1


def test_a_throttled_reply_waits_until_the_network_said(desk: Desk) -> None:
    at = now() + timedelta(minutes=7)
    desk.wire.then(failures.Throttled(at))
    assert desk.send(desk.queue()).not_before == at


@pytest.mark.parametrize(
    "failure",
    [
        failures.Refused(),
        failures.WindowClosed(alternatives=("template",)),
        failures.NotAllowed(),
        failures.TargetGone(),
        failures.Duplicate(),
        failures.TooLong(10, 11, "code_points"),
        failures.MediaRejected(),
    ],
    ids=repr,
)
def test_a_refusal_is_final_and_reaches_the_agent(desk: Desk, failure: failures.Refused) -> None:
    desk.wire.then(failure)
    row = desk.send(desk.queue())
    assert (row.state, row.failure_code, row.failure_message) == (
        "failed",
        failure.code,
        failure.message,
    )
    assert row.alternatives == list(getattr(failure, "alternatives", ()))
    with scope(desk.workspace.id):
        told = Event.objects.get(name="DeliveryFailed").payload
    assert (told["code"], told["message"]) == (failure.code, failure.message)


@pytest.mark.parametrize("failure", [failures.ScopeMissing(), failures.AccountDisabled()], ids=repr)
def test_a_broken_account_holds_the_reply_and_shows_on_the_channel(
    desk: Desk, failure: failures.Failure
) -> None:
    desk.wire.then(failure)
    row = desk.send(desk.queue())
    assert (row.state, row.failure_code) == ("held", failure.code)
    with scope(desk.workspace.id):
        health = ChannelHealth.objects.get(channel_id=desk.channel.id)
    assert (health.state, health.failure_code) == ("bad", failure.code)


def test_a_dead_token_is_renewed_once_and_asked_anew_who_it_is(desk: Desk) -> None:
    desk.wire.then(failures.NeedsReauth())
    row = desk.send(desk.queue())
    assert (row.state, desk.wire.renewed, desk.wire.asked) == ("sent", 1, 2)
    assert desk.way(row) == ["queued", "sending", "queued", "sending", "sent"]


def test_a_token_that_stays_dead_holds(desk: Desk) -> None:
    desk.wire.then(failures.NeedsReauth(), failures.NeedsReauth())
    assert desk.send(desk.queue()).state == "held"
    desk.wire.then(failures.NeedsReauth())
    desk.wire.renewal = failures.NeedsReauth()
    assert desk.send(desk.queue()).state == "held"
    assert desk.wire.posts == []


# --- doubt -----------------------------------------------------------------------------------

doubts = [
    failures.OutcomeUnknown(),
    failures.ContractChanged(),
    TimeoutError(),
    ConnectionResetError(),
    ValueError("a bug"),
]


@pytest.mark.parametrize("failure", doubts, ids=repr)
def test_a_post_without_an_answer_is_found_and_not_repeated(desk: Desk, failure: Exception) -> None:
    desk.wire.then(applied_then(failure))
    row = desk.send(desk.queue())
    assert row.state == "unknown"
    assert sender.deliver(desk.workspace.id, row.id) == 0
    row = desk.read_back(row)
    assert (row.state, row.remote_id, row.unknown_since) == ("sent", "w1", None)
    assert len(desk.wire.posts) == 1


@pytest.mark.parametrize("failure", doubts, ids=repr)
def test_an_authoritative_absence_queues_it_again(desk: Desk, failure: Exception) -> None:
    desk.wire.then(failure)
    row = desk.send(desk.queue())
    row = desk.read_back(row)
    assert row.state == "queued"
    desk.due(row)
    assert desk.send(row).state == "sent"
    assert desk.way(row) == ["queued", "sending", "unknown", "queued", "sending", "sent"]
    assert len(desk.wire.posts) == 1


def test_nobody_looks_before_the_settle_time_is_over(desk: Desk) -> None:
    desk.wire.then(failures.OutcomeUnknown())
    row = desk.send(desk.queue())
    assert reader.reconcile(desk.workspace.id, row.id) is None
    assert desk.state(row) is State.UNKNOWN


def test_a_network_that_cannot_be_read_keeps_the_doubt_until_a_person_must_look(
    desk: Desk,
) -> None:
    desk.wire.then(failures.OutcomeUnknown())
    desk.wire.reading = failures.Unavailable()
    row = desk.read_back(desk.send(desk.queue()))
    assert row.state == "unknown"
    assert row.read_back_after is not None
    assert row.read_back_after > now()
    desk.change(row, unknown_since=now() - timedelta(minutes=11))
    assert desk.read_back(row).state == "needs_human"


def test_without_read_back_a_person_must_look(
    desk: Desk, another_desk: Callable[..., Desk]
) -> None:
    shy = another_desk(network="shy", name="Shy Air")
    sender._identities.clear()
    from hearwell.connect.registry import connector_for

    shy.wire = connector_for("shy")  # type: ignore[assignment]
    shy.wire.then(failures.OutcomeUnknown())
    row = shy.read_back(shy.send(shy.queue()))
    assert row.state == "needs_human"
    with scope(shy.workspace.id):
        assert services.send_again(shy.workspace.id, row.id, by_id=shy.owner.id)
    assert shy.send(row).state == "sent"


def test_a_person_may_settle_the_doubt(desk: Desk) -> None:
    rows = []
    for _ in range(2):
        desk.wire.then(failures.OutcomeUnknown())
        row = desk.send(desk.queue())
        desk.change(row, unknown_since=now() - timedelta(minutes=11))
        rows.append(desk.read_back(row))
    by, ws = desk.owner.id, desk.workspace.id
    with scope(ws):
        assert services.mark_as_posted(ws, rows[0].id, by_id=by, permalink="https://wire.test/9")
        assert services.give_up(ws, rows[1].id, by_id=by)
        assert not services.give_up(ws, rows[0].id, by_id=by)
    assert desk.now(rows[0]).permalink == "https://wire.test/9"
    assert [desk.now(row).state for row in rows] == ["sent", "cancelled"]
    assert desk.wire.posts == []


def test_reading_back_never_takes_a_post_that_belongs_to_another(desk: Desk) -> None:
    first = desk.send(desk.queue("Same words."))
    desk.wire.then(failures.OutcomeUnknown())
    second = desk.read_back(desk.send(desk.queue("Same words.")))
    assert (first.remote_id, second.state) == ("w1", "queued")


def test_pending_is_settled_later(desk: Desk) -> None:
    lane = uuid7()
    desk.wire.then(Pending("job-1", now() + timedelta(seconds=30)))
    row = desk.send(desk.queue(lane=lane))
    assert (row.state, row.pending_token) == ("pending", "job-1")
    desk.wire.settling.extend(
        [Pending("job-2", now() + timedelta(seconds=5)), failures.Unavailable()]
    )
    assert desk.read_back(row).pending_token == "job-2"
    assert desk.read_back(row).state == "pending"
    desk.wire.settling.append(failures.MediaRejected())
    assert desk.read_back(row).state == "failed"


# --- lanes -----------------------------------------------------------------------------------


def test_one_lane_keeps_its_order_and_one_in_flight(desk: Desk) -> None:
    lane = uuid7()
    rows = [desk.queue(f"Part {n}", lane=lane) for n in range(3)]
    assert sender.deliver(desk.workspace.id, rows[2].id) == 0  # not before the first
    assert sender.deliver(desk.workspace.id, rows[0].id) == 3
    assert [post.text for post in desk.wire.posts] == ["Part 0", "Part 1", "Part 2"]


def test_doubt_stops_its_own_lane_and_no_other(desk: Desk) -> None:
    lane = uuid7()
    desk.wire.then(failures.OutcomeUnknown())
    first, second = desk.queue("One", lane=lane), desk.queue("Two", lane=lane)
    desk.send(first)
    assert desk.send(second).state == "queued"
    assert desk.send(desk.queue("Elsewhere")).state == "sent"
    desk.read_back(first)
    desk.due(first)
    assert sender.deliver_next(desk.workspace.id, first.id) == 2
    assert [post.text for post in desk.wire.posts] == ["Elsewhere", "One", "Two"]


def test_the_database_itself_refuses_two_in_flight(desk: Desk) -> None:
    lane = uuid7()
    rows = [desk.queue(lane=lane) for _ in range(2)]
    with pytest.raises(IntegrityError), scope(desk.workspace.id):
        Delivery.objects.filter(id__in=[row.id for row in rows]).update(state="sending")


def test_a_reply_is_stale_once_the_customer_wrote_again(desk: Desk) -> None:
    lane, ws = uuid7(), desk.workspace.id
    move = services.LaneMove(lane, desk.channel.id, desk.channel.external_id)
    with scope(ws):
        services.lanes_moved(ws, [move])
    row = desk.queue(lane=lane, lane_version=1)
    with scope(ws):
        services.lanes_moved(ws, [move, move])
        assert services.versions(ws, [lane]) == {lane: 2}
    assert desk.send(row).state == "stale"
    assert desk.wire.posts == []
    with scope(ws):
        assert services.send_anyway(ws, row.id, by_id=desk.owner.id, lane_version=2)
    assert desk.send(row).state == "sent"


def test_what_does_not_mind_is_sent_whatever_came_since(desk: Desk) -> None:
    lane = uuid7()
    row = desk.queue(lane=lane, lane_version=None)
    with scope(desk.workspace.id):
        move = services.LaneMove(lane, desk.channel.id, desk.channel.external_id)
        services.lanes_moved(desk.workspace.id, [move])
    assert desk.send(row).state == "sent"


# --- the right account -----------------------------------------------------------------------


def test_a_token_that_speaks_for_somebody_else_posts_nothing(desk: Desk) -> None:
    desk.wire.speaks_for = "page-2"
    row = desk.send(desk.queue())
    assert (row.state, row.failure_code) == ("held", "wrong_account")
    assert desk.wire.posts == []


def test_the_identity_is_asked_once_per_credential_and_again_after_any_change(desk: Desk) -> None:
    desk.send(desk.queue())
    desk.send(desk.queue())
    assert desk.wire.asked == 1
    desk.secrets = {"token": "reconnected"}
    desk.wire.speaks_for = "page-2"
    assert desk.send(desk.queue()).failure_code == "wrong_account"
    assert desk.wire.asked == 2


def test_a_channel_that_became_another_account_posts_nothing(desk: Desk) -> None:
    row = desk.queue()
    desk.wire.speaks_for = "page-2"
    with scope(desk.workspace.id):
        Channel.objects.filter(id=desk.channel.id).update(external_id="page-2")
    assert desk.send(row).failure_code == "wrong_account"
    assert desk.wire.posts == []


def test_a_thread_of_another_channel_is_refused_when_queued_and_by_the_database(
    desk: Desk,
) -> None:
    row = desk.queue()
    other = desk.draft(account="page-2")
    with pytest.raises(services.WrongLaneError):
        desk.queue(lane=row.lane_id, draft=other)
    with pytest.raises(IntegrityError):
        desk.change(row, account="page-2")


def test_an_altered_text_is_not_the_approved_one(desk: Desk) -> None:
    row = desk.queue()
    desk.change(row, draft={**row.draft, "text": "Something else."})
    row = desk.send(row)
    assert row.state == "failed"
    assert "approved" in row.failure_message
    assert desk.wire.posts == []


def test_the_sender_checks_what_the_composer_checked(desk: Desk) -> None:
    row = desk.send(desk.queue("x" * 61))
    assert (row.state, row.failure_code) == ("failed", "too_long")
    assert desk.wire.posts == []


def test_a_sender_interrupted_too_long_after_its_claim_does_not_begin(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1000.0])
    monkeypatch.setattr(sender, "boot_s", lambda: next(clock))
    row = desk.send(desk.queue())
    assert row.state == "queued"
    assert desk.wire.posts == []


def test_a_late_answer_still_counts(desk: Desk) -> None:
    """The sweep gave the sender up and yet it answers, before the queue's turn came again."""

    def slow(wire: object, draft: object, key: str) -> object:
        desk.change(row, state="queued", attempts=row.attempts + 1)
        return desk.wire.post(draft, key)  # type: ignore[arg-type]

    desk.wire.then(slow)  # type: ignore[arg-type]
    row = desk.queue()
    assert desk.send(row).state == "sent"
    assert len(desk.wire.posts) == 1


def test_claiming_inside_a_transaction_is_refused(desk: Desk) -> None:
    row = desk.queue()
    with pytest.raises(RuntimeError), transaction.atomic():
        services.claim(desk.workspace.id, [row.id])

"""From kept bytes to takers: order, batches, poison, replay."""

from __future__ import annotations

import random

import pytest
from django.db import OperationalError
from psycopg import errors

from hearwell.accounts.models import Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels.intake import raw_of
from hearwell.channels.models import (
    Channel,
    Endpoint,
    ParkedDelivery,
    ParkedState,
    RawDelivery,
    RawState,
)
from hearwell.channels.queries import counts_of, health_rows, parked_rows
from hearwell.channels.services import draining, keep, replay, replaying
from hearwell.channels.services.applying import is_passing
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.parking import dismiss
from hearwell.channels.services.replaying import replay_endpoint
from hearwell.connect.model import Inbound
from tests.domain.channels.conftest import Loft, connected, deliver, drain, row_of, states
from tests.pigeon import Pigeon, message


def test_items_of_many_deliveries_come_as_one_batch_in_order(channel: Channel, loft: Loft) -> None:
    for number in range(5):
        deliver(channel, message(f"{number}a"), message(f"{number}b"))

    assert drain(channel) == 5
    assert loft.ids == [f"{n}{letter}" for n in range(5) for letter in "ab"]
    assert loft.batches == [10]
    assert states() == [RawState.DONE] * 5
    assert drain(channel) == 0


def test_consecutive_items_of_one_type_form_a_batch(channel: Channel, loft: Loft) -> None:
    deliver(channel, message("1"), message("2"), {**message("1"), "type": "edit"}, message("3"))

    drain(channel)

    assert loft.ids == ["1", "2", "1", "3"]
    assert loft.batches == [2, 1, 1]


def test_taker_can_find_the_delivery_behind_an_item(channel: Channel, loft: Loft) -> None:
    refs = []
    loft.take = lambda _, items: refs.extend(raw_of(i) for i in items)  # type: ignore[method-assign]
    from hearwell.channels import intake

    intake.TAKERS = dict.fromkeys(intake.TAKERS, loft.take)
    deliver(channel, message("1"))
    deliver(channel, message("2"))

    drain(channel)

    assert [ref.id for ref in refs if ref] == list(
        RawDelivery.objects.order_by("id").values_list("id", flat=True)
    )


def test_poison_parks_its_own_thread_and_the_rest_goes_on(channel: Channel, loft: Loft) -> None:
    loft.poison = {"3": ValueError("secret words of the customer")}
    for number in range(1, 9):
        deliver(channel, message(str(number), thread=f"t{number % 3}"))

    drain(channel)

    # 3 and 6 share thread t0: 6 waits behind 3.
    assert loft.ids == ["1", "2", "4", "5", "7", "8"]
    parked = parked_rows(channel.workspace_id, channel.id)
    assert [(p.dedup_key, p.is_follower) for p in parked] == [
        ("message:3:1", False),
        ("message:6:1", True),
    ]
    assert "secret words" not in parked[0].reason
    assert states().count(RawState.PARKED) == 2
    assert health_rows(channel.workspace_id)[0].parked == 2


def test_edit_of_a_parked_message_waits_behind_it(channel: Channel, loft: Loft) -> None:
    loft.poison = {"1": ValueError()}
    deliver(channel, message("1"))
    deliver(channel, {"type": "edit", "account": "loft", "id": "1", "text": "x", "version": 2})

    drain(channel)

    assert loft.ids == []
    assert [p.is_follower for p in parked_rows(channel.workspace_id)] == [False, True]


@pytest.mark.parametrize("at_once", [1, 500])
def test_replay_takes_the_item_and_its_followers_in(
    channel: Channel, loft: Loft, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """However many there are, one job replays them all."""
    monkeypatch.setattr(replaying, "AT_ONCE", at_once)
    loft.poison = {"1": ValueError()}
    deliver(channel, message("1"), message("2"), message("9", thread="other"))
    drain(channel)
    head = parked_rows(channel.workspace_id)[0]
    loft.poison = {}

    assert replay(channel.workspace_id, [head.id]) == 2
    assert channel.endpoint_id is not None
    assert replay_endpoint(channel.workspace_id, channel.endpoint_id) == 2

    assert loft.ids == ["9", "1", "2"]
    assert states() == [RawState.DONE]
    assert parked_rows(channel.workspace_id) == []


def test_replay_that_fails_again_goes_back_to_the_people(channel: Channel, loft: Loft) -> None:
    loft.poison = {"1": ValueError()}
    deliver(channel, message("1"))
    drain(channel)
    row = parked_rows(channel.workspace_id)[0]
    replay(channel.workspace_id, [row.id])

    assert channel.endpoint_id is not None
    assert replay_endpoint(channel.workspace_id, channel.endpoint_id) == 0

    row.refresh_from_db()
    assert (row.state, row.attempts) == (ParkedState.OPEN, 2)
    assert states() == [RawState.PARKED]


def test_malformed_json_is_parked_under_the_channel_and_replayed_after_a_fix(
    channel: Channel, loft: Loft, pigeon: Pigeon, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep([row_of(channel, b'{"items": [')])
    deliver(channel, message("2"))

    drain(channel)

    assert loft.ids == ["2"]
    (row,) = parked_rows(channel.workspace_id, channel.id)
    assert row.code == "contract_changed"
    assert row.reason
    replay(channel.workspace_id, [row.id])
    monkeypatch.setattr(
        Pigeon, "parse", lambda *_: [_message_named("1")]
    )  # the fixed parser reads it
    assert channel.endpoint_id is not None
    assert replay_endpoint(channel.workspace_id, channel.endpoint_id) == 1
    assert loft.ids == ["2", "1"]


def _message_named(remote_id: str) -> Inbound:
    from tests.pigeon import _item

    return _item(message(remote_id))


def test_parser_bug_parks_the_delivery_and_is_loud(
    channel: Channel, pigeon: Pigeon, loft: Loft
) -> None:
    pigeon.parse_bug = RecursionError
    deliver(channel, message("1"))

    drain(channel)

    (row,) = parked_rows(channel.workspace_id)
    assert row.code == "bug"
    assert "RecursionError" in row.reason


def test_dismissed_rows_leave_the_list_and_the_bytes_stay(channel: Channel, loft: Loft) -> None:
    loft.poison = {"1": ValueError()}
    deliver(channel, message("1"))
    drain(channel)

    assert dismiss(channel.workspace_id, [parked_rows(channel.workspace_id)[0].id]) == 1

    assert parked_rows(channel.workspace_id) == []
    assert RawDelivery.objects.count() == 1


def test_unknown_types_are_kept_and_counted(channel: Channel, loft: Loft) -> None:
    deliver(channel, {"type": "feather", "account": "loft", "id": "1"})

    drain(channel)

    assert states() == [RawState.IGNORED]
    assert counts_of(channel) == {"unknown:feather": 1}


def test_items_for_an_account_that_is_not_ours_are_ignored(channel: Channel, loft: Loft) -> None:
    deliver(channel, message("1", account="somebody else"))

    drain(channel)

    assert loft.ids == []
    assert counts_of(channel) == {"unrouted": 1}


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "loft\x00"])
def test_what_the_database_cannot_hold_stops_nobody(channel: Channel, loft: Loft, odd: str) -> None:
    deliver(channel, message("1", account=odd), {"type": odd, "id": odd, "account": "loft"})
    deliver(channel, message(odd, thread=odd), message("3"))
    loft.poison = {odd: ValueError()}

    drain(channel)

    assert loft.ids == ["3"]
    assert len(parked_rows(channel.workspace_id)) == 1


def test_one_delivery_for_two_workspaces_reaches_each_in_its_own_scope(
    channel: Channel, loft: Loft, other_workspace: Workspace
) -> None:
    with scope(other_workspace.id):
        theirs = connected(other_workspace, external_id="dovecote")
        Channel.objects.filter(id=theirs.id).update(endpoint_id=channel.endpoint_id)
    deliver(channel, message("1"), message("2", account="dovecote"))

    drain(channel)

    assert [(c.workspace_id, i.external_id) for c, i in loft.seen] == [
        (channel.workspace_id, "1"),
        (other_workspace.id, "2"),
    ] or sorted(loft.ids) == ["1", "2"]
    assert {c.workspace_id: i.external_id for c, i in loft.seen} == {
        channel.workspace_id: "1",
        other_workspace.id: "2",
    }
    assert states() == [RawState.DONE]


def test_a_passing_error_is_not_the_items_fault(
    channel: Channel, loft: Loft, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadlock = OperationalError("deadlock")
    deadlock.__cause__ = errors.DeadlockDetected("deadlock")
    loft.poison = {"1": deadlock}
    monkeypatch.setattr(draining.connection, "close", lambda: None)
    deliver(channel, message("1"))

    with pytest.raises(OperationalError):
        drain(channel)

    assert states() == [RawState.STORED]
    assert parked_rows(channel.workspace_id) == []
    loft.poison = {}
    assert drain(channel) == 1
    assert loft.ids == ["1"]


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (errors.SerializationFailure("x"), True),
        (errors.AdminShutdown("x"), True),
        (errors.DiskFull("x"), True),
        (errors.OperationalError("server closed the connection"), True),
        (errors.UniqueViolation("x"), False),
        (errors.QueryCanceled("statement timeout"), False),
        (errors.DataError("NUL"), False),
    ],
)
def test_which_errors_pass(cause: Exception, *, expected: bool) -> None:
    error = OperationalError("x")
    error.__cause__ = cause

    assert is_passing(error) is expected


def test_a_delivery_that_ends_its_worker_is_parked_after_three_tries(
    channel: Channel, loft: Loft, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(channel, message("1", thread="a"))
    deliver(channel, message("2", thread="b"))

    def vanish(*_: object) -> None:
        raise SystemExit  # what a kill looks like from here: nothing is caught, nothing written

    assert channel.endpoint_id is not None
    with monkeypatch.context() as patch:
        patch.setattr(draining, "_apply", vanish)
        for _ in range(draining.FATAL_TRIES):
            with pytest.raises(SystemExit):
                drain_endpoint(channel.endpoint_id, is_careful=True)
    drain_endpoint(channel.endpoint_id, is_careful=True)

    assert loft.ids == ["2"]
    (row,) = parked_rows(channel.workspace_id)
    assert row.code == "fatal"


def test_order_of_arrival_does_not_change_what_is_taken(channel: Channel, loft: Loft) -> None:
    numbers = [str(n) for n in range(20)]
    shuffled = random.Random(1).sample(numbers, 20)
    for number in shuffled:
        deliver(channel, message(number, thread=number))

    drain(channel)

    assert loft.ids == shuffled
    assert Endpoint.objects.count() == 1
    assert ParkedDelivery.objects.count() == 0

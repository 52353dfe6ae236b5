"""Our own messages coming back: before, after and instead of the network's answer."""

from __future__ import annotations

from typing import Any

from hearwell.connect import failures
from hearwell.connect.model import (
    Audience,
    Author,
    Draft,
    InboundMessage,
    MessageKind,
    Receipt,
    ReceiptState,
)
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import services
from hearwell.outbound.models import Delivery
from tests.domain.outbound.conftest import Desk
from tests.harbour_wire import ACCOUNT, Wire


def echo(remote_id: str, text: str = "On our way.", **more: Any) -> InboundMessage:
    fields = {
        "external_id": remote_id,
        "dedup_key": f"echo:{remote_id}",
        "occurred_at": now(),
        "account": ACCOUNT,
        "thread_key": "t1",
        "kind": MessageKind.COMMENT,
        "audience": Audience.PUBLIC,
        "author": Author(ACCOUNT),
        "text": text,
        "is_echo": True,
        **more,
    }
    return InboundMessage(**fields)


def match(desk: Desk, *echoes: InboundMessage) -> set[str]:
    with scope(desk.workspace.id):
        return services.match_echoes(desk.workspace.id, desk.channel.id, echoes)


def events_of(desk: Desk, name: str) -> int:
    with scope(desk.workspace.id):
        return Event.objects.filter(name=name).count()


def test_an_echo_confirms_what_was_sent(desk: Desk) -> None:
    row = desk.send(desk.queue())
    assert match(desk, echo("w1")) == {"w1"}
    assert match(desk, echo("w1")) == {"w1"}
    assert desk.way(row)[-2:] == ["sent", "confirmed"]
    assert events_of(desk, "DeliverySent") == 1


def test_an_echo_by_key_before_the_answer(desk: Desk) -> None:
    def early(wire: Wire, draft: Draft, key: str) -> Any:
        sent = wire.post(draft, key)
        assert match(desk, echo(sent.external_id, "as rewritten", echo_key=key)) == {"w1"}
        return sent

    desk.wire.then(early)
    row = desk.send(desk.queue())
    assert (row.state, row.remote_id, row.permalink) == (
        "confirmed",
        "w1",
        "https://wire.test/w1",
    )
    assert events_of(desk, "DeliverySent") == 1


def test_an_echo_without_a_key_before_the_answer(desk: Desk) -> None:
    def early(wire: Wire, draft: Draft, key: str) -> Any:
        sent = wire.post(draft, key)
        assert match(desk, echo("w1", "On  our way.\n")) == {"w1"}
        return sent

    desk.wire.then(early)
    assert desk.send(desk.queue()).state == "confirmed"


def test_an_echo_settles_a_doubt_without_reading_back(desk: Desk) -> None:
    desk.wire.then(failures.OutcomeUnknown())
    row = desk.send(desk.queue())
    assert match(desk, echo("w7", echo_key=str(row.key))) == {"w7"}
    assert (desk.now(row).state, desk.now(row).remote_id) == ("confirmed", "w7")


def test_what_we_did_not_send_is_not_ours(desk: Desk) -> None:
    desk.send(desk.queue())
    assert (
        match(
            desk,
            echo("x1", "Written in the network's own app."),
            echo("x2", echo_key=str(uuid7())),
            echo("x3", echo_key="not ours"),
        )
        == set()
    )
    assert match(desk) == set()


def test_two_alike_in_flight_are_matched_one_to_one(desk: Desk) -> None:
    rows = []
    for _ in range(2):
        desk.wire.then(failures.OutcomeUnknown())
        rows.append(desk.send(desk.queue()))
    assert match(desk, echo("w1"), echo("w2"), echo("w3")) == {"w1", "w2"}
    assert {desk.now(row).remote_id for row in rows} == {"w1", "w2"}


def test_an_echo_in_another_thread_is_another_message(desk: Desk) -> None:
    desk.wire.then(failures.OutcomeUnknown())
    desk.send(desk.queue())
    assert match(desk, echo("w1", thread_key="t2"), echo("w2", parent_id="m9")) == set()


def receipt(state: ReceiptState, **more: Any) -> Receipt:
    fields = {"external_id": "r", "dedup_key": "r", "occurred_at": now(), "account": ACCOUNT}
    return Receipt(**fields, state=state, **more)


def take(desk: Desk, *receipts: Receipt) -> None:
    with scope(desk.workspace.id):
        services.record_receipts(desk.workspace.id, desk.channel.id, receipts)


def test_a_receipt_confirms_and_proves(desk: Desk) -> None:
    sent = desk.send(desk.queue())
    desk.wire.then(failures.OutcomeUnknown())
    doubted = desk.send(desk.queue("Another."))
    take(
        desk,
        receipt(ReceiptState.DELIVERED, target_id="w1"),
        receipt(ReceiptState.READ, target_id="w1"),
        receipt(ReceiptState.READ, target_id="w9", echo_key=str(doubted.key)),
        receipt(ReceiptState.READ, target_id="nobody's"),
    )
    assert [desk.now(row).state for row in (sent, doubted)] == ["confirmed", "confirmed"]
    assert desk.now(doubted).remote_id == "w9"


def test_a_failed_receipt_tells_the_agent(desk: Desk) -> None:
    row = desk.send(desk.queue())
    take(desk, receipt(ReceiptState.FAILED, target_id="w1"))
    assert desk.now(row).state == "sent"
    assert events_of(desk, "DeliveryFailed") == 1


def test_nobody_elses_echo_reaches_our_rows(desk: Desk) -> None:
    row = desk.send(desk.queue())
    with scope(desk.workspace.id):
        assert services.match_echoes(desk.workspace.id, uuid7(), [echo("w1")]) == set()
        assert Delivery.objects.get(id=row.id).state == "sent"

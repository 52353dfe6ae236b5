"""Replies that cost something: what is sent is counted once, and at the cap nothing is lost."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

import pytest
from django.db import connection

from hearwell.channels.models import Usage
from hearwell.channels.services import metering
from hearwell.connect import failures, registry
from hearwell.connect.contract import Metered
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Draft, Pending, Raw, Sent
from hearwell.connect.terms import Charge, Price
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound import queries, sender
from hearwell.outbound.models import Delivery
from tests.domain.outbound.conftest import Desk
from tests.harbour_wire import MANIFEST, Wire, applied_then

CENTS = 20_000


@dataclass
class PaidWire(Wire, Metered):
    """Two cents a message."""

    manifest: ClassVar[Manifest] = replace(
        MANIFEST, prices=(Price("write", "A message sent", CENTS), Price("read", "One read", CENTS))
    )

    def heard(self, raw: Raw) -> Sequence[Charge]:
        """Hearing is free."""
        return ()

    def said(self, draft: Draft) -> Sequence[Charge]:
        """One each."""
        return (Charge("write"),)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = PaidWire()
    monkeypatch.setitem(registry._connectors, "wire", made)
    return made


def _cap(desk: Desk, micros: int | None) -> None:
    with scope(desk.workspace.id):
        metering.set_terms(desk.workspace.id, "wire", cap_micros=micros, prices={}, by=desk.owner)


def _count(desk: Desk) -> int:
    with scope(desk.workspace.id):
        return sum(Usage.objects.values_list("count", flat=True))


def test_what_is_sent_is_counted_once(desk: Desk) -> None:
    desk.send(desk.queue())
    desk.send(desk.queue())
    assert _count(desk) == 2


def test_what_the_network_refuses_is_free(desk: Desk) -> None:
    desk.wire.then(failures.NotAllowed(), failures.Unavailable())
    assert desk.send(desk.queue()).state == "failed"
    assert desk.send(desk.queue()).state == "queued"
    assert _count(desk) == 0


def test_a_retry_after_a_doubt_is_counted_once(desk: Desk) -> None:
    desk.wire.then(failures.OutcomeUnknown())
    row = desk.send(desk.queue())
    assert row.state == "unknown"
    assert desk.read_back(row).state == "queued"
    desk.due(row)
    assert desk.send(row).state == "sent"
    assert len(desk.wire.posts) == _count(desk) == 1


@pytest.mark.parametrize("trouble", [failures.OutcomeUnknown(), KeyError("a bug")])
def test_what_was_in_doubt_and_is_found_is_counted(desk: Desk, trouble: Exception) -> None:
    desk.wire.then(applied_then(trouble))
    row = desk.send(desk.queue())
    assert desk.read_back(row).state == "sent"
    assert _count(desk) == 1


def test_what_is_accepted_first_and_visible_later_is_counted_once(desk: Desk) -> None:
    desk.wire.then(Pending("p1", now()))
    desk.wire.settling.append(Sent("w9", "", now()))
    row = desk.send(desk.queue())
    assert (row.state, _count(desk)) == ("pending", 1)
    assert desk.read_back(row).state == "sent"
    assert _count(desk) == 1


def test_trouble_with_the_meter_does_not_make_a_sent_reply_doubtful(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr("hearwell.outbound.services.paying.charge", broken)
    assert desk.send(desk.queue()).state == "sent"


def test_at_the_cap_a_reply_waits_says_why_and_goes_on_when_it_is_raised(desk: Desk) -> None:
    _cap(desk, CENTS)
    assert desk.send(desk.queue()).state == "sent"
    row = desk.send(desk.queue("And one more."))

    assert (row.state, row.failure_code) == ("queued", "quota_exhausted")
    assert now() < row.not_before <= now() + metering.LOOK_AGAIN
    with scope(desk.workspace.id):
        (shown,) = queries.pending_replies(desk.workspace.id, [row.lane_id])
    assert "cap for this network is reached" in shown.message
    assert len(desk.wire.posts) == 1

    _cap(desk, 2 * CENTS)
    desk.due(row)
    assert desk.send(row).state == "sent"
    assert [post.text for post in desk.wire.posts] == ["On our way.", "And one more."]
    assert _count(desk) == 2


def test_a_lowered_cap_stops_what_was_queued_before(desk: Desk) -> None:
    _cap(desk, 9 * CENTS)
    row = desk.queue()
    _cap(desk, CENTS - 1)
    assert desk.send(row).state == "queued"
    assert not desk.wire.posts


def test_two_senders_at_once_do_not_pass_the_cap(desk: Desk) -> None:
    _cap(desk, CENTS)
    meeting = threading.Barrier(2, timeout=5)

    def slowly(wire: Wire, draft: Draft, key: str) -> Sent:
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait()
        return wire.post(draft, key)

    desk.wire.then(slowly, slowly)
    rows = [desk.queue(f"Reply {n}.") for n in range(2)]

    def send(row: Delivery) -> None:
        try:
            sender.deliver(desk.workspace.id, row.id)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(row,)) for row in rows]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(desk.state(row) for row in rows) == ["queued", "sent"]
    assert len(desk.wire.posts) == _count(desk) == 1


def test_of_two_charges_at_once_the_second_tells_that_the_cap_is_reached(desk: Desk) -> None:
    _cap(desk, 2 * CENTS)

    def pay(what: str) -> None:
        try:
            with scope(desk.workspace.id):
                metering.charge(desk.channel, [Charge(what)])
                time.sleep(0.5)
        finally:
            connection.close()

    threads = [threading.Thread(target=pay, args=(what,)) for what in ("read", "write")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with scope(desk.workspace.id):
        told = Event.objects.filter(name="SpendingNearsCap").values_list("payload", flat=True)
        assert [one["stage"] for one in told] == ["reached"]


def test_what_is_in_doubt_takes_up_room_until_it_is_known(desk: Desk) -> None:
    _cap(desk, CENTS)
    desk.wire.then(failures.OutcomeUnknown())
    doubtful = desk.send(desk.queue())
    waits = desk.send(desk.queue("Another."))
    assert (doubtful.state, waits.state) == ("unknown", "queued")

    assert desk.read_back(doubtful).state == "queued"
    desk.change(doubtful, not_before=now() + timedelta(hours=1))
    desk.due(waits)
    assert desk.send(waits).state == "sent"

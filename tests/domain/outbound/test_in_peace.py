"""Who asks for no more messages while an answer waits gets none, whichever way it would leave."""

from __future__ import annotations

from uuid import UUID

import pytest

from hearwell.connect.model import Audience, Author, Draft
from hearwell.contacts.models import Contact, Identity
from hearwell.contacts.services import leave_in_peace, welcome_back
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import services
from hearwell.outbound.models import Delivery
from tests.domain.outbound.conftest import Desk

LENA = "+351912345678"


@pytest.fixture
def lena(desk: Desk) -> UUID:
    with scope(desk.workspace.id):
        contact = Contact.objects.create(workspace_id=desk.workspace.id, name="Lena")
        made = Identity.objects.create(
            workspace_id=desk.workspace.id, contact=contact, network="wire", external_id=LENA
        )
        return made.id


def _to_lena(desk: Desk, to: str = LENA) -> Draft:
    return desk.draft(to=Author(to, to), audience=Audience.PRIVATE)


def _stop(desk: Desk, person: UUID) -> None:
    with scope(desk.workspace.id):
        leave_in_peace(desk.workspace.id, [person], now())


def _refused(desk: Desk, row: Delivery) -> None:
    after = desk.send(row)
    assert (after.state, after.failure_code) == ("failed", "opted_out")
    assert desk.wire.posts == []


def test_what_waits_for_its_turn_or_its_undo_time_does_not_leave(desk: Desk, lena: UUID) -> None:
    row = desk.queue(draft=_to_lena(desk), undo_s=30)
    _stop(desk, lena)
    desk.due(row)
    _refused(desk, row)


def test_what_follows_in_the_lane_does_not_either(desk: Desk, lena: UUID) -> None:
    lane = uuid7()
    first = desk.queue(draft=_to_lena(desk), lane=lane)
    second = desk.queue(draft=_to_lena(desk), lane=lane)
    _stop(desk, lena)
    _refused(desk, first)
    assert desk.state(second) == "failed"


def test_nobody_can_send_it_anyway(desk: Desk, lena: UUID) -> None:
    lane = uuid7()
    row = desk.queue(draft=_to_lena(desk), lane=lane, lane_version=0)
    _stop(desk, lena)
    desk.change(row, state="stale")
    with scope(desk.workspace.id):
        services.send_anyway(desk.workspace.id, row.id, by_id=desk.owner.id, lane_version=9)
    _refused(desk, row)


def test_it_is_asked_after_the_claim(
    desk: Desk, lena: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = desk.queue(draft=_to_lena(desk))
    identity = desk.wire.identity

    def stop_meanwhile(account: object) -> str:
        _stop(desk, lena)
        return identity(account)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.wire, "identity", stop_meanwhile)
    _refused(desk, row)


def test_others_are_answered_and_so_is_who_comes_back(desk: Desk, lena: UUID) -> None:
    _stop(desk, lena)
    assert desk.send(desk.queue(draft=_to_lena(desk, "+351900000000"))).state == "sent"
    with scope(desk.workspace.id):
        welcome_back(desk.workspace.id, [lena], now())
    assert desk.send(desk.queue(draft=_to_lena(desk))).state == "sent"

"""Leases: fair shares, handed over one by one, taken from the dead, and a fence for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from hearwell.accounts.models import Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels.models import Channel, RawDelivery, StreamCursor
from hearwell.channels.services import disconnect, leases
from hearwell.channels.services.leases import Held, LeaseLostError
from hearwell.channels.services.polling import poll_once
from hearwell.connect.model import RawPage
from hearwell.kit.direct import open_direct
from hearwell.kit.ids import uuid7
from tests.domain.channels.conftest import Loft, connected
from tests.pigeon import Pigeon

pytestmark = pytest.mark.django_db(transaction=True)
Beat = Callable[[UUID], list[Held]]


@pytest.fixture
def beat(transactional_db: None) -> Iterator[Beat]:
    """Let a listener say that it lives; returns what it holds."""
    with open_direct() as session:
        yield lambda me: leases.hold(session, me, "test:1")


@pytest.fixture
def place(transactional_db: None, pigeon: Pigeon, loft: Loft) -> Workspace:
    return Workspace.objects.create(name="Northwind Air", slug="northwind")


def connect(place: Workspace, how_many: int) -> list[Channel]:
    with scope(place.id):
        return [connected(place, external_id=f"loft-{n}") for n in range(how_many)]


def ids(held: list[Held], *, leaving: bool = False) -> set[UUID]:
    return {one.channel_id for one in held if one.is_leaving is leaving}


def settle(beat: Beat, *listeners: UUID) -> dict[UUID, set[UUID]]:
    """Let every listener beat and let go what it is asked to, until nothing changes."""
    for _ in range(4):
        for me in listeners:
            leases.let_go(me, ids(beat(me), leaving=True))
    return {me: ids(beat(me)) for me in listeners}


def test_one_listener_holds_everything_that_is_active(beat: Beat, place: Workspace) -> None:
    channels = connect(place, 4)
    with scope(place.id):
        Channel.objects.filter(id=channels[0].id).update(state="paused")

    held = beat(uuid7())

    assert ids(held) == {channel.id for channel in channels[1:]}
    assert {(one.workspace_id, one.network) for one in held} == {(place.id, "pigeon")}


def test_three_share_evenly_whenever_they_come(beat: Beat, place: Workspace) -> None:
    everything = {channel.id for channel in connect(place, 11)}
    first, second, third = uuid7(), uuid7(), uuid7()
    assert len(ids(beat(first))) == 11

    shares = settle(beat, first, second)
    assert Counter(map(len, shares.values())) == {6: 1, 5: 1}
    shares = settle(beat, first, second, third)

    assert max(map(len, shares.values())) == 4
    assert set.union(*shares.values()) == everything
    assert sum(map(len, shares.values())) == 11


def test_nothing_is_taken_before_it_is_let_go(beat: Beat, place: Workspace) -> None:
    connect(place, 4)
    first, second = uuid7(), uuid7()
    beat(first)

    assert beat(second) == []
    leaving = ids(beat(first), leaving=True)
    assert len(leaving) == 2
    assert beat(second) == []
    leases.let_go(first, leaving)
    assert ids(beat(second)) == leaving


def test_the_accounts_of_a_dead_one_are_taken_over(
    beat: Beat, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(place, 6)
    alive, dead = uuid7(), uuid7()
    settle(beat, dead, alive)
    with monkeypatch.context() as patch:
        patch.setattr(leases, "PATIENCE", timedelta(seconds=0))
        assert len(ids(beat(alive))) == 6

    assert [one.id for one in leases.listeners()] == [alive]
    assert ids(beat(dead)) == set()  # back again, it begins with nothing


def test_who_ends_gives_everything_back_at_once(beat: Beat, place: Workspace) -> None:
    connect(place, 5)
    first, second = uuid7(), uuid7()
    settle(beat, first, second)

    leases.leave(first)

    assert len(ids(beat(second))) == 5
    assert [(one.label, one.accounts) for one in leases.listeners()] == [("test:1", 5)]


@pytest.mark.parametrize("state", ["paused", "disconnected"])
def test_an_account_that_is_active_no_longer_leaves(
    beat: Beat, place: Workspace, state: str
) -> None:
    (channel,) = connect(place, 1)
    me = uuid7()
    beat(me)
    with scope(place.id):
        if state == "disconnected":
            disconnect(channel)
        else:
            Channel.objects.update(state=state)

    assert ids(beat(me), leaving=True) == {channel.id}
    leases.let_go(me, [channel.id])
    assert beat(me) == []


def test_an_account_connected_anew_is_told(beat: Beat, place: Workspace) -> None:
    connect(place, 1)
    me = uuid7()
    (before,) = beat(me)
    connect(place, 1)

    (after,) = beat(me)
    assert after.channel_id == before.channel_id
    assert after.connected_at > before.connected_at


def test_of_two_that_believe_to_hold_an_account_one_stores(
    beat: Beat, place: Workspace, pigeon: Pigeon
) -> None:
    (channel,) = connect(place, 1)
    holder, other = uuid7(), uuid7()
    beat(holder)
    pigeon.pages = lambda _account, _stream, _cursor: RawPage((), "7")

    with pytest.raises(LeaseLostError):
        poll_once(place.id, channel.id, "default", other)
    assert not StreamCursor.objects.exists()
    poll_once(place.id, channel.id, "default", holder)

    with scope(place.id):
        assert StreamCursor.objects.get().cursor == "7"
    assert RawDelivery.objects.count() == 0


def test_an_account_is_not_taken_while_its_holder_is_storing(
    beat: Beat, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (channel,) = connect(place, 1)
    slow, quick = uuid7(), uuid7()
    beat(slow)
    monkeypatch.setattr(leases, "PATIENCE", timedelta(seconds=0))

    with transaction.atomic():
        leases.make_sure(slow, channel.id)
        assert beat(quick) == []  # nobody waits for it either
    assert ids(beat(quick)) == {channel.id}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM channels_lease",
        "SELECT * FROM channels_hold(gen_random_uuid(), '', interval '1 s')",
        "SELECT channels_leave(gen_random_uuid())",
    ],
)
def test_the_web_process_can_neither_see_nor_take_a_lease(place: Workspace, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE hearwell_app")
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute(statement)
        transaction.set_rollback(True)


def test_listeners_are_woken_when_there_is_something_to_hold(place: Workspace) -> None:
    with open_direct() as session:
        session.execute("LISTEN hearwell_listen")
        connect(place, 1)
        woken = list(session.notifies(timeout=5, stop_after=1))

    assert isinstance(session, psycopg.Connection)
    assert len(woken) == 1

"""Polls and streams: raws and cursor together, renewal, reconciling, one listener a channel."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels import listen
from hearwell.channels.listening.agenda import What
from hearwell.channels.listening.planning import Plan
from hearwell.channels.models import Channel, ChannelHealth, RawDelivery, StreamCursor
from hearwell.channels.services import opened_account, polling
from hearwell.channels.services.health import heard_from
from hearwell.channels.services.polling import poll_once, reconcile
from hearwell.channels.sweeps import notice_silence
from hearwell.connect import registry
from hearwell.connect.failures import NeedsReauth, Throttled, Unavailable
from hearwell.connect.model import Account, Nudge, Raw, RawPage, Source
from hearwell.kit.clock import now
from tests.domain.channels.conftest import Loft, connected, drain
from tests.pigeon import Pigeon, body_of, message


def _raw(number: int, source: Source = Source.POLL) -> Raw:
    body = body_of(message(str(number), thread=str(number)))
    return Raw("GET", "https://pigeon.test/inbox", {}, body, now(), source)


def _numbers(account: Account, stream: str, cursor: str | None) -> RawPage:
    """Three messages a page, numbered from the cursor on, nine in all."""
    start = int(cursor or 0)
    stop = min(start + 3, 9)
    more = now() if stop < 9 else None
    return RawPage(tuple(_raw(n) for n in range(start, stop)), str(stop), more)


def test_poll_keeps_raws_and_cursor_and_says_when_to_come_again(
    channel: Channel, pigeon: Pigeon, loft: Loft
) -> None:
    pigeon.pages = _numbers

    pauses = [poll_once(channel.workspace_id, channel.id, "default") for _ in range(3)]

    assert pauses == [0.0, 0.0, pigeon.manifest.poll_every_s]
    assert StreamCursor.objects.get().cursor == "9"
    drain(channel)
    assert loft.ids == [str(n) for n in range(9)]


def test_a_quiet_poll_writes_nothing_for_a_minute_and_then_only_when_it_asked(
    channel: Channel, pigeon: Pigeon
) -> None:
    pigeon.pages = lambda _account, _stream, _cursor: RawPage((), "same")
    poll_once(channel.workspace_id, channel.id, "default")

    with CaptureQueriesContext(connection) as queries:
        poll_once(channel.workspace_id, channel.id, "default")
    assert not [q["sql"] for q in queries if q["sql"].startswith(("UPDATE", "INSERT"))]

    with (
        time_machine.travel(now() + timedelta(seconds=61)),
        CaptureQueriesContext(connection) as queries,
    ):
        poll_once(channel.workspace_id, channel.id, "default")
    (update,) = [q["sql"] for q in queries if q["sql"].startswith('UPDATE "channels_streamcursor"')]
    assert '"polled_at" =' in update
    assert '"cursor" =' not in update
    assert '"marks" =' not in update


def test_cursor_stays_when_the_raws_cannot_be_kept(
    channel: Channel, pigeon: Pigeon, monkeypatch: pytest.MonkeyPatch
) -> None:
    pigeon.pages = _numbers
    poll_once(channel.workspace_id, channel.id, "default")

    def full(_: object) -> None:
        raise OSError

    monkeypatch.setattr(polling, "keep", full)
    with pytest.raises(OSError):  # noqa: PT011 -- ours, from just above
        poll_once(channel.workspace_id, channel.id, "default")

    assert StreamCursor.objects.get().cursor == "3"
    assert RawDelivery.objects.count() == 3


def test_dead_token_is_renewed_once_and_the_poll_goes_on(channel: Channel, pigeon: Pigeon) -> None:
    def picky(account: Account, stream: str, cursor: str | None) -> RawPage:
        if account.secrets["token"] == "t":
            raise NeedsReauth
        return _numbers(account, stream, cursor)

    pigeon.pages = picky
    poll_once(channel.workspace_id, channel.id, "default")

    assert RawDelivery.objects.count() == 3
    assert opened_account(channel).secrets["token"] == "token-1"


def test_failure_is_noted_under_the_channels_health(channel: Channel, pigeon: Pigeon) -> None:
    def down(account: Account, stream: str, cursor: str | None) -> RawPage:
        raise Unavailable

    pigeon.pages = down
    with pytest.raises(Unavailable):
        poll_once(channel.workspace_id, channel.id, "default")

    assert ChannelHealth.objects.get().failure_code == "unavailable"


def test_reconciling_reads_the_last_two_days_again_and_leaves_the_cursor(
    channel: Channel, pigeon: Pigeon, loft: Loft
) -> None:
    asked: list[str | None] = []

    def pages(account: Account, stream: str, cursor: str | None) -> RawPage:
        asked.append(cursor)
        return RawPage((_raw(int(cursor or 0)),), str(int(cursor or 0) + 1))

    pigeon.pages = pages
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(100):
            poll_once(channel.workspace_id, channel.id, "default")
            clock.shift(timedelta(hours=1))
        asked.clear()
        reconcile(channel.workspace_id, channel.id, "default", pages=3)

    assert asked[0] in {"51", "52"}
    assert len(asked) == 3
    assert StreamCursor.objects.get().cursor == "100"
    assert len(StreamCursor.objects.get().marks) <= 52


def test_reconciling_reads_to_the_end_however_much_there_was(
    channel: Channel, pigeon: Pigeon, loft: Loft
) -> None:
    """What a webhook lost this morning lies behind all that came since the day before yesterday."""

    def pages(_account: Account, _stream: str, cursor: str | None) -> RawPage:
        start = int(cursor or 0)
        found = (_raw(start),) if start < 70 else ()
        return RawPage(found, str(start + len(found)))

    pigeon.pages = pages
    poll_once(channel.workspace_id, channel.id, "default")
    assert reconcile(channel.workspace_id, channel.id, "default") == 70
    drain(channel)
    assert set(loft.ids) == {str(n) for n in range(70)}


def test_a_listener_that_dies_often_reconciles_a_new_account_all_the_same(
    channel: Channel,
) -> None:
    begun = channel.connected_at
    plan = Plan(channel, streams=("default",), checked_at=begun)
    for minutes, latest in ((0, 600.0), (9, 60.0), (18, 60.0)):
        later = plan.later(6 * 3600.0, 86400.0, at=begun + timedelta(minutes=minutes), beside=1)
        (due_s,) = [due for what, _, due in later if what is What.RECONCILE]
        assert due_s <= latest


def test_where_nothing_is_reconciled_no_marks_are_kept(
    channel: Channel, pigeon: Pigeon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pigeon, "manifest", replace(Pigeon.manifest, is_poll_exact=True))
    pigeon.pages = _numbers
    for _ in range(3):
        poll_once(channel.workspace_id, channel.id, "default")
    row = StreamCursor.objects.get()
    assert (row.cursor, row.marks) == ("9", [])


def test_reconciling_before_any_poll_does_nothing(channel: Channel) -> None:
    assert reconcile(channel.workspace_id, channel.id, "default") == 0


def test_wait_is_what_the_network_asks_for(frozen: time_machine.Coordinates) -> None:
    throttled = Throttled(now() + timedelta(seconds=90))

    assert listen.wait_for(throttled, 1) == 90
    assert 0 < listen.wait_for(Unavailable(), 3) <= 8


def test_silence_is_noticed_of_those_who_used_to_speak(
    channel: Channel, workspace: Workspace
) -> None:
    quiet = connected(workspace, external_id="never spoke")
    long_ago = now() - timedelta(hours=25)
    ChannelHealth.objects.filter(channel=channel).update(state="ok", last_event_at=long_ago)
    ChannelHealth.objects.filter(channel=quiet).update(state="ok")

    assert notice_silence() == 1
    assert notice_silence() == 0
    assert ChannelHealth.objects.get(channel=channel).state == "warning"

    heard_from(channel, now())
    assert notice_silence() == 0
    assert ChannelHealth.objects.get(channel=channel).state == "ok"
    ChannelHealth.objects.filter(channel=channel).update(last_event_at=long_ago)
    assert notice_silence() == 1, "a second silence is one too"


@contextmanager
def _listening() -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=listen.run, args=(stop,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)


def _until(condition: object, *, within_s: float = 15) -> None:
    end = time.monotonic() + within_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_two_listeners_hear_each_channel_once_by_poll_and_stream(
    pigeon: Pigeon, loft: Loft, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything at once, on real connections: pages, lines, and a stream that breaks."""
    workspace = Workspace.objects.create(name="Northwind Air", slug="northwind")
    with scope(workspace.id):
        connected(workspace)
    opened = 0

    async def lines() -> AsyncIterator[Raw]:
        nonlocal opened
        opened += 1
        yield _raw(100 + opened, Source.STREAM)
        raise Unavailable

    pigeon.pages, pigeon.lines = _numbers, lines
    with _listening():
        _until(lambda: RawDelivery.objects.filter(source="poll").count() >= 9)
        _until(lambda: RawDelivery.objects.filter(source="stream").count() >= 2)

    bodies = RawDelivery.objects.filter(source="stream").values_list("body", flat=True)
    assert len({bytes(body) for body in bodies}) == len(bodies)
    with scope(workspace.id):
        assert StreamCursor.objects.get().cursor == "9"


@pytest.mark.django_db(transaction=True)
def test_a_nudge_makes_the_polls_ask_also_while_they_are_asking(
    pigeon: Pigeon, loft: Loft, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself the poll would come back in an hour; and its cursor needs no reconciling."""
    manifest = replace(Pigeon.manifest, poll_every_s=3600, is_poll_exact=True)
    monkeypatch.setattr(Pigeon, "manifest", manifest)
    workspace = Workspace.objects.create(name="Northwind Air", slug="northwind")
    with scope(workspace.id):
        connected(workspace)
    asking, answer, posted, again = (threading.Event() for _ in range(4))
    asked: list[str | None] = []

    def slowly(account: Account, stream: str, cursor: str | None) -> RawPage:
        asked.append(cursor)
        asking.set()
        answer.wait(10)
        return RawPage((_raw(len(asked)),), str(len(asked)))

    async def lines() -> AsyncIterator[Nudge]:
        await asyncio.to_thread(posted.wait, 15)
        posted.clear()
        again.set()
        yield Nudge()
        await asyncio.sleep(60)

    pigeon.pages, pigeon.lines = slowly, lines
    monkeypatch.setattr(listen, "reconcile", lambda *_: pytest.fail("read again for nothing"))
    with _listening():
        assert asking.wait(15)
        posted.set()
        assert again.wait(15)
        answer.set()
        _until(lambda: len(asked) >= 2)

    assert asked[:2] == [None, "1"]
    assert len(asked) == 2


class Snail(Pigeon):
    """A network whose every answer takes for ever."""

    manifest = replace(Pigeon.manifest, network="snail")


@pytest.mark.django_db(transaction=True)
def test_a_network_that_does_not_answer_leaves_threads_for_the_others(
    pigeon: Pigeon, loft: Loft, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    snail, over, asked = Snail(), threading.Event(), threading.Semaphore(0)
    monkeypatch.setitem(registry._connectors, "snail", snail)

    def never(account: Account, stream: str, cursor: str | None) -> RawPage:
        asked.release()
        over.wait(60)
        return RawPage((), cursor)

    snail.pages, pigeon.pages = never, _numbers
    workspace = Workspace.objects.create(name="Northwind Air", slug="northwind")
    with scope(workspace.id):
        for number in range(listen.THREADS + 3):
            connected(workspace, network="snail", external_id=f"snail-{number}")
    with _listening():
        for _ in range(listen.PLACES):
            assert asked.acquire(timeout=20)
        with scope(workspace.id):
            connected(workspace)
        _until(lambda: RawDelivery.objects.filter(source="poll").count() >= 9)
        over.set()

"""The connector's stream on real sockets: both ways in, refusals, a server that dies under it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from hearwell.connect import failures
from hearwell.connect.model import (
    Account,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Raw,
    Reacted,
    Source,
)
from hearwell.connectors.mastodon import streaming
from hearwell.connectors.mastodon.connector import MastodonConnector, client_for
from hearwell.connectors.mastodon.instance import ask
from hearwell.connectors.mastodon.manifest import SCOPES
from hearwell.connectors.mastodon.wire import Line
from tests.fediverse.server import DOMAIN, Instance, running
from tests.house import wait_until

WAYS = [frozenset({"socket", "lines"}), frozenset({"socket"}), frozenset({"lines"})]


@dataclass
class Desk:
    """The brand's account on a server, and what its stream has brought."""

    instance: Instance
    connector: MastodonConnector = field(init=False)
    account: Account = field(init=False)
    raws: list[Raw] = field(default_factory=list)
    ended: list[BaseException | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connector = MastodonConnector(client_for([self.instance.url]), [self.instance.url])
        self.brand = self.instance.join("northwind", "Northwind Air")
        self.lena = self.instance.join("lena", "Lena Hoff")
        with client_for([self.instance.url])(()) as client:
            settings = ask(Line(client, self.instance.url)).settings
        self.account = Account(
            f"northwind@{DOMAIN}",
            settings={"server": self.instance.url, "account_id": self.brand.id, **settings},
            secrets={"access": self.instance.server.let_in(self.brand, SCOPES)},
            scopes=frozenset(SCOPES),
        )

    @property
    def items(self) -> list[Inbound]:
        """All that was heard so far."""
        return [item for raw in list(self.raws) for item in self.connector.parse(raw)]

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hold the stream open during the block."""
        stop = threading.Event()

        async def hear() -> None:
            async for raw in self.connector.listen(self.account):
                assert isinstance(raw, Raw)
                self.raws.append(raw)

        async def until_stopped() -> None:
            tasks = asyncio.create_task(hear()), asyncio.create_task(asyncio.to_thread(stop.wait))
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            tasks[0].cancel()
            (result, _) = await asyncio.gather(*tasks, return_exceptions=True)
            self.ended.append(result if isinstance(result, Exception) else None)

        thread = threading.Thread(target=asyncio.run, args=(until_stopped(),))
        before = self.instance.listeners
        thread.start()
        try:
            wait_until(lambda: self.instance.listeners > before, what="the stream")
            yield
        finally:
            stop.set()
            thread.join(10)

    def hears(self, what: Callable[[Inbound], object]) -> None:
        """Wait until something of that kind was heard."""
        wait_until(lambda: any(what(item) for item in self.items), what="it being heard")

    def poll(self, stream: str) -> list[Inbound]:
        """Everything that a poll finds from the beginning."""
        found, cursor = list[Inbound](), None
        while (page := self.connector.poll(self.account, stream, cursor)).raws:
            found += [item for raw in page.raws for item in self.connector.parse(raw)]
            cursor = page.cursor
        return found


@pytest.fixture(params=WAYS, ids=["both", "socket", "lines"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with running(Instance(ways=request.param)) as instance:
        yield Desk(instance)


@pytest.fixture
def one() -> Iterator[Desk]:
    with running(Instance()) as instance:
        yield Desk(instance)


def text(words: str) -> Callable[[Inbound], object]:
    return lambda item: isinstance(item, InboundMessage) and item.text == words


def test_what_happens_is_told_at_once_and_as_a_poll_tells_it(desk: Desk) -> None:
    server = desk.instance.server
    with desk.listening():
        post = server.say(desk.lena, "@northwind my bag stayed in Lisbon 🧳")
        desk.hears(text("@northwind my bag stayed in Lisbon 🧳"))
        reply = server.say(desk.lena, "@northwind anyone?", parent=post.id)
        desk.hears(text("@northwind anyone?"))
        server.say(desk.brand, "@lena We look.", parent=reply.id)
        desk.hears(text("We look."))
        server.like(desk.lena, server.say(desk.brand, "New timetable"))
        desk.hears(lambda item: isinstance(item, Reacted))
        server.say(desk.lena, "lovely weather")
        server.delete(reply)
        desk.hears(lambda item: isinstance(item, MessageDeleted))

    heard = desk.items
    assert {raw.source for raw in desk.raws} == {Source.STREAM}
    assert {i.thread_key for i in heard if isinstance(i, InboundMessage)} == {
        post.id,
        *(i.external_id for i in heard if text("New timetable")(i)),
    }
    polled = [item for stream in ("mentions", "own", "reactions") for item in desk.poll(stream)]
    assert {i.dedup_key for i in polled} <= {i.dedup_key for i in heard}


def test_of_the_home_timeline_only_our_own_business_is_told(one: Desk) -> None:
    server = one.instance.server
    server.follow(one.brand, one.lena)
    with one.listening():
        weather = server.say(one.lena, "lovely weather")
        server.edit(weather, "lousy weather")
        server.delete(weather)
        known = server.say(one.lena, "@northwind hello")
        server.edit(known, "@northwind hello there")
        one.hears(lambda item: isinstance(item, MessageEdited))

    assert not [item for item in one.items if isinstance(item, MessageDeleted)]
    assert {i.external_id for i in one.items if isinstance(i, InboundMessage)} == {known.id}


def test_the_deletion_of_what_we_may_know_is_told(one: Desk) -> None:
    old = one.instance.server.say(one.lena, "@northwind from before the stream")
    with one.listening():
        one.instance.server.delete(old)
        one.hears(lambda item: isinstance(item, MessageDeleted))
    (gone,) = one.items
    assert gone.external_id == old.id


def test_a_private_talk(one: Desk) -> None:
    server = one.instance.server
    server.follow(one.brand, one.lena)
    with one.listening():
        server.say(one.lena, "@northwind psst", visibility="direct")
        one.hears(text("@northwind psst"))
    (item,) = one.items
    assert item.thread_key == f"dm:lena@{DOMAIN}"


def test_a_revoked_token_needs_a_person(desk: Desk) -> None:
    account = replace(desk.account, secrets={"access": "revoked"})
    with pytest.raises(failures.NeedsReauth):
        asyncio.run(_first(desk.connector, account))


def test_a_server_that_is_not_there(one: Desk) -> None:
    one.instance.kill()
    with pytest.raises(failures.Unavailable):
        asyncio.run(_first(one.connector, one.account))
    one.instance.start()


def test_killed_under_the_stream_and_started_again_nothing_is_lost_or_doubled(desk: Desk) -> None:
    server = desk.instance.server
    for cut in range(3):
        with desk.listening():
            server.say(desk.lena, f"@northwind before {cut}")
            desk.hears(text(f"@northwind before {cut}"))
            desk.instance.kill()
            wait_until(lambda count=cut + 1: len(desk.ended) == count, what="the end")
        server.say(desk.lena, f"@northwind between {cut}")
        desk.instance.start()

    assert all(error is None or isinstance(error, failures.Unavailable) for error in desk.ended)
    polled = desk.poll("mentions")
    assert len(polled) == len({item.external_id for item in polled}) == 6
    streamed = {item.dedup_key for item in desk.items}
    assert len(streamed) == 3
    assert streamed < {item.dedup_key for item in polled}


async def _first(connector: MastodonConnector, account: Account) -> Any:
    async for raw in connector.listen(account):
        return raw
    return None


@pytest.mark.parametrize("ways", [frozenset(), frozenset({"nothing"})], ids=["none", "refused"])
def test_a_server_without_streams_is_silent_for_an_hour(
    ways: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    with running(Instance(ways=ways)) as instance:
        desk = Desk(instance)
        monkeypatch.setattr(streaming.asyncio, "sleep", sleep)
        assert asyncio.run(_first(desk.connector, desk.account)) is None
    assert slept[0] == 3600.0


@pytest.mark.parametrize("address", ["ws://{}", "wss://{}"])
def test_a_stream_that_lies_inside_is_not_opened(one: Desk, address: str) -> None:
    """A server must not lead us to a neighbour by naming it as its stream."""
    with socket.create_server(("127.0.0.1", 0)) as neighbour:
        place = f"127.0.0.1:{neighbour.getsockname()[1]}"
        settings = {**one.account.settings, "streaming": address.format(place)}
        with pytest.raises(failures.Unavailable):
            asyncio.run(_first(one.connector, replace(one.account, settings=settings)))
        neighbour.settimeout(0.2)
        with pytest.raises(TimeoutError):
            neighbour.accept()


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("notification", "not json"), ("notification", "[]"), ("update", "null"),
        ("conversation", "{}"), ("delete", ""), ("filters_changed", "undefined"),
        ("announcement", "{}"), ("of tomorrow", "{}"), ("status.update", "[" * 100_000),
    ],
)  # fmt: skip
def test_what_is_no_business_of_ours_or_broken_is_passed_over(
    one: Desk, event: str, payload: str
) -> None:
    with one.listening():
        for listener in list(one.instance.server.listeners):
            listener(one.brand.id, event, payload)
        one.instance.server.say(one.lena, "@northwind still there?")
        one.hears(text("@northwind still there?"))
    assert len(one.raws) == 1


def test_an_answer_that_cannot_be_placed_just_now_is_left_to_the_poll(one: Desk) -> None:
    server = one.instance.server
    post = server.say(one.lena, "@northwind hello")
    with one.listening():
        one.instance.api.limit = 0
        server.say(one.lena, "@northwind anyone?", parent=post.id)
        server.say(one.lena, "@northwind next")
        one.hears(text("@northwind next"))
        one.instance.api.limit = 100_000
    assert len(one.raws) == 1
    assert len(one.poll("mentions")) == 3

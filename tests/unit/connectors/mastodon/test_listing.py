"""Polling: everything once, in order; edits and deletions; whatever the server's family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hearwell.connect import failures
from hearwell.connect.model import (
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Reacted,
)
from hearwell.connectors.mastodon import listing, window
from hearwell.connectors.mastodon.fake import Fake
from hearwell.connectors.mastodon.fake_calls import Call, Reply
from hearwell.connectors.mastodon.window import Entry, Window

FAMILIES = ("mastodon", "gotosocial", "takahe")


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Fake:
    """A fake server of each family."""
    return Fake(request.param)


class Poller:
    """Polls one list as the house does, keeping its cursor."""

    def __init__(self, fake: Fake, stream: str) -> None:
        self.fake, self.stream = fake, stream
        self.cursor: str | None = None

    def once(self) -> list[Inbound]:
        """One poll."""
        page = self.fake.connector.poll(self.fake.account, self.stream, self.cursor)
        self.cursor = page.cursor
        return [item for raw in page.raws for item in self.fake.connector.parse(raw)]

    def all(self, polls: int = 12) -> list[Inbound]:
        """Some polls in a row."""
        return [item for _ in range(polls) for item in self.once()]


def texts(items: list[Inbound]) -> list[str]:
    return [item.text for item in items if isinstance(item, InboundMessage)]


def test_everything_is_told_once_and_in_order(family: Fake) -> None:
    poller = Poller(family, "mentions")
    for number in range(95):
        family.server.say(family.lena, f"@northwind {number}")

    assert texts(poller.all()) == [
        "@northwind my bag stayed in Lisbon",
        *(f"@northwind {number}" for number in range(95)),
    ]
    family.server.say(family.lena, "@northwind and one more")
    assert texts(poller.all()) == ["@northwind and one more"]


def test_a_first_call_after_nothing(family: Fake) -> None:
    family.server.notices.clear()
    poller = Poller(family, "mentions")
    assert poller.all(3) == []
    for number in range(3):
        family.server.say(family.lena, f"@northwind {number}")
    assert texts(poller.all()) == [f"@northwind {number}" for number in range(3)]


def test_what_was_before_our_time_is_not_told(family: Fake) -> None:
    settings = {
        **family.account.settings,
        listing.START_NOTIFICATION: family.server.notices[-1].id,
        listing.START_STATUS: family.first.id,
    }
    family.account = replace(family.account, settings=settings)
    family.server.say(family.lena, "@northwind now", visibility="direct")

    assert texts(Poller(family, "mentions").all()) == ["@northwind now"]
    told = texts(Poller(family, "private").all())
    assert told == ([] if family.server.kind == "takahe" else ["@northwind now"])


def test_an_edit_is_found_although_nobody_was_told(family: Fake) -> None:
    poller = Poller(family, "mentions")
    poller.all(3)
    family.server.edit(family.first, "@northwind my blue bag stayed in Lisbon")

    edits = [item for item in poller.all(3) if isinstance(item, MessageEdited)]
    assert [edit.text for edit in edits] == ["@northwind my blue bag stayed in Lisbon"]
    assert poller.all(3) == []


def test_a_deletion_is_found_and_told_once(family: Fake) -> None:
    poller = Poller(family, "mentions")
    other = family.server.say(family.lena, "@northwind never mind")
    poller.all(3)
    family.server.delete(other)

    gone = [item for item in poller.all(4) if isinstance(item, MessageDeleted)]
    assert [item.external_id for item in gone] == [other.id]
    assert poller.all(3) == []


def test_edits_and_deletions_far_down_are_found_by_and_by(family: Fake) -> None:
    said = [family.server.say(family.lena, f"@northwind {number}") for number in range(120)]
    poller = Poller(family, "mentions")
    poller.all()
    family.server.edit(said[3], "@northwind three")
    family.server.delete(said[5])

    found = poller.all(10)
    assert [i.text for i in found if isinstance(i, MessageEdited)] == ["@northwind three"]
    assert [i.external_id for i in found if isinstance(i, MessageDeleted)] == [said[5].id]


def test_notifications_that_were_cleared_are_no_deletions(fake: Fake) -> None:
    poller = Poller(fake, "mentions")
    said = [fake.server.say(fake.lena, f"@northwind {number}") for number in range(30)]
    poller.all()
    fake.server.notices.clear()
    fake.server.delete(said[2])
    fake.server.edit(said[4], "@northwind four")

    found = poller.all()
    assert [i.external_id for i in found if isinstance(i, MessageDeleted)] == [said[2].id]
    assert [i.text for i in found if isinstance(i, MessageEdited)] == ["@northwind four"]
    # What is there, and on no list any more, is not asked for again and again.
    before = fake.api.used[fake.account.secrets["access"]]
    poller.all(5)
    assert fake.api.used[fake.account.secrets["access"]] - before <= 10


def test_private_mentions_that_a_server_puts_by_are_heard(fake: Fake) -> None:
    """Mastodon's default since 4.3, and nothing of them is streamed."""
    before = len(fake.heard)
    fake.server.say(fake.lena, "@northwind my number is 0170 55501", visibility="direct")

    assert fake.server.notices[-1].is_filtered
    assert len(fake.heard) == before
    assert texts(Poller(fake, "mentions").all())[-1] == "@northwind my number is 0170 55501"


def test_private_talks_are_told_once_whichever_way(fake: Fake) -> None:
    fake.server.follow(fake.brand, fake.lena)
    fake.server.say(fake.lena, "@northwind psst", visibility="direct")
    mentions = {item.dedup_key for item in Poller(fake, "mentions").all()}
    (private,) = Poller(fake, "private").all()
    streamed = {i.dedup_key for raw in fake.heard for i in fake.connector.parse(raw)}

    assert private.dedup_key in mentions
    assert private.dedup_key in streamed


def test_a_private_message_that_comes_late_is_told(fake: Fake) -> None:
    """It keeps the number of the time at which it was written elsewhere."""
    early = fake.server.next_id()
    tom = fake.server.join("tom", host="people.example")
    fake.server.say(tom, "@northwind first", visibility="direct")
    poller = Poller(fake, "private")
    assert texts(poller.all(2)) == ["@northwind first"]

    late = fake.server.say(fake.lena, "@northwind late", visibility="direct")
    del fake.server.statuses[late.id]
    late.id = early
    fake.server.statuses[early] = late
    assert texts(poller.all(2)) == ["@northwind late"]


def test_a_server_without_conversations_is_left_in_peace() -> None:
    fake = Fake("takahe")
    page = fake.connector.poll(fake.account, "private", None)
    assert page.raws == ()
    assert page.poll_after is not None


def test_what_was_said_in_our_name_elsewhere(family: Fake) -> None:
    family.server.say(family.brand, "@lena@people.example we look", parent=family.first.id)
    post = family.server.say(family.brand, "New timetable")
    poller = Poller(family, "own")
    answer, announced = poller.all()

    assert isinstance(answer, InboundMessage)
    assert isinstance(announced, InboundMessage)
    assert answer.is_echo
    assert announced.is_echo
    assert answer.thread_key == family.first.id
    family.server.delete(post)
    (gone,) = poller.all(3)
    assert isinstance(gone, MessageDeleted)


def test_reactions_are_a_list_of_their_own(family: Fake) -> None:
    post = family.server.say(family.brand, "New timetable")
    family.server.like(family.lena, post)
    family.server.boost(family.lena, post)
    family.server.follow(family.lena, family.brand)
    poller = Poller(family, "reactions")

    assert [i.reaction for i in poller.all() if isinstance(i, Reacted)] == [
        "like", "repost", "follow",
    ]  # fmt: skip
    assert all(isinstance(i, InboundMessage) for i in Poller(family, "mentions").all())


def test_a_server_that_ignores_types_brings_each_once(fake: Fake) -> None:
    fake.server.like(fake.lena, fake.server.say(fake.brand, "Hello"))
    real = fake.api.answer

    def deaf(call: Call) -> Reply:
        params = {k: v for k, v in call.params.items() if "types" not in k}
        return real(replace(call, params=params))

    fake.api.answer = deaf  # type: ignore[method-assign]
    assert all(isinstance(i, InboundMessage) for i in Poller(fake, "mentions").all())
    assert all(isinstance(i, Reacted) for i in Poller(fake, "reactions").all())


# --- threads -------------------------------------------------------------------------------------


def keys(items: list[Inbound]) -> list[str | None]:
    return [item.thread_key for item in items if isinstance(item, InboundMessage)]


def test_a_long_thread_is_one_and_costs_one_call(family: Fake) -> None:
    last = family.first
    for number in range(6):
        author = family.brand if number % 2 else family.lena
        called = "@lena@people.example" if number % 2 else "@northwind"
        last = family.server.say(author, f"{called} {number}", parent=last.id)
    asked: list[str] = []
    family.api.next_reply = watch(family, asked)

    assert set(keys(Poller(family, "mentions").all())) == {family.first.id}
    assert len([path for path in asked if path.endswith("/context")]) == 3


def watch(fake: Fake, asked: list[str]) -> Callable[[Call], Reply]:
    """Note each call, for as long as there are any."""

    def noting(call: Call) -> Reply:
        asked.append(call.path)
        reply = fake.api.answer(call)
        fake.api.next_reply = noting
        return reply

    return noting


def test_replies_of_one_page_share_what_is_learnt(fake: Fake) -> None:
    post = fake.server.say(fake.brand, "New timetable")
    for number in range(20):
        fake.server.say(fake.lena, f"@northwind {number}", parent=post.id)
    asked: list[str] = []
    fake.api.next_reply = watch(fake, asked)
    found = keys(Poller(fake, "mentions").all(2))

    assert len(set(found)) == 21, "below our own post each has a thread"
    assert len([path for path in asked if path.endswith("/context")]) == 1


def test_a_reply_to_the_second_post_of_our_thread_is_the_customers(fake: Fake) -> None:
    first = fake.server.say(fake.brand, "1/2 Strike on Friday")
    second = fake.server.say(fake.brand, "2/2 Rebook here", parent=first.id)
    lena = fake.server.say(fake.lena, "@northwind how?", parent=second.id)
    tom = fake.server.say(fake.server.join("tom"), "@northwind and me?", parent=second.id)

    assert keys(Poller(fake, "mentions").all())[1:] == [lena.id, tom.id]
    assert keys(Poller(fake, "own").all()) == [first.id, first.id]


@pytest.mark.parametrize("status", [404, 500])
def test_a_thread_that_cannot_be_seen_holds_nothing_up(fake: Fake, status: int) -> None:
    post = fake.server.say(fake.lena, "lovely weather")
    fake.server.say(fake.lena, "@northwind is it?", parent=post.id)
    real = fake.api.answer

    def hiding(call: Call) -> Reply:
        return Reply(status, {"error": "x"}) if call.path.endswith("context") else real(call)

    fake.api.answer = hiding  # type: ignore[method-assign]
    assert keys(Poller(fake, "mentions").all())[1:] == [post.id]


def test_a_page_is_not_half_told_when_the_pace_is_over(fake: Fake) -> None:
    fake.server.say(fake.lena, "@northwind anyone?", parent=fake.first.id)
    poller = Poller(fake, "mentions")
    used = fake.api.used.get(fake.account.secrets["access"], 0)
    fake.api.limit = used + 2  # two pages are read, the thread cannot be asked for
    with pytest.raises(failures.Throttled):
        poller.once()
    assert poller.cursor is None
    fake.api.limit = 300
    assert len(texts(poller.all())) == 2


# --- the window ----------------------------------------------------------------------------------


def entries(*ids: int, version: int = 1) -> list[Entry]:
    return [Entry(str(n), f"s{n}", version, {}) for n in ids]


def test_a_cursor_comes_back_as_it_was() -> None:
    told = window.told(
        Window("5"), [*entries(7, 8), Entry("9", "9", 2**41, {}), Entry("10", "", 0, {})]
    )
    told = replace(told, further="8", unmet=frozenset({"s7"}))
    assert window.loaded(window.dumped(told), "") == told
    assert told.newest == "10"


@pytest.mark.parametrize("cursor", [None, "", "x", "[]", "[1,2,3,4]", '["1","a b","",""]', "{}"])
def test_a_cursor_that_cannot_be_read_begins_again(cursor: str | None) -> None:
    assert window.loaded(cursor, "5") == Window("5")


def test_the_window_does_not_grow_with_the_brand() -> None:
    told = window.told(Window(), entries(*range(1000)))
    assert len(told.seen) == window.WATCHED
    assert len(window.dumped(told)) < 4_000


def test_ids_are_ordered_by_length_first() -> None:
    assert max(["9", "10"], key=window.order) == "10"
    news: list[Any] = window.after(entries(10, 9, 8), "8")
    assert [entry.id for entry in news] == ["9", "10"]

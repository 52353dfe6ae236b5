"""To answer, to ask, to be told: what is sent, what it costs, and whom X lets us answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from hearwell.connect import failures
from hearwell.connect.contract import Place
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Author,
    Draft,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    RawPage,
    Sent,
)
from hearwell.connect.terms import Charge
from hearwell.connectors.x.fake import Fake
from hearwell.connectors.x.fake_people import LENA, TOM, US
from hearwell.connectors.x.manifest import SELF_SERVE

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


def self_serve(fake: Fake) -> Account:
    return replace(fake.account, tier=SELF_SERVE)


def codes(fake: Fake, draft: Draft, account: Account | None = None) -> list[str]:
    found = fake.connector.preflight(account or fake.account, draft, NOW)
    return [one.code for one in found if one.blocking]


def items(fake: Fake, page: RawPage) -> list[Inbound]:
    return [item for raw in page.raws for item in fake.connector.parse(raw)]


# --- whom may be answered ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "stopped"),
    [(MessageKind.MENTION, False), (MessageKind.COMMENT, True), (MessageKind.POST, True)],
)
def test_self_serve_answers_only_who_calls(fake: Fake, kind: MessageKind, stopped: bool) -> None:
    draft = replace(fake.draft(), parent_kind=kind)
    assert codes(fake, draft, self_serve(fake)) == (["not_allowed"] if stopped else [])
    assert codes(fake, draft, replace(fake.account, tier="")) == codes(
        fake, draft, self_serve(fake)
    )
    assert not codes(fake, draft), "Enterprise is exempt"


def test_the_way_out_is_a_private_message(fake: Fake) -> None:
    draft = replace(fake.draft(), parent_kind=MessageKind.COMMENT)
    (problem,) = fake.connector.preflight(self_serve(fake), draft, NOW)
    assert problem.elsewhere == f"https://x.com/messages/compose?recipient_id={LENA}"
    private = replace(draft, audience=Audience.PRIVATE, thread_key=f"dm:{LENA}", parent_id=None)
    assert not codes(fake, private, self_serve(fake))


def test_where_nobody_knows_what_is_answered_x_has_the_say(fake: Fake) -> None:
    draft = replace(fake.draft(), parent_kind=None)
    assert not codes(fake, draft, self_serve(fake))
    fake.network.trouble = {"not_summoned"}
    with pytest.raises(failures.NotAllowed, match="mention"):
        fake.connector.send(fake.account, draft, "key")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": "$NWND and $LIS"}, "refused"),
        ({"text": "日" * 141, "initials": None}, "too_long"),
        ({"parent_id": None}, "target_gone"),
        ({"account": "1"}, "not_allowed"),
    ],
)
def test_what_else_is_stopped(fake: Fake, changes: dict[str, Any], code: str) -> None:
    assert codes(fake, replace(fake.draft(), **changes)) == [code]


def test_a_missing_right_is_called_by_its_name(fake: Fake) -> None:
    account = replace(fake.account, scopes=frozenset({"tweet.read", "tweet.write"}))
    private = replace(fake.draft(), audience=Audience.PRIVATE, thread_key=f"dm:{LENA}")
    (problem,) = fake.connector.preflight(account, private, NOW)
    assert "dm.write" in problem.message


def test_what_may_be_done_to_a_post(fake: Fake) -> None:
    answer, top = Place(Audience.PUBLIC, "1"), Place(Audience.PUBLIC, "2")
    connector, poor = fake.connector, self_serve(fake)
    assert connector.may(fake.account, Act.LIKE, "2", top)
    assert not connector.may(poor, Act.LIKE, "2", top)
    assert connector.may(poor, Act.HIDE, "2", answer)
    assert not connector.may(poor, Act.HIDE, "2", top)
    assert not connector.may(fake.account, Act.DELETE, "2", Place(Audience.PRIVATE))
    connector.act(poor, Act.HIDE, fake.first)
    connector.act(poor, Act.HIDE, fake.first)
    assert fake.network.hidden == {fake.first}
    connector.act(poor, Act.UNHIDE, fake.first)
    assert not fake.network.hidden


# --- what it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "price"),
    [
        ({}, "summoned_reply"),
        ({"parent_kind": MessageKind.COMMENT}, "create"),
        ({"text": "See northwind.com"}, "create_with_link"),
        ({"audience": Audience.PRIVATE, "text": "See northwind.com"}, "dm_send"),
    ],
)
def test_what_sending_will_cost(fake: Fake, changes: dict[str, Any], price: str) -> None:
    assert fake.connector.said(replace(fake.draft(), **changes)) == (Charge(price),)
    prices = {one.what: one.micros for one in fake.connector.manifest.prices}
    assert prices["create_with_link"] == 200_000
    assert price in prices


def test_a_poll_tells_what_it_cost_and_never_asks_twice(fake: Fake) -> None:
    page = fake.connector.poll(fake.account, "posts", None)
    assert page.charges == (Charge("post_read", 1), Charge("own_read", 1))
    again = fake.connector.poll(fake.account, "posts", page.cursor)
    assert again.raws == ()
    assert again.charges == ()


# --- what polls find -----------------------------------------------------------------------------


def test_deeper_answers_are_found_in_our_conversations(fake: Fake) -> None:
    page = fake.connector.poll(fake.account, "posts", None)
    below = fake.network.customer_says("Mine too", below=fake.network.ours, calls=False, person=TOM)
    deeper = fake.network.customer_says("And mine", below=below, calls=False)
    found = items(fake, fake.connector.poll(fake.account, "posts", page.cursor))
    assert {item.external_id for item in found} == {below, deeper}
    assert all(isinstance(i, InboundMessage) and i.kind is MessageKind.COMMENT for i in found)


def test_edits_and_deletions_are_found_when_known_posts_are_looked_at_again(fake: Fake) -> None:
    gone = fake.network.customer_says("Never mind")
    quiet = fake.network.customer_says("One bag")
    page = fake.connector.poll(fake.account, "posts", None)
    fake.network.deletes(gone)
    fake.network.edits(quiet, "Two bags, and nobody is called any more")
    early = fake.connector.poll(fake.account, "posts", page.cursor)
    assert not [i for i in items(fake, early) if isinstance(i, MessageDeleted)]
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=7), tick=False):
        found = items(fake, fake.connector.poll(fake.account, "posts", early.cursor))
    assert [i.external_id for i in found if isinstance(i, MessageDeleted)] == [gone]
    (edited,) = (i for i in found if isinstance(i, MessageEdited))
    assert (edited.external_id, edited.version) == (quiet, 2)


def test_a_cursor_that_cannot_be_read_begins_again(fake: Fake) -> None:
    assert items(fake, fake.connector.poll(fake.account, "posts", "{"))


def test_messages_are_told_once(fake: Fake) -> None:
    fake.network.customer_says("In private", private=True)
    page = fake.connector.poll(fake.account, "dms", None)
    assert page.charges == (Charge("dm_read", 1),)
    assert not fake.connector.poll(fake.account, "dms", page.cursor).raws
    deaf = replace(fake.account, scopes=frozenset({"tweet.read"}))
    assert fake.connector.streams(deaf) == ("posts",)


def test_where_x_calls_us_the_poll_only_looks_now_and_then(fake: Fake) -> None:
    called = replace(fake.account, settings={"ways": "webhook"})
    later = fake.connector.poll(called, "posts", None).poll_after
    assert later is not None
    assert later > datetime.now(UTC) + timedelta(minutes=10)


def test_the_posts_of_a_competitor(fake: Fake) -> None:
    theirs = fake.network.post(TOM, "Cheaper than ever")
    page = fake.connector.timeline(fake.account, "@tom", None)
    assert [item.external_id for item in items(fake, page)] == [theirs]
    assert page.charges == (Charge("post_read", 1),)


def test_what_a_competitor_answered_comes_along_and_costs_nothing(fake: Fake) -> None:
    asked = fake.network.post(LENA, "@tom where is my parcel?")
    answer = fake.network.post(TOM, "@lena on its way", below=asked)
    page = fake.connector.timeline(fake.account, "@tom", None)
    assert [item.external_id for item in items(fake, page)] == [answer, asked]
    assert page.charges == (Charge("post_read", 1),)


def test_one_post_and_one_that_is_gone(fake: Fake) -> None:
    assert fake.connector.fetch_one(fake.account, fake.first) is not None
    fake.network.trouble = {"error_in_200"}
    assert fake.connector.fetch_one(fake.account, fake.first) is None
    assert fake.connector.fetch_one(fake.account, "no id") is None


# --- sending -------------------------------------------------------------------------------------


def test_a_lost_answer_is_read_back_though_x_has_changed_the_words(fake: Fake) -> None:
    draft, since = replace(fake.draft(), text="We & you"), datetime.now(UTC)
    fake.network.trouble = {"lost_answer"}
    with pytest.raises(failures.OutcomeUnknown):
        fake.connector.send(fake.account, draft, "key")
    fake.network.trouble = set()
    found = fake.connector.find_sent(fake.account, draft, "key", since=since)
    assert isinstance(found, Sent)
    assert fake.network.posts[found.external_id]["text"] == "@lena We & you ^AB"


def test_a_private_message_goes_out_and_is_found(fake: Fake) -> None:
    fake.network.customer_says("In private", private=True)
    draft = Draft(
        text="We will write here.",
        audience=Audience.PRIVATE,
        account=US,
        thread_key=f"dm:{LENA}",
        to=Author(LENA),
    )
    since = datetime.now(UTC)
    sent = fake.connector.send(fake.account, draft, "key")
    assert fake.connector.find_sent(fake.account, draft, "key", since=since) == sent


def test_the_time_to_come_back_is_in_seconds_since_1970(fake: Fake) -> None:
    fake.network.trouble = {"throttled"}
    with pytest.raises(failures.Throttled) as slow:
        fake.connector.poll(fake.account, "posts", None)
    assert slow.value.retry_at is not None
    assert timedelta(0) < slow.value.retry_at - datetime.now(UTC) < timedelta(minutes=6)

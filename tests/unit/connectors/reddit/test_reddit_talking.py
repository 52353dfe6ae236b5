"""Polling, answering, acting, reading others: whatever Reddit does meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.contract import Place
from hearwell.connect.model import (
    Act,
    Audience,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Sent,
    Source,
)
from hearwell.connectors.reddit import fake_network as net
from hearwell.connectors.reddit.fake import Fake
from hearwell.connectors.reddit.wire import agent_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LENA = net.IDS[net.LENA]


def heard(
    fake: Fake, stream: str = "inbox", cursor: str | None = None, **settings: str
) -> tuple[list[Inbound], str | None]:
    account = replace(fake.account, settings={**fake.account.settings, **settings})
    page = fake.connector.poll(account, stream, cursor)
    return [item for raw in page.raws for item in fake.connector.parse(raw)], page.cursor


def sent(fake: Fake, **changes: Any) -> Sent:
    found = fake.connector.send(fake.account, replace(fake.draft(), **changes), "key-1")
    assert isinstance(found, Sent)
    return found


def found_again(fake: Fake, linked: set[str] | None = None, **changes: Any) -> Sent | None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    draft = replace(fake.draft(), **changes)
    return fake.connector.find_sent(fake.account, draft, "k", since=since, linked=linked or set())


# --- in ------------------------------------------------------------------------------------------


def test_a_poll_tells_once_and_goes_on(reddit: Fake) -> None:
    first, cursor = heard(reddit)
    assert [item.external_id for item in first] == [reddit.first]
    assert heard(reddit, cursor=cursor)[0] == []
    more = [reddit.network.customer_says(f"And {n}", below=reddit.post) for n in range(230)]
    again, cursor = heard(reddit, cursor=cursor)
    assert [item.external_id for item in again] == more
    assert heard(reddit, cursor=cursor)[0] == []


def test_the_newest_being_deleted_stops_nothing(reddit: Fake) -> None:
    """With Reddit's own ``before`` nothing would be found any more."""
    _, cursor = heard(reddit)
    del reddit.network.things[reddit.first]
    later = reddit.network.customer_says("A later one", below=reddit.post)
    assert [item.external_id for item in heard(reddit, cursor=cursor)[0]] == [later]


def test_edits_and_deletions_are_found_by_looking_again(reddit: Fake) -> None:
    other = reddit.network.customer_says("Anyone?", person=net.TOM, below=reddit.post)
    third = reddit.network.customer_says("Me too", person=net.TOM, below=reddit.post)
    _, cursor = heard(reddit)
    reddit.network.edits(reddit.first, "My blue bag")
    reddit.network.deletes(other)
    del reddit.network.things[third]
    items, cursor = heard(reddit, cursor=cursor)
    by_id = {item.external_id: item for item in items}
    assert isinstance(by_id[reddit.first], MessageEdited)
    assert isinstance(by_id[other], MessageDeleted)
    assert isinstance(by_id[third], MessageDeleted)
    assert heard(reddit, cursor=cursor)[0] == []


def test_what_was_said_before_it_was_connected_is_the_past(reddit: Fake) -> None:
    since = str(int(datetime.now(UTC).timestamp()) + 3600)
    items, cursor = heard(reddit, since=since)
    assert items == []
    reddit.network.edits(reddit.first, "Edited")
    assert heard(reddit, cursor=cursor, since=since)[0] == []


def test_mentions_private_messages_and_our_own_words(reddit: Fake) -> None:
    call = f"Ask u/{net.NAME}"
    post = reddit.network.customer_says("A question", subreddit=net.OTHER_SUBREDDIT)
    mention = reddit.network.customer_says(call, person=net.TOM, below=post)
    letter = reddit.network.customer_says("In private", private=True)
    inbox = {item.external_id for item in heard(reddit)[0]}
    assert inbox == {reddit.first, mention, letter}
    assert [item.external_id for item in heard(reddit, "mentions")[0]] == [mention]
    ours = sent(reddit).external_id
    echo = heard(reddit, "own")[0][0]
    assert isinstance(echo, InboundMessage)
    assert (echo.external_id, echo.is_echo) == (ours, True)
    assert echo.thread_key == f"{reddit.post}:{LENA}"


def test_a_subreddit_brings_only_what_has_our_words(reddit: Fake) -> None:
    account = replace(
        reddit.account,
        settings={**reddit.account.settings, "subreddits": "r/travel, northwind"},
        words=("northwind air",),
    )
    assert "watched" in reddit.connector.streams(account)
    assert "watched" not in reddit.connector.streams(reddit.account)
    post = reddit.network.customer_says("A question", subreddit=net.OTHER_SUBREDDIT)
    named = reddit.network.customer_says("Northwind Air lost it", below=post)
    reddit.network.customer_says("Something else", below=post)
    page = reddit.connector.poll(account, "watched", None)
    assert [raw.source for raw in page.raws] == [Source.SEARCH]
    assert [i.external_id for raw in page.raws for i in reddit.connector.parse(raw)] == [named]


def test_few_calls_left_are_left_for_people(reddit: Fake) -> None:
    reddit.network.trouble = {"few_calls_left"}
    page = reddit.connector.poll(reddit.account, "inbox", None)
    assert page.raws
    assert page.poll_after is not None
    assert timedelta(seconds=300) < page.poll_after - datetime.now(UTC) <= timedelta(seconds=312)


def test_seconds_left_have_a_fraction(reddit: Fake) -> None:
    reddit.network.trouble = {"throttled"}
    with pytest.raises(failures.Throttled) as refused:
        heard(reddit)
    assert refused.value.retry_at is not None
    wait = refused.value.retry_at - datetime.now(UTC)
    assert timedelta(seconds=41) < wait <= timedelta(seconds=42)


# --- out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (net.wrong("RATELIMIT", "…", ratelimit=539.2), 540),
        (net.wrong("RATELIMIT", "try again in 9 minutes."), 540),
        (net.wrong("RATELIMIT", "Take a break for 4 seconds"), 4),
        (net.wrong("RATELIMIT", "Einen Augenblick"), None),
    ],
)
def test_ratelimit_within_a_200(reddit: Fake, answer: httpx.Response, seconds: int | None) -> None:
    reddit.network.next_answer = lambda _: answer
    with pytest.raises(failures.Throttled) as refused:
        sent(reddit)
    at = refused.value.retry_at
    if seconds is None:
        assert at is None
    else:
        assert at is not None
        assert abs((at - datetime.now(UTC)).total_seconds() - seconds) < 2


def test_an_answer_is_shown_as_it_was_written(reddit: Fake) -> None:
    urn = sent(reddit).external_id
    data = reddit.network.things[urn]["data"]
    assert data["body"] == r"We have found it. \*Really\* \^AB"
    assert data["parent_id"] == reddit.first


def test_a_private_message_is_answered_in_private_without_initials(reddit: Fake) -> None:
    letter = reddit.network.customer_says("In private", private=True)
    draft = {"audience": Audience.PRIVATE, "thread_key": letter, "parent_id": letter}
    ours = sent(reddit, **draft).external_id
    data = reddit.network.things[ours]["data"]
    assert data["body"] == r"We have found it. \*Really\*"
    assert data["first_message_name"] == letter
    assert found_again(reddit, **draft) is not None


def test_a_lost_answer_is_found_again(reddit: Fake) -> None:
    reddit.network.trouble = {"lost_answer"}
    with pytest.raises(failures.OutcomeUnknown):
        sent(reddit)
    reddit.network.trouble = set()
    found = found_again(reddit)
    assert found is not None
    assert found_again(reddit, {found.external_id}) is None
    assert found_again(reddit, text="Other words") is None
    assert found_again(reddit, parent_id=reddit.post) is None


def test_what_cannot_be_said_is_said_before(reddit: Fake) -> None:
    def problems(**changes: Any) -> list[str]:
        found = reddit.connector.preflight(reddit.account, replace(reddit.draft(), **changes), NOW)
        return [problem.code for problem in found]

    assert problems() == []
    assert problems(text=" ") == ["refused"]
    assert problems(thread_key="", parent_id=None) == ["target_gone"]
    # A comment cannot be answered in private from here.
    assert problems(audience=Audience.PRIVATE) == ["target_gone"]
    assert problems(text="x" * 10_000, initials=None) == []
    assert problems(text="x" * 9_999 + "*", initials=None) == ["too_long"]


def test_acts_and_moderation(reddit: Fake) -> None:
    act, account, place = reddit.connector.act, reddit.account, Place(Audience.PUBLIC)
    for what, vote in ((Act.LIKE, 1), (Act.LIKE, 1), (Act.UNLIKE, 0)):
        act(account, what, reddit.first)
        assert reddit.network.votes[reddit.first] == vote
    act(account, Act.HIDE, reddit.first)
    assert reddit.network.things[reddit.first]["data"]["banned_by"] == net.NAME
    act(account, Act.UNHIDE, reddit.first)
    assert reddit.network.things[reddit.first]["data"]["banned_by"] is None
    ours = sent(reddit).external_id
    act(account, Act.DELETE, ours)
    act(account, Act.DELETE, ours)
    with pytest.raises(failures.TargetGone):
        act(account, Act.LIKE, ours)
    with pytest.raises(failures.TargetGone):
        act(account, Act.HIDE, "t4_k1")
    assert reddit.connector.may(account, Act.HIDE, reddit.first, place)
    plain = replace(account, settings={"name": net.NAME})
    assert not reddit.connector.may(plain, Act.HIDE, reddit.first, place)
    assert reddit.connector.may(plain, Act.LIKE, reddit.first, place)
    assert not reddit.connector.may(account, Act.LIKE, "t4_k1", place)


# --- looking -------------------------------------------------------------------------------------


def test_one_thing_is_fetched(reddit: Fake) -> None:
    ours = sent(reddit).external_id
    for ref in (reddit.first, reddit.post, ours):
        raw = reddit.connector.fetch_one(reddit.account, ref)
        assert raw is not None
        assert [item.external_id for item in reddit.connector.parse(raw)] == [ref]
    reddit.network.deletes(reddit.first)
    for ref in (reddit.first, "t1_k9", "t4_k1", "x", "t1_../x"):
        assert reddit.connector.fetch_one(reddit.account, ref) is None


def test_a_timeline_is_asked_for_by_the_name_that_it_gives(reddit: Fake) -> None:
    reddit.network.customer_says("Late", person=net.TOM)
    page = reddit.connector.timeline(reddit.account, net.TOM, None)
    item = reddit.connector.parse(page.raws[0])[0]
    assert isinstance(item, InboundMessage)
    assert not reddit.connector.takes_ids
    assert reddit.connector.timeline(reddit.account, item.author.handle, None).raws
    assert reddit.connector.called(item.author.handle) == f"u/{net.TOM}"


def test_timelines_and_searches(reddit: Fake) -> None:
    said = [reddit.network.customer_says(f"Late {n}", person=net.TOM) for n in range(130)]
    cursor, found = None, []
    for _ in range(2):
        page = reddit.connector.timeline(reddit.account, f"u/{net.TOM}", cursor)
        found += [i.external_id for raw in page.raws for i in reddit.connector.parse(raw)]
        cursor = page.cursor
    assert found == said[::-1]
    assert cursor is None
    page = reddit.connector.search(reddit.account, "Late 77", None)
    assert [i.external_id for raw in page.raws for i in reddit.connector.parse(raw)] == [said[77]]
    for nobody in ("nobody", "../x", ""):
        with pytest.raises(failures.TargetGone):
            reddit.connector.timeline(reddit.account, nobody, None)


def test_every_call_says_who_calls() -> None:
    assert agent_of("northwind_care") == "web:org.hearwell.care:v1 (by /u/northwind_care)"
    assert agent_of("a\r\nx: y") == "web:org.hearwell.care:v1 (by /u/axy)"
    assert agent_of("") == "web:org.hearwell.care:v1 (by /u/unknown)"

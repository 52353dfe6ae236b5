"""Polling, answering, acting: once, on the right thing, whatever LinkedIn does meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.contract import Place
from hearwell.connect.model import Act, Audience, Inbound, InboundMessage, Sent
from hearwell.connectors.linkedin import fake_network as net
from hearwell.connectors.linkedin.fake import Fake, raw_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def heard(fake: Fake, cursor: str | None = None) -> tuple[list[Inbound], str | None]:
    page = fake.connector.poll(fake.account, "notifications", cursor)
    return [item for raw in page.raws for item in fake.connector.parse(raw)], page.cursor


def sent(fake: Fake, **changes: Any) -> Sent:
    found = fake.connector.send(fake.account, replace(fake.draft(), **changes), "key-1")
    assert isinstance(found, Sent)
    return found


def found_again(fake: Fake, linked: set[str] | None = None, **changes: Any) -> Sent | None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    draft = replace(fake.draft(), **changes)
    return fake.connector.find_sent(fake.account, draft, "k", since=since, linked=linked or set())


def test_a_poll_tells_once_and_goes_on(fake: Fake) -> None:
    first, cursor = heard(fake)
    assert [item.external_id for item in first] == [fake.first]
    assert heard(fake, cursor)[0] == []
    more = [fake.network.customer_says(f"And {n}") for n in range(130)]
    again, cursor = heard(fake, cursor)
    assert [item.external_id for item in again] == more
    assert heard(fake, cursor)[0] == []
    assert heard(fake, "not a cursor")[0]


def test_what_appears_late_is_still_found(fake: Fake) -> None:
    """LinkedIn shows a notification after a later one."""
    fake.network.customer_says("A later one")
    late = fake.network.notices.pop(0)
    _, cursor = heard(fake)
    fake.network.notices.append(late)
    again, _ = heard(fake, cursor)
    assert [item.external_id for item in again] == [fake.first]


def test_words_that_were_left_out_are_asked_for(fake: Fake) -> None:
    fake.network.trouble = {"bare"}
    urn = fake.network.customer_says("With words")
    again, _ = heard(fake)
    assert [i.text for i in again if isinstance(i, InboundMessage) and i.external_id == urn] == [
        "With words"
    ]


def test_calls_come_twice_and_out_of_order(fake: Fake) -> None:
    fake.network.trouble = {"duplicates", "reordered"}
    fake.network.edits(fake.first, "Another text")
    calls = [raw_of(request) for request in fake.network.deliveries()]
    for raw in calls:
        assert fake.ingress is not None
        fake.connector.verify(raw, fake.ingress)
        assert fake.connector.route(raw) == [net.PAGE]
    keys = [item.dedup_key for raw in calls for item in fake.connector.parse(raw)]
    assert len(keys) == 4
    assert len(set(keys)) == 2


def test_an_answer_goes_below_the_first_comment(fake: Fake) -> None:
    thanks = fake.network.customer_says("Thanks", below=fake.first)
    urn = sent(fake, parent_id=thanks).external_id
    comment = fake.network.comments[urn]
    assert comment["parentComment"] == fake.first
    # Comments are plain: what is escaped would be shown with its backslashes.
    assert comment["message"]["text"] == "We have found it. (Really_) ^AB"
    assert comment["actor"] == net.PAGE


def test_should_comments_become_little_text_a_setting_says_so(fake: Fake) -> None:
    settings = {**fake.account.settings, "comment_text": "little"}
    account = replace(fake.account, settings=settings)
    urn = fake.connector.send(account, fake.draft(), "k")
    assert isinstance(urn, Sent)
    assert fake.network.comments[urn.external_id]["message"]["text"] == (
        r"We have found it. \(Really\_\) ^AB"
    )


def test_a_mention_is_answered_below_the_post(fake: Fake) -> None:
    share = fake.network.customer_says(
        "Look @[Northwind](urn:li:organization:71000001)", mention=True
    )
    comment = fake.network.comments[sent(fake, thread_key=share, parent_id=share).external_id]
    assert comment["object"] == share
    assert "parentComment" not in comment


def test_a_lost_answer_is_found_and_not_sent_again(fake: Fake) -> None:
    fake.network.trouble = {"lost_answer"}
    with pytest.raises(failures.OutcomeUnknown):
        sent(fake)
    fake.network.trouble = set()
    found = found_again(fake)
    assert found is not None
    assert found_again(fake, {found.external_id}) is None
    assert found_again(fake, text="Other words") is None
    with pytest.raises(failures.Duplicate) as refused:
        sent(fake)
    assert refused.value.existing == found.external_id
    assert (
        found_again(fake, parent_id="urn:li:comment:(urn:li:activity:1,2)", thread_key="") is None
    )


def test_what_cannot_be_said_is_said_before(fake: Fake) -> None:
    def problems(**changes: Any) -> list[str]:
        found = fake.connector.preflight(fake.account, replace(fake.draft(), **changes), NOW)
        return [problem.code for problem in found]

    assert problems() == []
    assert problems(text=" ") == ["refused"]
    assert problems(audience=Audience.PRIVATE) == ["not_allowed"]
    assert problems(thread_key="", parent_id=None) == ["target_gone"]
    assert problems(text="x" * 1247) == ["too_long"]
    assert problems(text="x" * 1246) == []
    assert problems(text="😡" * 625, initials=None) == []
    assert problems(text="😡" * 626, initials=None) == ["too_long"]


def test_acts(fake: Fake) -> None:
    act, account = fake.connector.act, fake.account
    for what, left in ((Act.LIKE, 1), (Act.LIKE, 1), (Act.UNLIKE, 0), (Act.UNLIKE, 0)):
        act(account, what, fake.first)
        assert len(fake.network.liked) == left
    ours = sent(fake).external_id
    act(account, Act.DELETE, ours)
    act(account, Act.DELETE, ours)
    assert ours not in fake.network.comments
    with pytest.raises(failures.NotAllowed):
        act(account, Act.HIDE, fake.first)
    with pytest.raises(failures.NotAllowed):
        act(account, Act.DELETE, net.SHARE)
    with pytest.raises(failures.TargetGone):
        act(account, Act.LIKE, "nothing")
    place = Place(Audience.PUBLIC)
    assert fake.connector.may(account, Act.DELETE, fake.first, place)
    assert not fake.connector.may(account, Act.DELETE, net.SHARE, place)
    assert not fake.connector.may(account, Act.HIDE, fake.first, place)


def test_one_thing_is_fetched(fake: Fake) -> None:
    share = fake.network.customer_says("A post", mention=True)
    for ref in (fake.first, share):
        raw = fake.connector.fetch_one(fake.account, ref)
        assert raw is not None
        assert fake.connector.route(raw) == [net.PAGE]
        assert [item.external_id for item in fake.connector.parse(raw)] == [ref]
    fake.network.deletes(fake.first)
    assert fake.connector.fetch_one(fake.account, fake.first) is None
    assert fake.connector.fetch_one(fake.account, "nothing") is None
    fake.network.trouble = {"access_withdrawn"}
    assert fake.connector.fetch_one(fake.account, share) is None


def test_quotas_begin_anew_at_midnight_in_utc(fake: Fake) -> None:
    fake.network.trouble = {"throttled"}
    with pytest.raises(failures.QuotaExhausted) as refused:
        heard(fake)
    reset_at = refused.value.reset_at
    assert reset_at is not None
    assert (reset_at.hour, reset_at.minute) == (0, 0)
    assert timedelta(0) < reset_at - datetime.now(UTC) <= timedelta(days=1)


def test_a_named_wait_is_believed(fake: Fake) -> None:
    headers = {"retry-after": "7"}
    fake.network.next_answer = lambda _: httpx.Response(429, headers=headers)
    with pytest.raises(failures.Throttled) as refused:
        sent(fake)
    assert refused.value.retry_at is not None
    assert refused.value.retry_at - datetime.now(UTC) <= timedelta(seconds=7)


def test_identity_is_the_page_or_not_ours(fake: Fake) -> None:
    assert fake.connector.identity(fake.account) == net.PAGE
    fake.network.trouble = {"role_lost"}
    assert fake.connector.identity(fake.account) == net.OTHER_PAGE

"""Reviews with their stars, one answer each, and what is said when access was never granted."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.contract import Place
from hearwell.connect.health import HealthState
from hearwell.connect.model import (
    Act,
    Audience,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Nudge,
    Receipt,
    ReceiptState,
    Sent,
    Source,
)
from hearwell.connectors.google import fake_doors
from hearwell.connectors.googlereviews import fake_network, places
from hearwell.connectors.googlereviews.fake import Fake
from hearwell.connectors.googlereviews.fake_network import ACCOUNT, SUBSCRIPTION, TOPIC
from hearwell.connectors.googlereviews.manifest import PUBSUB_SCOPE, SCOPE


@pytest.fixture
def fake() -> Fake:
    return Fake()


def look(fake: Fake, cursor: str | None, place: str = "2001") -> tuple[list[Inbound], str | None]:
    page = fake.connector.poll(fake.account, place, cursor)
    return [item for raw in page.raws for item in fake.connector.parse(raw)], page.cursor


def test_a_review_has_its_stars_and_its_place(fake: Fake) -> None:
    items, cursor = look(fake, None)
    (review,) = [one for one in items if isinstance(one, InboundMessage)]
    assert (review.rating, review.subject, review.kind.value) == (4, "Northwind Lisbon", "review")
    assert not look(fake, cursor)[0]


def test_stars_without_words_are_a_review(fake: Fake) -> None:
    name = fake.network.customer_says("", stars=1, place="2002")
    items, _ = look(fake, None, "2002")
    assert [(one.external_id, getattr(one, "rating", None)) for one in items] == [(name, 1)]


def test_changed_stars_are_a_version(fake: Fake) -> None:
    _, cursor = look(fake, None)
    fake.network.edits(fake.first, "They called me back", stars=5)
    items, _ = look(fake, cursor)
    (edit,) = [one for one in items if isinstance(one, MessageEdited)]
    assert (edit.text, edit.rating) == ("They called me back", 5)
    assert edit.version > 1


def test_a_review_that_vanished_is_gone_and_one_pushed_out_of_sight_is_not(fake: Fake) -> None:
    second = fake.network.customer_says("Fine", stars=3)
    _, cursor = look(fake, None)
    for number in range(60):
        fake.network.customer_says(f"Review {number}")
    items, cursor = look(fake, cursor)
    assert not [one for one in items if isinstance(one, MessageDeleted)]
    fake.network.deletes(second)
    newest = list(fake.network.reviews)[-1]
    fake.network.deletes(newest)
    items, cursor = look(fake, cursor)
    gone = [one.external_id for one in items if isinstance(one, MessageDeleted)]
    assert gone == [newest]
    assert not look(fake, cursor)[0]


def test_every_review_of_a_long_past_is_read_as_history(fake: Fake) -> None:
    for number in range(120):
        fake.network.customer_says(f"Review {number}")
    since = (fake.network.now + timedelta(minutes=1)).isoformat()
    account = replace(fake.account, settings={**fake.account.settings, "since": since})
    page = fake.connector.poll(account, "2001", None)
    assert len(page.raws) == 121
    assert {raw.source for raw in page.raws} == {Source.IMPORT}


def test_another_answer_takes_the_place_of_the_first(fake: Fake) -> None:
    draft = fake.draft()
    first = fake.connector.send(fake.account, draft, "k1")
    again = fake.connector.send(fake.account, draft, "k2")
    assert isinstance(first, Sent)
    assert isinstance(again, Sent)
    assert first.external_id == again.external_id
    _, cursor = look(fake, None)
    other = fake.connector.send(fake.account, replace(draft, text="We are sorry."), "k3")
    items, _ = look(fake, cursor)
    told = {one.external_id for one in items if isinstance(one, InboundMessage) and one.is_echo}
    gone = {one.external_id for one in items if isinstance(one, MessageDeleted)}
    assert isinstance(other, Sent)
    assert (told, gone) == ({other.external_id}, {first.external_id})
    assert fake.connector.manifest.replaces_answers


@pytest.mark.parametrize(
    ("state", "violation", "expected", "words"),
    [
        ("APPROVED", "", ReceiptState.DELIVERED, ""),
        ("REJECTED", "SOLICITATION", ReceiptState.FAILED, "SOLICITATION"),
    ],
)
def test_moderation_is_told_as_a_receipt(
    fake: Fake, state: str, violation: str, expected: ReceiptState, words: str
) -> None:
    fake.network.trouble = {fake_network.PENDING}
    sent = fake.connector.send(fake.account, fake.draft(), "k")
    items, cursor = look(fake, None)
    assert not [one for one in items if isinstance(one, Receipt)]
    fake.network.moderates(fake.first, state, violation)
    items, _ = look(fake, cursor)
    (receipt,) = [one for one in items if isinstance(one, Receipt)]
    assert isinstance(sent, Sent)
    assert (receipt.target_id, receipt.state) == (sent.external_id, expected)
    assert words in receipt.reason


def test_only_our_answers_can_be_taken_back(fake: Fake) -> None:
    sent = fake.connector.send(fake.account, fake.draft(), "k")
    assert isinstance(sent, Sent)
    place = Place(Audience.PUBLIC, fake.first)
    assert fake.connector.may(fake.account, Act.DELETE, sent.external_id, place)
    assert not fake.connector.may(fake.account, Act.DELETE, fake.first, place)
    fake.connector.act(fake.account, Act.DELETE, sent.external_id)
    assert "reviewReply" not in fake.network.reviews[fake.first]
    with pytest.raises(failures.NotAllowed):
        fake.connector.act(fake.account, Act.DELETE, fake.first)


def test_the_limit_is_in_bytes(fake: Fake) -> None:
    at = fake.network.now
    fits = replace(fake.draft(), text="ü" * 2_048)
    assert not fake.connector.preflight(fake.account, fits, at)
    (problem,) = fake.connector.preflight(fake.account, replace(fits, text="ü" * 2_049), at)
    assert (problem.code, "2 bytes" in problem.message) == ("too_long", True)


@pytest.mark.parametrize(
    ("trouble", "check", "words"),
    [
        (fake_network.NO_QUOTA, "scopes", "quota is 0"),
        (fake_doors.NO_ACCESS, "scopes", "not switched on"),
        (fake_doors.NO_SCOPE, "scopes", SCOPE),
        (fake_doors.TOKEN_EXPIRED, "credentials", "renewed"),
        (fake_doors.OUTAGE, "reach", "cannot be reached"),
    ],
)
def test_health_says_what_is_missing(fake: Fake, trouble: str, check: str, words: str) -> None:
    fake.network.trouble = {trouble}
    found = fake.connector.health(fake.account).checks[-1]
    assert found.name == check
    assert words in found.message


def test_health_tells_of_a_new_location(fake: Fake) -> None:
    assert fake.connector.health(fake.account).state is HealthState.OK
    fewer = replace(fake.account, settings={"locations": json.dumps({"2001": "Lisbon"})})
    found = fake.connector.health(fewer).checks[-1]
    assert (found.name, found.state) == ("subscription", HealthState.WARNING)


def test_an_unverified_location_is_said_in_words(fake: Fake) -> None:
    fake.network.trouble = {fake_network.UNVERIFIED}
    with pytest.raises(failures.NotAllowed, match="not verified"):
        fake.connector.send(fake.account, fake.draft(), "k")


def test_pub_sub_rings_and_is_not_believed_any_further(fake: Fake) -> None:
    settings = {**fake.account.settings, "topic": TOPIC, "subscription": SUBSCRIPTION}
    account = replace(fake.account, settings=settings)

    async def first() -> object:
        async for said in fake.connector.listen(account):
            return said
        return None

    assert isinstance(asyncio.run(first()), Nudge)
    assert not fake.network.rings
    body = next(json.loads(one.content) for one in fake.network.calls if one.method == "PATCH")
    assert body["pubsubTopic"] == TOPIC


def test_without_a_subscription_there_is_nothing_to_listen_to(fake: Fake) -> None:
    async def heard() -> list[object]:
        return [said async for said in fake.connector.listen(fake.account)]

    assert asyncio.run(heard()) == []


def test_consent_brings_the_business_and_its_locations(fake: Fake) -> None:
    given = {"client_id": fake_doors.CLIENT, "client_secret": fake_doors.CLIENT_SECRET}
    given |= {places.IN_ACCOUNT: "1001", "topic": TOPIC, "subscription": SUBSCRIPTION}
    left = fake.connector.begin(given, "https://care.example/back", "s1")
    assert PUBSUB_SCOPE in parse_qs(urlsplit(left.url).query)["scope"][0]
    back = fake.network.handle(httpx.Request("GET", left.url))
    query = {k: v[0] for k, v in parse_qs(urlsplit(back.headers["location"]).query).items()}
    done = fake.connector.finish(left.keep, query, "https://care.example/back")
    assert (done.external_id, done.handle) == (ACCOUNT, "Northwind")
    assert tuple(fake.connector.streams(done.account)) == ("2001", "2002")
    wrong = {**left.keep, places.IN_ACCOUNT: "9"}
    with pytest.raises(FieldRefused, match="Northwind"):
        fake.connector.finish(wrong, query, "https://care.example/back")

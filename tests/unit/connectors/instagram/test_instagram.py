"""Instagram: what deliveries mean, bytes and windows, both ways of signing in, extension."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import Connected
from hearwell.connect.contract import Place
from hearwell.connect.health import HealthState
from hearwell.connect.model import (
    Act,
    Audience,
    Author,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageKind,
    Receipt,
    ReceiptState,
)
from hearwell.connectors.instagram.fake import Fake
from hearwell.connectors.instagram.fake_network import ACCOUNT, LENA, NAME, Network

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "instagram"
KEY, RETURN = "0199a000-0000-7000-8000-000000000001", "https://care.example/back/"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def fake() -> Fake:
    return Fake()


def _items(fake: Fake, name: str) -> list[Inbound]:
    return fake.connector.parse(fake.raw((PAYLOADS / f"{name}.json").read_bytes()))


def _said(fake: Fake, name: str) -> InboundMessage:
    item = _items(fake, name)[0]
    assert isinstance(item, InboundMessage)
    return item


def test_comments_their_replies_and_ours_are_one_thread(fake: Fake) -> None:
    told = [_said(fake, name) for name in ("comment", "reply", "our_own_reply")]
    assert {one.thread_key for one in told} == {"1790101"}
    assert [one.is_echo for one in told] == [False, False, True]


def test_a_comment_on_an_ad_is_told_twice_and_is_one(fake: Fake) -> None:
    assert len({one.dedup_key for one in _items(fake, "comment_on_an_ad_twice")}) == 1


def test_stories_are_named(fake: Fake) -> None:
    answer, mention = _said(fake, "answer_to_a_story"), _said(fake, "mentioned_in_a_story")
    assert (answer.subject, mention.subject) == ("Answer to your story", "Mentioned you in a story")
    assert answer.media[0].url == "https://cdn.example/story.jpg"
    assert mention.media[0].url == "https://cdn.example/theirs.jpg"


def test_what_is_unsent_must_be_purged(fake: Fake) -> None:
    gone = _items(fake, "unsent")[0]
    assert isinstance(gone, MessageDeleted)
    assert (gone.must_purge, gone.external_id) == (True, "aWdfZAG-1")


def test_a_mention_without_words_says_so_and_a_tag_brings_them(fake: Fake) -> None:
    named = _items(fake, "mentions")[1]
    assert isinstance(named, InboundMessage)
    assert (named.kind, named.text) == (MessageKind.MENTION, "")
    assert "Open it on Instagram" in named.subject
    tagged = _items(fake, "polled")[2]
    assert isinstance(tagged, InboundMessage)
    assert (tagged.external_id, tagged.version) == (named.external_id, 2)
    assert tagged.thread_key == named.thread_key


def test_ours_is_known_by_name_in_lists(fake: Fake) -> None:
    polled = [one for one in _items(fake, "polled") if isinstance(one, InboundMessage)]
    assert [one.is_echo for one in polled] == [False, True, False, True]


def test_seen(fake: Fake) -> None:
    seen = _items(fake, "seen_and_reacted")[0]
    assert isinstance(seen, Receipt)
    assert (seen.state, seen.target_id) == (ReceiptState.READ, "aWdfZAG-6")


@pytest.mark.parametrize(
    ("text", "is_fine"),
    [
        ("x" * 1000, True),
        ("x" * 1001, False),
        ("ü" * 500, True),
        ("ü" * 501, False),
        ("👍" * 250, True),
        ("👍" * 251, False),
        ("م" * 500 + "x", False),
    ],
    ids=lambda value: repr(value)[:6],
)
def test_a_private_message_takes_a_thousand_bytes(fake: Fake, text: str, is_fine: bool) -> None:
    draft = fake.private()
    found = fake.connector.preflight(fake.account, replace(draft, text=text), NOW)
    assert [one.code for one in found] == ([] if is_fine else ["too_long"])
    if is_fine:
        fake.connector.send(fake.account, replace(draft, text=text), KEY)


def test_the_window_is_told(fake: Fake) -> None:
    late = replace(fake.private(), parent_seen_at=NOW - timedelta(hours=30))
    found = fake.connector.preflight(fake.account, late, NOW)
    assert [one.code for one in found] == ["window_closed"]
    allowed = replace(fake.account, settings={**fake.account.settings, "human_agent": "1"})
    assert fake.connector.preflight(allowed, late, NOW) == []


def test_a_reply_to_a_reply_goes_below_the_first_comment(fake: Fake) -> None:
    deeper = fake.network.customer_says("me too", to=fake.first)
    fake.connector.send(fake.account, fake.draft(parent_id=deeper), KEY)
    assert fake.network.calls[-1].path == f"{fake.first}/replies"


def test_a_mention_is_answered_where_it_stands(fake: Fake) -> None:
    draft = fake.draft(parent_id="1800101", thread_key="mention:1800001")
    fake.connector.send(fake.account, draft, KEY)
    call = fake.network.calls[-1]
    assert call.path == f"{ACCOUNT}/mentions"
    assert (call.fields["media_id"], call.fields["comment_id"]) == ("1800001", "1800101")


def test_one_private_answer_to_a_comment(fake: Fake) -> None:
    thread = fake.connector.private_thread(fake.account, fake.first, Author(LENA["id"]))
    assert thread is not None
    draft = replace(fake.private(), parent_id=fake.first, thread_key=thread.key)
    fake.connector.send(fake.account, draft, KEY)
    assert fake.connector.parse(fake.delivered()[-1])[0].thread_key == thread.key
    with pytest.raises(failures.NotAllowed, match="one private answer"):
        fake.connector.send(fake.account, draft, KEY)


def test_a_doubtful_private_message_is_found(fake: Fake) -> None:
    fake.connector.send(fake.account, fake.private(), KEY)
    since = datetime.now(UTC) - timedelta(minutes=1)
    found = fake.connector.find_sent(fake.account, fake.private(), KEY, since=since)
    assert found is not None
    linked = {found.external_id}
    assert not fake.connector.find_sent(
        fake.account, fake.private(), KEY, since=since, linked=linked
    )


def test_acts_but_no_like(fake: Fake) -> None:
    fake.connector.act(fake.account, Act.HIDE, fake.first)
    assert fake.network.items[fake.first]["is_hidden"] is True
    public = Place(Audience.PUBLIC)
    assert fake.connector.may(fake.account, Act.HIDE, fake.first, public)
    assert not fake.connector.may(fake.account, Act.LIKE, fake.first, public)
    with pytest.raises(failures.NotAllowed):
        fake.connector.act(fake.account, Act.LIKE, fake.first)


# --- the account ---------------------------------------------------------------------------------


def _connect(fake: Fake, way: str) -> Connected:
    app = fake.network.app
    given = {"way": way, "app_id": app.id, "app_secret": app.secret, "meta_app_id": app.id}
    going = fake.connector.begin({**given, "meta_app_secret": app.secret}, RETURN, "s")
    back = fake.network.handle(httpx.Request("GET", going.url)).headers["location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    return fake.connector.finish(going.keep, query, RETURN)


@pytest.mark.parametrize("way", ["facebook", "instagram"])
def test_both_ways_lead_to_the_account(fake: Fake, way: str) -> None:
    connected = _connect(fake, way)
    assert (connected.external_id, connected.handle) == (ACCOUNT, NAME)
    assert fake.connector.identity(connected.account) == ACCOUNT
    assert fake.ingress is not None
    fake.connector.subscribe(connected.account, "https://care.example/hooks/x", fake.ingress)
    health = fake.connector.health(connected.account)
    assert [one.state for one in health.checks] == [HealthState.OK] * 6
    assert (health.expires_at is not None) == (way == "instagram")
    assert ("tags" in fake.connector.streams(connected.account)) == (way == "facebook")
    sent = fake.connector.send(connected.account, fake.private(), KEY)
    assert fake.connector.parse(fake.delivered()[-1])[0].external_id == sent.external_id  # type: ignore[union-attr]


def test_a_token_is_extended_before_it_ends(fake: Fake) -> None:
    connected = _connect(fake, "instagram")
    soon = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    account = replace(connected.account, secrets={**connected.secrets, "expires_at": soon})
    with pytest.raises(failures.NeedsReauth, match="extended"):
        fake.connector.poll(account, "media", None)
    fresh = fake.connector.refresh(account)
    assert fresh["token"] != account.secrets["token"]
    assert fresh["app_secret"] == account.secrets["app_secret"]
    assert fake.connector.poll(replace(account, secrets=fresh), "media", None).raws


def test_a_dead_token_and_a_pages_cannot_be_extended(fake: Fake) -> None:
    connected = _connect(fake, "instagram")
    fake.network.trouble = {"token_expired"}
    with pytest.raises(failures.NeedsReauth):
        fake.connector.refresh(connected.account)
    with pytest.raises(failures.NeedsReauth):
        fake.connector.refresh(fake.account)


def test_health_names_the_missing_permission(fake: Fake) -> None:
    fake.network.scopes.discard("instagram_manage_messages")
    told = {one.name: one.message for one in fake.connector.health(fake.account).checks}
    assert "instagram_manage_messages" in told["scopes"]
    connected = _connect(fake, "instagram")
    lacking = replace(connected.account, scopes=frozenset({"instagram_business_basic"}))
    told = {one.name: one.message for one in fake.connector.health(lacking).checks}
    assert "instagram_business_manage_messages" in told["scopes"]


def test_a_lost_comment_and_a_late_reply_are_found_by_asking(fake: Fake) -> None:
    page = fake.connector.poll(fake.account, "media", None)
    fake.network.now += timedelta(hours=2)
    late = fake.network.customer_says("And now?", to=fake.first)
    second = fake.connector.poll(fake.account, "media", page.cursor)
    found = [item.external_id for raw in second.raws for item in fake.connector.parse(raw)]
    assert found == [fake.first, late]


def test_every_trouble_shows(fake: Fake) -> None:
    wanted: dict[str, type[failures.Failure]] = {
        "token_expired": failures.NeedsReauth,
        "permission_missing": failures.ScopeMissing,
        "throttled": failures.Throttled,
        "outage": failures.OutcomeUnknown,
        "error_in_200": failures.Refused,
        "version_withdrawn": failures.Refused,
        "restricted": failures.AccountDisabled,
        "window_closed": failures.WindowClosed,
    }
    for name, failure in wanted.items():
        fake.network.trouble = {name}
        with pytest.raises(failure):
            fake.connector.send(fake.account, fake.private(), KEY)
    assert set(Network.TROUBLES) == {*wanted, "duplicates", "reordered", "hook_disabled"}

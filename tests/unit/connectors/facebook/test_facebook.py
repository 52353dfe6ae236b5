"""Facebook: what deliveries mean, what goes out and how, what is too late, who may be connected."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.connect import failures
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.contract import Place
from hearwell.connect.health import HealthState
from hearwell.connect.model import (
    Act,
    Audience,
    Author,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Reacted,
    Receipt,
    Sent,
    Unknown,
)
from hearwell.connectors.facebook.fake import Fake
from hearwell.connectors.facebook.fake_network import LENA, NAME, PAGE, POST, Network
from hearwell.connectors.meta.fake_graph import escaped
from hearwell.connectors.meta.hook import HEADER

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "facebook"
KEY = "0199a000-0000-7000-8000-000000000001"
RETURN = "https://care.example/settings/networks/return/"


@pytest.fixture
def fake() -> Fake:
    return Fake()


def _items(fake: Fake, name: str) -> list[object]:
    return [*fake.connector.parse(fake.raw((PAYLOADS / f"{name}.json").read_bytes()))]


def _said(fake: Fake, name: str) -> InboundMessage:
    item = _items(fake, name)[0]
    assert isinstance(item, InboundMessage)
    return item


# --- in ------------------------------------------------------------------------------------------


def test_a_comment_and_what_is_below_it_are_one_thread(fake: Fake) -> None:
    comment, reply = _said(fake, "comment"), _said(fake, "reply_to_comment")
    assert comment.text.endswith("äöå 👩‍👧")
    assert (comment.kind, comment.audience) == (MessageKind.COMMENT, Audience.PUBLIC)
    assert comment.thread_key == reply.thread_key == "5001_101"
    assert (reply.parent_id, reply.root_id) == ("5001_101", POST)
    assert comment.author == Author("7001", "", "Lena Vik")


def test_a_visitors_post_is_its_own_thread(fake: Fake) -> None:
    post = _said(fake, "visitor_post")
    assert (post.kind, post.thread_key, post.is_echo) == (MessageKind.POST, f"{PAGE}_5002", False)


def test_our_own_post_is_an_echo(fake: Fake) -> None:
    assert _said(fake, "our_own_post").is_echo


def test_edits_order_themselves_and_deletions_are_told(fake: Fake) -> None:
    edit, gone = _items(fake, "comment_edited")[0], _items(fake, "comment_removed")[0]
    assert isinstance(edit, MessageEdited)
    assert edit.version == 1796000100
    assert isinstance(gone, MessageDeleted)
    assert gone.thread_key == edit.thread_key


def test_reviews_say_whether_they_recommend(fake: Fake) -> None:
    review = _said(fake, "recommendation")
    assert (review.kind, review.rating) == (MessageKind.REVIEW, None)
    assert review.subject == "Does not recommend you"
    first, edited = _items(fake, "rating_with_stars_edited")
    assert isinstance(first, InboundMessage)
    assert first.rating == 2
    assert isinstance(edited, MessageEdited)
    assert edited.external_id == first.external_id


def test_a_mention_gets_its_words_when_they_are_known(fake: Fake) -> None:
    bare, told = _items(fake, "mention")
    assert isinstance(bare, InboundMessage)
    assert isinstance(told, InboundMessage)
    assert (bare.version, bare.text, told.version) == (1, "", 2)
    polled = _items(fake, "polled_rest")[0]
    assert isinstance(polled, InboundMessage)
    assert (polled.external_id, polled.version) == (bare.external_id, 2)


def test_echoes_carry_our_key_or_are_from_another_app(fake: Fake) -> None:
    ours, other = _said(fake, "echo_of_ours"), _said(fake, "echo_of_another_app")
    assert (ours.is_echo, ours.echo_key) == (True, KEY)
    assert (other.is_echo, other.echo_key) == (True, None)
    assert ours.thread_key == other.thread_key == "dm:7001"


def test_receipts_reactions_and_the_unknown(fake: Fake) -> None:
    assert isinstance(_items(fake, "receipts")[0], Receipt)
    assert [one.reaction for one in _items(fake, "reaction") if isinstance(one, Reacted)] == [
        "angry",
        "",
    ]
    assert all(isinstance(one, Unknown) for one in _items(fake, "referral_and_types_of_tomorrow"))
    assert isinstance(_items(fake, "comment_hidden")[0], Unknown)


def test_one_app_brings_news_of_many_pages(fake: Fake) -> None:
    raw = fake.raw((PAYLOADS / "two_pages.json").read_bytes())
    assert fake.connector.route(raw) == [PAGE, "1784002"]
    assert [item.account for item in fake.connector.parse(raw)] == [PAGE, "1784002"]


_READER = Fake()
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["message", "mid", "item", "verb", "value", "from", "id", "text"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(change=_JSON, event=_JSON, polled=st.sampled_from(["feed", "tagged", "ratings", "x"]))
def test_anything_is_read_or_refused(change: object, event: object, polled: str) -> None:
    entry = {"id": PAGE, "time": 1796000000, "changes": [{"field": "feed", "value": change}]}
    entries = [entry, {"id": PAGE, "messaging": [event]}]
    entries.append({"id": PAGE, "time": 1, "polled": polled, "data": [change]})
    for one in entries:
        raw = _READER.raw(json.dumps({"object": "page", "entry": [one]}).encode())
        try:
            _READER.connector.parse(raw)
        except failures.ContractChanged:
            continue


def test_polls_go_on_from_where_they_stood(fake: Fake) -> None:
    page = fake.connector.poll(fake.account, "feed", None)
    keys = {item.dedup_key for raw in page.raws for item in fake.connector.parse(raw)}
    assert f"{fake.first}:1" in keys
    fake.network.now += timedelta(hours=2)
    newer = fake.network.customer_says("And again")
    second = fake.connector.poll(fake.account, "feed", page.cursor)
    third = fake.connector.poll(fake.account, "feed", second.cursor)
    items = [item for raw in third.raws for item in fake.connector.parse(raw)]
    assert [item.external_id for item in items] == [POST, newer]


# --- out -----------------------------------------------------------------------------------------


def _sent(fake: Fake) -> dict[str, object]:
    return dict(fake.network.calls[-1].fields)


def test_a_private_message_carries_our_key_and_its_echo_brings_it_back(fake: Fake) -> None:
    sent = fake.connector.send(fake.account, fake.private(), KEY)
    assert isinstance(sent, Sent)
    echo = fake.connector.parse(fake.delivered()[-1])[0]
    assert isinstance(echo, InboundMessage)
    assert (echo.external_id, echo.is_echo, echo.echo_key) == (sent.external_id, True, KEY)
    found = fake.connector.find_sent(fake.account, fake.private(), KEY, since=sent.at)
    assert found is not None
    assert found.external_id == sent.external_id


def test_a_comment_is_answered_in_private_once(fake: Fake) -> None:
    thread = fake.connector.private_thread(fake.account, fake.first, Author(LENA["id"]))
    assert thread is not None
    draft = replace(fake.private(), parent_id=fake.first, thread_key=thread.key)
    fake.connector.send(fake.account, draft, KEY)
    assert _sent(fake)["recipient"] == {"comment_id": fake.first}
    echo = fake.connector.parse(fake.delivered()[-1])[0]
    assert echo.thread_key == thread.key
    with pytest.raises(failures.NotAllowed, match="one private answer"):
        fake.connector.send(fake.account, draft, KEY)


def test_nobody_is_answered_in_private_whom_we_do_not_know(fake: Fake) -> None:
    connector, account = fake.connector, fake.account
    assert connector.private_thread(account, "5001_1", Author("unknown:5001_1")) is None
    assert connector.private_thread(account, "m_1", Author("7001")) is None


NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "has_right", "codes"),
    [
        (timedelta(hours=23), False, []),
        (timedelta(hours=24), False, []),
        (timedelta(hours=25), False, ["window_closed"]),
        (timedelta(hours=25), True, []),
        (timedelta(days=7), True, []),
        (timedelta(days=8), True, ["window_closed"]),
    ],
)
def test_windows(fake: Fake, age: timedelta, has_right: bool, codes: list[str]) -> None:
    right = {"human_agent": "1"} if has_right else {}
    account = replace(fake.account, settings={**fake.account.settings, **right})
    draft = replace(fake.private(), parent_seen_at=NOW - age)
    found = fake.connector.preflight(account, draft, NOW)
    assert [one.code for one in found] == codes
    assert all(one.blocking and "write again" in one.message for one in found)


def test_a_closed_window_says_what_the_app_could_ask_for(fake: Fake) -> None:
    late = replace(fake.private(), parent_seen_at=NOW - timedelta(days=2))
    assert "Human Agent" in fake.connector.preflight(fake.account, late, NOW)[0].message
    later = replace(late, parent_seen_at=NOW - timedelta(days=9))
    assert "Human Agent" not in fake.connector.preflight(fake.account, later, NOW)[0].message


def test_a_comment_can_be_answered_in_private_for_a_week(fake: Fake) -> None:
    draft = replace(
        fake.private(), parent_id=fake.first, parent_seen_at=NOW - timedelta(days=6, hours=23)
    )
    assert fake.connector.preflight(fake.account, draft, NOW) == []
    late = replace(draft, parent_seen_at=NOW - timedelta(days=7, hours=1))
    assert [one.code for one in fake.connector.preflight(fake.account, late, NOW)] == [
        "window_closed"
    ]


def test_what_only_a_person_may_say_is_tagged(fake: Fake) -> None:
    fresh = replace(fake.private(), parent_seen_at=datetime.now(UTC))
    fake.connector.send(fake.account, fresh, KEY)
    assert _sent(fake)["messaging_type"] == "RESPONSE"
    old = replace(fresh, parent_seen_at=datetime.now(UTC) - timedelta(days=3))
    fake.connector.send(fake.account, old, KEY)
    assert (_sent(fake)["messaging_type"], _sent(fake)["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_a_message_takes_2000_units_and_a_public_answer_its_initials(fake: Fake) -> None:
    check = fake.connector.preflight
    assert check(fake.account, replace(fake.private(), text="x" * 2000), NOW) == []
    assert check(fake.account, replace(fake.private(), text="👍" * 1001), NOW)
    fake.connector.send(fake.account, fake.draft(), KEY)
    assert fake.network.items[f"5001_{fake.network._number}"]["message"] == "We have found it. ^AB"


def test_acts(fake: Fake) -> None:
    item = fake.network.items[fake.first]
    for act, name, value in (
        (Act.HIDE, "is_hidden", True),
        (Act.UNHIDE, "is_hidden", False),
        (Act.LIKE, "is_liked", True),
        (Act.UNLIKE, "is_liked", False),
    ):
        fake.connector.act(fake.account, act, fake.first)
        assert item[name] is value
    for _ in range(2):
        fake.connector.act(fake.account, Act.DELETE, fake.first)
    assert fake.first not in fake.network.items
    public, private = Place(Audience.PUBLIC), Place(Audience.PRIVATE)
    assert fake.connector.may(fake.account, Act.HIDE, "5001_101", public)
    assert not fake.connector.may(fake.account, Act.HIDE, "m_1", private)


def test_fetching_one(fake: Fake) -> None:
    raw = fake.connector.fetch_one(fake.account, fake.first)
    assert raw is not None
    item = fake.connector.parse(raw)[0]
    assert (item.external_id, item.dedup_key) == (fake.first, f"{fake.first}:1")
    assert fake.connector.fetch_one(fake.account, "5001_999") is None


# --- the account ---------------------------------------------------------------------------------


def _given(network: Network, **more: str) -> dict[str, str]:
    return {"app_id": network.app.id, "app_secret": network.app.secret, "page": "", **more}


def test_connecting_takes_the_persons_page(fake: Fake) -> None:
    network, connector = fake.network, fake.connector
    going = connector.begin(_given(network, human_agent="1"), RETURN, "state-1")
    assert going.url.startswith("https://www.facebook.com/")
    assert "pages_messaging" in parse_qs(urlsplit(going.url).query)["scope"][0]
    back = network.handle(httpx.Request("GET", going.url)).headers["location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    assert query["state"] == "state-1"
    connected = connector.finish(going.keep, query, RETURN)
    assert (connected.external_id, connected.handle) == (PAGE, NAME)
    assert connected.ingress is not None
    assert connected.ingress.signing == (network.app.secret,)
    assert connected.settings["human_agent"] == "1"
    assert connector.health(connected.account).checks[-1].name == "quota"


def test_saying_no_and_a_wrong_app_are_told_where_they_belong(fake: Fake) -> None:
    with pytest.raises(failures.NeedsReauth, match="did not agree"):
        fake.connector.finish(_given(fake.network), {"error": "access_denied"}, RETURN)
    with pytest.raises(FieldRefused, match="number"):
        fake.connector.begin(_given(fake.network) | {"app_id": "northwind"}, RETURN, "s")


def test_health_names_the_missing_permission(fake: Fake) -> None:
    fake.network.scopes -= {"pages_messaging", "pages_show_list"}
    health = {one.name: one for one in fake.connector.health(fake.account).checks}
    assert health["scopes"].state is HealthState.BAD
    assert "pages_messaging" in health["scopes"].message
    assert "pages_show_list" in health["scopes"].message


def test_a_webhook_that_was_switched_off_is_noticed_and_switched_on(fake: Fake) -> None:
    def called() -> HealthState:
        return {one.name: one.state for one in fake.connector.health(fake.account).checks}[
            "subscription"
        ]

    assert called() is HealthState.WARNING
    assert fake.ingress is not None
    fake.connector.subscribe(fake.account, "https://care.example/hooks/x", fake.ingress)
    assert called() is HealthState.OK
    assert fake.network.hook["verify_token"] == fake.ingress.challenge
    fake.network.trouble.add("hook_disabled")
    assert called() is HealthState.WARNING
    fake.connector.subscribe(fake.account, "https://care.example/hooks/x", fake.ingress)
    assert called() is HealthState.OK
    for _ in range(2):
        fake.connector.unsubscribe(fake.account)
    assert called() is HealthState.WARNING


# --- troubles ------------------------------------------------------------------------------------


def test_every_trouble_has_a_sentence_and_shows(fake: Fake) -> None:
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
        assert fake.connector.health(fake.account).checks
    assert set(Network.TROUBLES) == {*wanted, "duplicates", "reordered", "hook_disabled"}
    assert all(text.endswith(".") for text in Network.TROUBLES.values())


def test_a_dead_token_comes_to_life_by_connecting_again(fake: Fake) -> None:
    fake.network.trouble = {"token_expired"}
    assert fake.connector.health(fake.account).state is HealthState.BAD
    again = fake.connector.finish(_given(fake.network), {"code": "c"}, RETURN)
    assert fake.connector.identity(again.account) == PAGE


def test_deliveries_are_signed_doubled_and_disordered(fake: Fake) -> None:
    network = Network()
    for text in ("one", "two"):
        network.customer_says(text)
    network.trouble = {"duplicates", "reordered"}
    sent = network.deliveries()
    assert len(sent) == 6
    assert b"two" in sent[0].content
    raw = fake.raw(sent[0].content)
    assert raw.headers[HEADER] == sent[0].headers[HEADER]
    network.customer_says("three")
    network.trouble = {"hook_disabled"}
    assert network.deliveries() == []


def test_an_unsent_message_must_be_purged(fake: Fake) -> None:
    ref = fake.network.customer_says("psst", private=True)
    fake.network.deletes(ref)
    gone = fake.connector.parse(fake.raw(escaped(fake.network.told[-1])))[0]
    assert isinstance(gone, MessageDeleted)
    assert gone.must_purge

"""What servers send becomes the contract's items."""

from __future__ import annotations

import copy
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Reacted,
    Source,
    Unknown,
)
from hearwell.connectors.mastodon.fake import Fake, envelope
from hearwell.connectors.mastodon.parse import parse
from tests.many import many

PAYLOADS = Path(__file__).parents[3] / "conformance" / "payloads" / "mastodon"
BRAND, LENA = "northwind@social.example", "lena@people.example"


def raw(body: bytes) -> Raw:
    return Raw("GET", "https://social.example/x", {}, body, datetime.now(UTC), Source.POLL)


def recorded(name: str) -> list[Inbound]:
    return parse(raw((PAYLOADS / f"{name}.json").read_bytes()))


def message(name: str) -> InboundMessage:
    return next(item for item in recorded(name) if isinstance(item, InboundMessage))


def marked(item: InboundMessage | MessageEdited) -> list[tuple[str, str, str]]:
    return [(item.text[e.start : e.end], e.kind, e.target) for e in item.entities]


def test_a_mention() -> None:
    item = message("mention")

    assert item.text == "@northwind my bag stayed in Lisbon"
    assert item.author == Author(LENA, LENA, "Lena Hoff", followers=0)
    assert (item.kind, item.audience) == (MessageKind.MENTION, Audience.PUBLIC)
    assert item.thread_key == item.root_id == item.external_id
    assert item.addressed_to == (BRAND,)
    assert item.account == BRAND
    assert item.version == 1
    assert item.permalink == f"https://people.example/@lena/{item.external_id}"
    assert marked(item) == [("@northwind", "mention", BRAND)]


def test_a_warning_stands_in_front_and_links_keep_their_place() -> None:
    item = message("warning_links_tags")

    assert item.text.startswith("Content warning: lost luggage, grumpy\n\n@northwind ")
    assert (
        "\n\nSee https://northwind.example/baggage/status?tag=LIS4711&lang=en please." in item.text
    )
    assert marked(item) == [
        ("@northwind", "mention", BRAND),
        (
            "https://northwind.example/baggage/status?tag=LIS4711&lang=en",
            "link",
            "https://northwind.example/baggage/status?tag=LIS4711&lang=en",
        ),
        ("#LostBag", "tag", "lostbag"),
    ]
    # Nobody of that name is known: plain words.
    assert "@tom@other.example My bag" in item.text


@pytest.mark.parametrize("name", ["private", "followers_only"])
def test_what_not_everybody_reads_is_private_and_one_thread_a_person(name: str) -> None:
    item = message(name)

    assert (item.kind, item.audience) == (MessageKind.DM, Audience.PRIVATE)
    assert item.thread_key == f"dm:{LENA}"


def test_an_edit_is_told_beside_the_message_as_it_is_now() -> None:
    edit, item = recorded("edited")

    assert isinstance(edit, MessageEdited)
    assert isinstance(item, InboundMessage)
    assert edit.text == item.text == "@northwind my booking is ABC124"
    assert edit.version == item.version == int(edit.edited_at.timestamp() * 1000)
    assert edit.edited_at > item.occurred_at
    assert edit.dedup_key != item.dedup_key


def test_below_our_own_post_each_customer_has_a_thread() -> None:
    question, answer = recorded("below_our_post")

    assert isinstance(question, InboundMessage)
    assert isinstance(answer, InboundMessage)
    assert question.thread_key == answer.thread_key == question.external_id
    assert question.root_id == answer.root_id != question.external_id
    assert (question.is_echo, answer.is_echo) == (False, True)
    assert answer.text == "Yes, it will. ^ML"
    assert answer.entities == ()


def test_reactions() -> None:
    like, boost, follow, emoji = recorded("reactions")

    assert isinstance(like, Reacted)
    assert isinstance(boost, Reacted)
    assert isinstance(follow, Reacted)
    assert isinstance(emoji, Reacted)
    assert [one.reaction for one in (like, boost, follow, emoji)] == [
        "like", "repost", "follow", "❤️",
    ]  # fmt: skip
    assert follow.target_id == BRAND
    assert like.actor.external_id == LENA


def test_media_with_what_they_show() -> None:
    assert message("media_with_alt_text").media == (
        Media(
            "image", "https://files.people.example/1/bag.jpg",
            alt="A blue suitcase with a broken wheel",
        ),
        Media("video", "https://files.people.example/2.mp4"),
        Media("file", "https://files.people.example/3.bin"),
    )  # fmt: skip


def test_a_quote_is_shown_once() -> None:
    item = message("quote")

    assert item.text == "@northwind is this true?"
    (quote,) = item.media
    assert quote.kind == "quote"
    assert quote.alt == "@northwind: New winter timetable: more seats to Oslo and Faro."


def test_the_choices_of_a_poll_are_part_of_it() -> None:
    assert message("poll").text == "@northwind what would you do?\n\n○ Wait\n○ Call"


def test_rich_markup_is_text_and_links_say_where_they_lead() -> None:
    item = message("rich_markup")

    assert item.text == (
        "@northwind I really need your page (https://evil.example/login):\n\n"
        "• bag\n• seat & meal\n\n> we care\n\nPNR  ABC"
    )
    assert marked(item)[1][1:] == ("link", "https://evil.example/login")


def test_deletions_and_types_of_tomorrow() -> None:
    (gone,) = recorded("gone")
    assert isinstance(gone, MessageDeleted)
    assert not gone.must_purge

    unknown, update = recorded("types_of_tomorrow")
    assert isinstance(unknown, Unknown)
    assert unknown.type_name == "severed_relationships"
    # A status that we are called in was changed: its newest text is told.
    assert isinstance(update, InboundMessage)


def status(fake: Fake, **changes: Any) -> dict[str, Any]:
    return fake.server.show_status(fake.first, fake.brand) | changes


def items(fake: Fake, **changes: Any) -> list[Inbound]:
    return parse(raw(envelope(fake.account, statuses=[status(fake, **changes)])))


def test_what_we_do_not_know_to_be_public_is_private(fake: Fake) -> None:
    for visibility in ("mutuals_only", "local", None, [], {}):
        (item,) = items(fake, visibility=visibility)
        assert isinstance(item, InboundMessage)
        assert item.audience is Audience.PRIVATE
    for visibility in ("public", "unlisted"):
        (item,) = items(fake, visibility=visibility)
        assert isinstance(item, InboundMessage)
        assert item.audience is Audience.PUBLIC


def test_those_who_take_part_make_a_private_thread_whoever_writes(fake: Fake) -> None:
    tom = fake.server.join("tom")
    theirs = fake.server.say(fake.lena, "@northwind @tom hello", visibility="direct")
    ours = fake.server.say(
        fake.brand, "@lena@people.example @tom hi", visibility="direct", parent=theirs.id
    )
    shown = [fake.server.show_status(one, fake.brand) for one in (theirs, ours)]
    question, answer = parse(raw(envelope(fake.account, statuses=shown)))

    assert tom.acct == "tom"
    assert question.thread_key == answer.thread_key == f"dm:{LENA},tom@social.example"
    assert isinstance(answer, InboundMessage)
    assert answer.is_echo
    assert answer.text == "hi"


def test_the_warning_we_repeat_is_not_our_words(fake: Fake) -> None:
    said = fake.server.say(
        fake.brand, "@lena@people.example so sorry", warning="grumpy", parent=fake.first.id
    )
    announced = fake.server.say(fake.brand, "Strike on Friday", warning="bad news")
    shown = [fake.server.show_status(one, fake.brand) for one in (said, announced)]
    answer, post = parse(raw(envelope(fake.account, statuses=shown)))

    assert isinstance(answer, InboundMessage)
    assert isinstance(post, InboundMessage)
    assert answer.text == "so sorry"
    assert post.text == "Content warning: bad news\n\nStrike on Friday"


def test_a_boost_has_no_words_of_its_own(fake: Fake) -> None:
    (item,) = items(fake, reblog=status(fake))
    assert isinstance(item, Unknown)


def test_an_edit_of_what_does_not_concern_us_is_none_of_our_business(fake: Fake) -> None:
    other = fake.server.say(fake.lena, "lovely weather")
    entry = {
        "id": "9", "type": "update", "created_at": "2026-11-22T08:00:00.000Z",
        "account": status(fake)["account"], "status": fake.server.show_status(other, fake.brand),
    }  # fmt: skip
    (item,) = parse(raw(envelope(fake.account, notifications=[entry])))
    assert isinstance(item, Unknown)


@pytest.mark.parametrize(
    "change",
    [
        {"id": None}, {"id": 7}, {"content": None}, {"created_at": "yesterday"},
        {"created_at": "2026-11-22T08:00:00"}, {"account": None}, {"account": {"acct": "@"}},
        {"edited_at": "soon"}, {"created_at": "0001-01-01T00:00:00+23:59"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_to_be_so(fake: Fake, change: dict[str, Any]) -> None:
    with pytest.raises(ContractChanged):
        items(fake, **change)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b'{"account": "brand"}', b'{"account": "a@b"}',
        b'{"account": "a@b", "statuses": {}}', b'{"account": "a@b", "gone": [1]}',
        b'{"account": "a@b", "statuses": [], "places": {"1": {"root": 1}}}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_delivery(body: bytes) -> None:
    with pytest.raises(ContractChanged):
        parse(raw(body))


def test_what_orjson_refuses_is_read_all_the_same() -> None:
    """Some servers send a lone surrogate; it is stored as U+FFFD later on."""
    body = (PAYLOADS / "mention.json").read_bytes().replace(b"my bag", rb"my \ud800 bag")
    (item,) = parse(raw(body))
    assert isinstance(item, InboundMessage)
    assert "\ud800" in item.text


RECORDED = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.json"))]
ODD: list[Any] = [
    None, True, 0, -1, 2**70, 1e308, "", "x", "\ud800", "\x00", [], {}, [[]], {"id": 1}, [None],
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "<a href='x'>@<", "&#xD800;<br>",
]  # fmt: skip
JSON = st.recursive(
    st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def refuses_kindly(body: bytes) -> None:
    try:
        parse(raw(body))
    except ContractChanged:
        return


def _spot(value: Any, rng: random.Random) -> tuple[Any, Any]:
    """Some place in a value, as (holder, key): walk inwards, and stop somewhere."""
    while True:
        key = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        if not isinstance(value[key], dict | list) or not value[key] or rng.random() < 1 / 6:
            return value, key
        value = value[key]


def _torn(body: bytes, rng: random.Random) -> bytes:
    """A recording with up to three of its parts taken away or replaced: that reaches deep."""
    value = json.loads(body)
    for _ in range(rng.randint(1, 3)):
        if value:
            holder, key = _spot(value, rng)
            if isinstance(holder, dict) and rng.random() < 1 / 4:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(rng.choice(ODD))
    return json.dumps(value).encode()


# 10,000 cases in all. Each seed gives eight of them, for drawing is what takes the time.
@many(1_000)
@given(st.integers(0, 2**32))
def test_torn_recordings(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(8):
        refuses_kindly(_torn(rng.choice(RECORDED), rng))


@many(1_500)
@given(st.binary(max_size=100))
def test_any_bytes(body: bytes) -> None:
    refuses_kindly(body)


@many(500)
@given(JSON, st.sampled_from(["notifications", "statuses", "gone", "places"]))
def test_any_json(value: object, part: str) -> None:
    refuses_kindly(json.dumps({"account": BRAND, "gone": [], part: value}).encode())

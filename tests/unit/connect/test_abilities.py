"""What a network can do is read off its class and manifest, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hearwell.connect.abilities import Ability, Can, Group, plain_span, portrait_of
from hearwell.connect.contract import Connector, Moderates, Searches
from hearwell.connect.manifest import Changes, Idempotency, RateLimit, ReadBack, ReplyWindow
from hearwell.connect.model import Act, Audience
from hearwell.connect.registry import all_connectors
from hearwell.connect.textrule import Graphemes
from hearwell.connect.timelines import ReadsTimelines
from hearwell.connectors.archive.connector import ArchiveConnector
from hearwell.connectors.sandbox.connector import SandboxConnector
from tests.homing import Carrier, Homing


def said(connector: Connector, key: str) -> Ability:
    return next(one for one in portrait_of(connector).abilities if one.key == key)


def test_harbour_as_it_is():
    harbour = SandboxConnector()

    assert said(harbour, "reads").listed == ("posts", "comments", "mentions", "private messages")
    assert said(harbour, "private").can is Can.PARTLY
    assert said(harbour, "private").words % dict(said(harbour, "private").values) == (
        "Only for 7 days after the customer wrote."
    )
    assert said(harbour, "connect").words == "By a form, step by step."
    assert said(harbour, "timelines").can is Can.YES


def test_an_archive_can_only_be_read():
    portrait = portrait_of(ArchiveConnector())

    assert portrait.can("reads") is Can.YES
    assert not portrait.is_connectable
    assert not portrait.is_answerable
    assert {one.can for one in portrait.of(Group.ANSWERING)} == {Can.NO}


def test_a_capability_is_what_the_class_is():
    class Shepherd(Homing, Moderates, ReadsTimelines, Searches):
        acts = frozenset({Act.HIDE, Act.LIKE})

        def act(self, *args: object, **kwargs: object) -> None: ...

        def timeline(self, *args: object) -> None: ...  # type: ignore[override]

        def search(self, *args: object) -> None: ...  # type: ignore[override]

    plain, shepherd = portrait_of(Homing()), portrait_of(Shepherd())
    changed = {one.key for one in shepherd.abilities if plain.can(one.key) is not one.can}
    assert changed == {"hide", "like", "timelines", "search"}


def test_consent_is_said_and_so_is_who_switches_calls_on():
    assert "consent" in said(Carrier(), "connect").words
    assert said(Carrier(), "subscribe").can is Can.PARTLY
    assert said(Homing(), "subscribe").can is Can.YES


@pytest.mark.parametrize(
    ("change", "key", "can", "words"),
    [
        ({"edits": Changes.POLLED}, "edits", Can.PARTLY, "look again"),
        ({"idempotency": Idempotency.KEY}, "once", Can.YES, "drops a repeat"),
        ({"read_back": ReadBack.NONE}, "once", Can.PARTLY, "person"),
        (
            {"rates": (RateLimit("send", 30, 3600),)},
            "rate_0_send",
            Can.PARTLY,
            "30 calls in 1 hour for each account.",
        ),
        (
            {"windows": (ReplyWindow(Audience.PUBLIC, timedelta(hours=24)),)},
            "public",
            Can.PARTLY,
            "Only for 24 hours",
        ),
        (
            {"public_text": Graphemes(300, max_bytes=3000)},
            "public_length",
            Can.YES,
            "300 characters and 3000 bytes",
        ),
    ],
)
def test_limits_are_said_in_words(
    monkeypatch: pytest.MonkeyPatch, change: dict, key: str, can: Can, words: str
):
    monkeypatch.setattr(Homing, "manifest", replace(Homing.manifest, **change))
    ability = said(Homing(), key)

    assert ability.can is can
    assert words in ability.words % dict(ability.values)


def test_spans_are_told_in_their_largest_unit():
    assert plain_span(86_400 * 7) == ("%(n)s days", 7)
    assert plain_span(86_400) == ("%(n)s hours", 24)
    assert plain_span(3_600) == ("%(n)s hour", 1)
    assert plain_span(300) == ("%(n)s min", 5)
    assert plain_span(15) == ("%(n)s s", 15)


def test_every_sentence_of_every_connector_can_be_filled_in():
    for connector in all_connectors():
        for one in portrait_of(connector).abilities:
            assert one.title
            assert "%(" not in one.words % dict(one.values)

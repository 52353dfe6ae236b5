"""What is said before sending: windows, templates, lengths, files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hearwell.connect.attachments import Attachment
from hearwell.connect.templates import SETTING, Filled, Template, template_saying
from hearwell.connectors.whatsapp.fake import Fake
from hearwell.connectors.whatsapp.fake_templates import TEMPLATES
from hearwell.connectors.whatsapp.templates import kept_in, stored, usable

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BAG = Filled("bag_found", "en_US", (("header:1", "LIS"), ("body:1", "Lena"), ("body:2", "Lisbon")))
SAID = (
    "Your bag LIS\n\nHello Lena, your bag is in Lisbon. Shall we send it on?\n\nNorthwind Airways"
)


@pytest.fixture
def fake() -> Fake:
    return Fake()


def problems(fake: Fake, **changed: Any) -> list[str]:
    draft = replace(fake.draft(), **changed)
    return [one.code for one in fake.connector.preflight(fake.account, draft, NOW)]


@pytest.mark.parametrize(
    ("ago", "found"),
    [(timedelta(hours=23, minutes=59), []), (timedelta(hours=24), ["window_closed"]),
     (timedelta(days=9), ["window_closed"])],
)  # fmt: skip
def test_the_window_is_a_day(fake: Fake, ago: timedelta, found: list[str]) -> None:
    assert problems(fake, parent_seen_at=NOW - ago) == found
    assert problems(fake, parent_seen_at=NOW - ago, template=BAG, text=SAID) == []


def test_without_a_time_nobody_can_say(fake: Fake) -> None:
    assert problems(fake, parent_seen_at=None) == []


@pytest.mark.parametrize(
    "changed",
    [{"text": f"{SAID}!"}, {"text": "Something else"},
     {"template": Filled("gone", "en_US"), "text": "x"},
     {"template": replace(BAG, language="pt")},
     {"template": replace(BAG, values=BAG.values[:2])},
     {"media": (Attachment("image/png", "b.png", 1),)}],
)  # fmt: skip
def test_a_template_is_sent_word_for_word(fake: Fake, changed: dict[str, Any]) -> None:
    assert problems(fake, **{"template": BAG, "text": SAID, **changed}) == ["refused"]


@pytest.mark.parametrize("said", ["", "two\nlines", "a\ttab", "a     gap"])
def test_a_blank_takes_one_line(fake: Fake, said: str) -> None:
    values = (*BAG.values[:2], ("body:2", said))
    text = fake.connector.templates(fake.account)[0].text(dict(values))
    assert "refused" in problems(fake, template=replace(BAG, values=values), text=text)


@pytest.mark.parametrize(
    ("text", "media", "found"),
    [("x" * 4096, (), []), ("x" * 4097, (), ["too_long"]), ("👍" * 4096, (), []),
     ("x" * 1024, ("image/png",), []), ("x" * 1025, ("image/png",), ["too_long"]),
     ("x", ("audio/mpeg",), ["media_rejected"]), (" ", (), ["refused"])],
)  # fmt: skip
def test_lengths(fake: Fake, text: str, media: tuple[str, ...], found: list[str]) -> None:
    files = tuple(Attachment(mime, "f", 9) for mime in media)
    assert problems(fake, text=text, media=files) == found


@pytest.mark.parametrize(
    ("mime", "megabytes", "is_taken"),
    [("image/jpeg", 5, True), ("image/jpeg", 6, False), ("video/mp4", 16, True),
     ("video/mp4", 17, False), ("application/pdf", 100, True), ("application/pdf", 101, False)],
)  # fmt: skip
def test_sizes(fake: Fake, mime: str, megabytes: int, *, is_taken: bool) -> None:
    file = Attachment(mime, "f", megabytes * 1024 * 1024)
    assert (problems(fake, media=(file,)) == []) is is_taken


# --- templates ---------------------------------------------------------------------------------


def test_only_what_goes_with_words_alone_is_offered() -> None:
    assert [one.key for one in usable(TEMPLATES)] == [
        "bag_found:en_US", "order_news:de", "write_again:en_US",
    ]  # fmt: skip


def test_templates_survive_their_storage() -> None:
    found = usable(TEMPLATES)
    assert kept_in({SETTING: stored(found)}) == tuple(found)
    for broken in ("", "{", "[1]", '[{"x": 1}]', "null"):
        assert kept_in({SETTING: broken}) == ()


def test_a_template_knows_its_blanks_and_samples() -> None:
    bag, news, bare = usable(TEMPLATES)
    assert bag.blanks == ("header:1", "body:1", "body:2")
    assert dict(bag.samples) == {"header:1": "LIS 4711", "body:1": "Lena", "body:2": "Lisbon"}
    assert news.blanks == ("body:name", "body:booking")
    assert dict(news.samples)["body:booking"] == "NW 4711"
    assert bare.blanks == ()
    assert bag.text(dict(BAG.values)) == SAID
    assert "{{2}}" in bag.text({"body:1": "Lena"})


def test_words_are_known_again_as_the_template_they_are() -> None:
    templates = usable(TEMPLATES)
    assert template_saying(templates, f" {SAID}\n") == BAG
    assert template_saying(templates, templates[2].body) == Filled("write_again", "en_US")
    for other in (
        "Hello",
        f"{SAID} And more.",
        templates[0].text(),
        SAID.replace("Lena", "Le\nna"),
    ):
        assert template_saying(templates, other) is None


def test_a_blank_named_twice_is_said_alike() -> None:
    twice = Template("t", "en", "{{1}} is {{1}}, not {{2}}.")
    assert twice.blanks == ("body:1", "body:2")
    filled = twice.filled_as("A is A, not B.")
    assert filled
    assert filled.values == (("body:1", "A"), ("body:2", "B"))
    assert twice.filled_as("A is B, not C.") is None

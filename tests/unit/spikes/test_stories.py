"""Which story is it: copies, words that are new, and voices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.spikes.stories import (
    COPY_BITS,
    Said,
    copies,
    key_of,
    read,
    story_of,
    telling_words,
    voices,
    words_of,
)

ORDINARY = [
    "Can I take my bicycle on the flight to Oslo?",
    "Please send me the invoice for my trip",
    "Lovely crew, thank you so much",
    "My bag did not arrive, where is it",
    "When does check-in open for Lisbon?",
    "The seat was broken and the crew just shrugged",
] * 5


def before() -> list[frozenset[str]]:
    return [frozenset(words_of(text)) for text in ORDINARY]


def said(texts: list[str]) -> list[Said]:
    return [Said(text, f"a{n}") for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    "other",
    [
        "RT @NorthwindAir: Win two tickets to Bali with us, follow and retweet to take part today!",
        "Win two tickets to Bali with us, follow and retweet to take part today https://t.example/1",
        "win two tickets to bali with us - follow and retweet to take part now!!!",
    ],
)
def test_copies_have_almost_the_same_key(other: str) -> None:
    text = "Win two tickets to Bali with us, follow and retweet to take part today!"
    far = key_of(words_of(text)) ^ key_of(words_of(other))

    assert far.bit_count() <= COPY_BITS


def test_different_texts_have_different_keys() -> None:
    keys = [key_of(words_of(text)) for text in ORDINARY[:6]]

    assert copies(keys) == list(range(6))


def test_a_key_is_the_same_on_every_machine() -> None:
    assert key_of(["cannot", "check", "in"]) == 0x77B2_998E_256C_943E


def test_many_who_repeat_one_text_are_few_voices() -> None:
    authors = [f"bot{n}" for n in range(500)]

    assert voices(authors, [0] * 500) == 9
    assert voices(authors, range(500)) == 500
    assert voices(["one"] * 40, range(40)) == 1


def test_a_story_is_told_in_many_ways() -> None:
    texts = [
        "cannot pay with my card, checkout hangs",
        "Your checkout is broken!",
        "payment fails at the checkout since noon",
        "checkout does not work, tried two cards",
        "is the checkout down?",
        "Where is my bag?",
    ]
    story = story_of(read(said(texts)), before())

    assert story is not None
    assert story.words[0] == "checkout"
    assert story.places == (0, 1, 2, 3, 4)
    assert (story.voices, story.people) == (5, 5)


def test_ordinary_words_make_no_story() -> None:
    assert story_of(read(said(ORDINARY[:6])), before()) is None


def test_a_short_word_alone_is_no_story() -> None:
    texts = ["We have it", "They have nothing", "You have us", "I have had a day", "have a look"]
    assert story_of(read(said(texts)), before()) is None


def test_one_text_passed_on_is_a_story_of_few_voices() -> None:
    texts = ["RT @nw: Win two tickets to Bali, follow and retweet!"] * 60
    story = story_of(read(said(texts)), before())

    assert story is not None
    assert (story.people, story.copies) == (60, 59)
    assert story.voices < 8


def test_scripts_without_spaces_have_words() -> None:
    assert words_of("搭乗できない") == ["搭乗", "乗で", "でき", "きな", "ない"]
    texts = [
        "アプリで搭乗できない",
        "搭乗できないんですが",
        "搭乗できない！",
        "搭乗できない、助けて",
    ]
    story = story_of(read(said(texts)), before())

    assert story is not None
    assert story.people == 4


def test_without_a_past_only_long_words_tell() -> None:
    now = [frozenset(words_of("the app is down, payment fails")) for _ in range(5)]

    assert set(telling_words(now, [])) == {"payment", "fails"}


def test_pictures_and_emoji_are_no_copies_of_each_other() -> None:
    assert read(said(["", "😡", "", "👍"])).distinct == 4


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_text_can_be_read(texts: list[str]) -> None:
    reading = read(said(texts))
    story_of(reading, [])

    assert all(first <= place for place, first in enumerate(reading.copy_of))


def test_long_texts_take_bounded_work() -> None:
    assert len(words_of("word " * 50_000)) <= 500

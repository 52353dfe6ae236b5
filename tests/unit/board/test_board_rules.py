"""What an update is found by, and which text was told."""

from __future__ import annotations

import pytest

from hearwell.board.rules import (
    NothingNamedError,
    entities_in,
    is_unusual,
    key_of,
    pattern_of,
    reply_in,
    told_version,
)

LATE = "Flight NW 482 leaves at 14:10. We are sorry that you have to wait."


@pytest.mark.parametrize(
    ("one", "other"),
    [("NW 482", "nw482"), ("NW-482", "NW482"), ("NW\u00a0482", "nw 482"), ("ＮＷ４８２", "NW482")],
)
def test_spaces_hyphens_and_case_make_no_difference(one, other):
    assert key_of(one) == key_of(other)
    assert pattern_of(one) == pattern_of(other)


@pytest.mark.parametrize("nothing", ["", "--", "🙂", "…"])
def test_what_names_nothing_is_refused(nothing):
    with pytest.raises(NothingNamedError):
        pattern_of(nothing)


def test_what_is_typed_is_taken_apart_and_each_thing_is_taken_once():
    assert entities_in("NW 482, nw482\n Bordeaux ;12345،") == ["NW 482", "Bordeaux", "12345"]


@pytest.mark.parametrize(
    ("matched", "of", "is_so"),
    [(0, 0, True), (0, 9, True), (1, 9, False), (5, 10, False), (6, 10, True), (1, 1, True)],
)
def test_nothing_and_more_than_half_are_unusual(matched, of, is_so):
    assert is_unusual(matched, of) is is_so


def test_a_customer_is_told_in_their_language_else_in_ours():
    replies = {"en": "Late", "de": "Später", "fr": ""}
    assert reply_in(replies, "de") == ("de", "Später")
    assert reply_in(replies, "fr", "de") == ("de", "Später")
    assert reply_in(replies, "ja") == ("en", "Late")
    assert reply_in({"de": "Später"}, "ja") == ("de", "Später")
    assert reply_in({}, "en") == ("", "")


def test_versions_that_differ_by_a_time_of_day_are_told_apart():
    said = [(1, [LATE]), (2, [LATE.replace("14:10", "15:30")])]
    assert told_version(f"Hello Lena. {LATE} ^BB", said) == 1
    assert told_version(f"Hello. {LATE.replace('14:10', '15:30')}", said) == 2
    assert told_version("Your bag is in Oslo.", said) is None


def test_of_equal_texts_the_newest_was_told():
    assert told_version(LATE, [(1, [LATE]), (2, [LATE])]) == 2
    assert told_version("", [(1, [""])]) is None
    assert told_version("Late.", [(1, ["Late."])]) == 1
    assert told_version("You are late.", [(1, ["Late."])]) is None

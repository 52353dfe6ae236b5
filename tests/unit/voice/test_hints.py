"""Hints leave out only what could not match."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.voice import rules
from hearwell.voice.hints import hints_of
from tests.unit.voice.labelled import POSTS

CUES = [cue for *_rest, cue in (*rules._CUES, *rules._LINKS)]
PIECES = sorted({word for _label, text in POSTS for word in text.split()})


def lacking(text: str) -> list[str]:
    """Return the cues that are in a text although none of their hints is."""
    small = text.lower()
    return [
        cue.pattern for cue in CUES
        if cue.search(text) and not any(hint in small for hint in hints_of(cue.pattern))
    ]  # fmt: skip


def test_the_longest_of_a_row_counts_and_each_of_a_choice():
    assert hints_of(r"\bgift cards?\b|\bgutschein\w*") == {"gift card", "gutschein"}
    assert hints_of(r"\b(?:extra|bis zu) \d+ ?%") == {"extra", "bis zu"}
    assert hints_of(r"r(?:ä|ae)tsel") == {"tsel"}
    assert hints_of(r"(?:web)?shop|a{0,3}b|c+d|[€$]\d") == {"shop", "b", "c", "€", "$"}
    assert hints_of(r"\w+\.(?:de|com)/\S") == {"de", "com"}
    assert hints_of(r"\d\d|x?") == {""}


def test_every_cue_is_tried_where_it_is_found():
    assert [text for _label, text in POSTS if lacking(text) or lacking(text.upper())] == []


@settings(max_examples=60)
@given(st.data(), st.sampled_from(CUES))
def test_nothing_that_a_pattern_makes_is_without_a_hint(data, cue: re.Pattern[str]):
    found = data.draw(st.from_regex(cue))
    assert not rules.ODD.isdisjoint(found) or lacking(found) == []


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_it_tells_what_all_patterns_tell(text: str):
    every = [
        (place, (klass, weight, hit[0].strip()))
        for place, (klass, weight, cue) in enumerate(rules._CUES)
        if (hit := cue.search(text))
    ]  # fmt: skip
    assert rules._found(rules._CUES, rules._HINTED, text) == every
    odd = "ſ" + text
    assert len(list(rules._worth_a_try(rules._CUES, rules._HINTED, odd))) == len(rules._CUES)

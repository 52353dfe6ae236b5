"""Where quieting may begin, what is asked for first, and what a topic is found by."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
import pytest

from hearwell.triage.learning.fitting import quieting
from hearwell.triage.learning.limits import band_of
from hearwell.triage.learning.topics import Wanted, matcher_of
from hearwell.triage.learning.unshown import Seen, most_useful


def test_quieting_keeps_its_budget() -> None:
    answer = np.array([*np.linspace(0.0, 0.1, 100), *np.linspace(0.05, 1.0, 100)])
    is_owed = np.array([False] * 100 + [True] * 100)

    found = quieting(answer, is_owed, 0.02)

    assert (found.missed, found.answers) == (2, 100)
    assert 0.05 < found.threshold < 0.08
    assert found.quieted == int((answer <= found.threshold).sum())


def test_few_answers_allow_no_miss_and_more_than_half_is_never_quieted() -> None:
    answer = np.array([0.3, 0.9, 0.1])
    assert quieting(answer, np.array([True, True, False]), 0.02).missed == 0
    assert quieting(answer, np.array([False, False, False]), 0.02).threshold == 0.5
    assert quieting(np.array([]), np.array([], dtype=bool), 0.02).n == 0


@pytest.mark.parametrize(
    ("certainty", "band"), [(0.0, (0.0, 0.6)), (0.6, (0.6, 0.8)), (0.85, (0.8, 0.9))]
)
def test_bands_of_certainty(certainty: float, band: tuple[float, float]) -> None:
    assert band_of(certainty) == band


def test_one_is_in_the_highest_band() -> None:
    low, high = band_of(1.0)
    assert low == 0.9
    assert high > 1


def seen(text: str, certainty: float) -> Seen:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Seen(uuid4(), uuid4(), "Lena", text, "en", at, "question", certainty, ())


def test_of_each_story_one_and_the_frequent_first() -> None:
    often = [(seen("often", 0.5), 0b1111), (seen("often too", 0.5), 0b1110)]
    rare = (seen("rare", 0.4), 2**40 - 1)
    keyless = [(seen("no key", 0.55), None), (seen("no key", 0.55), None)]

    found = most_useful([rare, *often, *keyless], 3)

    assert [one.text for one in found] == ["often", "rare", "no key"]


def test_a_topic_is_found_by_runs_of_words_in_its_language() -> None:
    topics = matcher_of(
        [
            Wanted("Gepäck", ["Koffer", "verlorenes Gepäck"], "de"),
            Wanted("Card", ["gold card"]),
            Wanted("Nothing", ["…"]),
        ]
    )

    assert topics.topics_of("Mein KOFFER! Verlorenes  Gepäck", "de-AT") == ["Gepäck"]
    assert topics.topics_of("Koffer", "en") == []
    assert topics.topics_of("Koffer") == ["Gepäck"]
    assert topics.topics_of("my Gold-Card, the gold card") == ["Card"]
    assert topics.topics_of("gold, no card") == []


def test_topics_that_begin_alike_cost_one_look_a_word() -> None:
    phrases = [f"line {n}" for n in range(100)]
    topics = matcher_of(Wanted(f"Line {n}", phrases) for n in range(200))

    assert topics.lengths == {"line": (2,)}
    assert topics.topics_of("line " * 20_000) == []
    assert topics.topics_of(f"{'line ' * 20_000} line 7") == [f"Line {n}" for n in range(200)]


def test_a_topic_is_found_as_a_reader_sees_it() -> None:
    topics = matcher_of([Wanted("Café", ["cafe\u0301 cr\u00e8me"]), Wanted("X", ["x"])])

    assert topics.topics_of("a C\u200baf\u00ad\u00c9 cre\u0300me") == ["Café"]
    assert topics.topics_of("x (.*)+ [") == ["X"]
    assert topics.topics_of("xx \u200b") == []

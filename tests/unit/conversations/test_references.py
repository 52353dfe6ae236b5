"""What people name that is theirs alone."""

from __future__ import annotations

import pytest

from hearwell.conversations.references import question, references


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("My booking NW-4F7K2 is gone", "number", "nw4f7k2"),
        ("booking 4F7K2Q please", "number", "4f7k2q"),
        ("Order #20815566", "number", "20815566"),
        ("write to Lena.Vik@example.com.", "email", "lena.vik@example.com"),
        ("call me: +47 912 34 567", "phone", "4791234567"),
        ("call me: 0047 912 34 567!", "phone", "4791234567"),
    ],
)
def test_what_is_ones_own_is_found(text: str, kind: str, value: str) -> None:
    assert [(one.kind, one.value) for one in references(text)] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Flight NW 482 and NW482 from gate B12",
        "I am Lena Vik from Bergen",
        "SCREAMING COMPLAINT",
        "since 20261126, for 3 days, 1430",
        "@lenavik_nw see https://example.com/a1b2c3",
        "",
    ],
)
def test_what_many_share_is_not(text: str) -> None:
    assert references(text) == []


def test_a_question_asks_for_both_ways_of_writing() -> None:
    asked = question(references("NW-4F7K2"))
    assert asked == "('nw' & '4f7k2') | ('nw4f7k2')"


def test_nothing_named_asks_nothing() -> None:
    assert question([]) == ""

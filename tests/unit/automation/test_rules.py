"""Pure rules: whole words in any script, and circles however long."""

from __future__ import annotations

import pytest

from hearwell.automation.rules import (
    Conditions,
    Hours,
    Sketch,
    Then,
    Trigger,
    circle,
    has_words,
    is_called,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("My BAG is gone", "bag", True),
        ("A baggage question", "bag", False),
        ("Mein Köffer ist weg", "koffer", True),
        ("our lost  luggage, please", "lost luggage", True),
        ("lost my luggage", "lost luggage", False),
        ("我的行李不见了", "行李", True),
        ("กระเป๋าเดินทางหาย", "กระเป๋า", True),
        ("أين حقيبة السفر", "حقيبة", True),
        ("see https://bag.example/bag", "bag", False),
        ("", "bag", False),
    ],
)
def test_words_stand_whole(text, word, found):
    assert has_words(text, [word]) is found


def on_tag(name: str, waits: str, puts: str = "", **more) -> Sketch:
    then = Then(tags=(puts,) if puts else ())
    called = frozenset({waits}) if waits else frozenset()
    return Sketch(name, name, Trigger.TAGGED, then, called, **more)


def test_circles_are_found_and_named():
    assert circle(on_tag("A", "x", "X"), []) == ["A"]
    assert circle(on_tag("A", "", "y"), []) == ["A"]
    a, b, c = on_tag("A", "x", "y"), on_tag("B", "y", "z"), on_tag("C", "z", "x")
    assert circle(a, [b, c]) == ["A", "B", "C"]
    assert circle(a, [b]) == []
    assert circle(a, [b, on_tag("C", "z", "x", not_tags=frozenset({"z"}))]) == []
    assert circle(on_tag("D", "d"), [a, b, c]) == []


def test_an_answer_to_ones_own_answer_is_a_circle():
    assert circle(Sketch("R", "R", Trigger.REPLIED, Then(send="x")), []) == ["R"]
    assert circle(Sketch("Q", "Q", Trigger.QUIET, Then(send="x")), []) == []


def test_labels_call_whatever_their_case():
    assert is_called(Trigger.TAGGED, {"vip"}, ["VIP"])
    assert not is_called(Trigger.TAGGED, {"vip"}, ["bag"])
    assert is_called(Trigger.TAGGED, (), ["bag"])
    assert is_called(Trigger.LATE, {"vip"}, [])


def test_what_is_kept_is_read_back_as_it_was():
    wanted = Conditions(words=frozenset({"a"}), hours=Hours.OPEN, calendar_key="k", earlier_to=0)
    then = Then(tags=("a",), urgency=0, send="x", audience="public", snooze_h=4)
    assert (Conditions.parse(wanted.stored()), Then.parse(then.stored())) == (wanted, then)
    assert then.acts == ("tags", "urgency", "send", "snooze_h")

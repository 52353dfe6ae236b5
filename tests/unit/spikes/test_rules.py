"""When more than usual is a spike, of which kind, and when it was told already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hearwell.spikes.rules import (
    Finding,
    Known,
    Sensitivity,
    Sight,
    SpikeKind,
    Story,
    Wish,
    decide,
    is_calm,
    is_told_already,
    severity,
    share_on_top,
)
from hearwell.spikes.usual import Volume

LOUD = Volume(minutes=15, count=40, expected=5.0, z=8.0, times=5.4, record=0.9)
STORY = Story(words=("503", "check"), voices=25, people=25, copies=0, places=tuple(range(25)))
SIGHT = Sight(
    volume=LOUD, distinct=LOUD, complaints=32, asking=36, praise=1, usual_share=0.3, people=38,
    in_public=30, channels=1, hours_known=500, of_complaints=STORY,
)  # fmt: skip
WISH = Wish()


def kind(sight: Sight, wish: Wish = WISH) -> str:
    found = decide(sight, wish)
    return found.kind.value if found else ""


def test_trouble_is_more_with_complaints_about_one_thing() -> None:
    found = decide(SIGHT, WISH)

    assert found is not None
    assert found.kind is SpikeKind.TROUBLE
    assert [code for code, _ in found.reasons] == [
        "volume",
        "complaints",
        "asking",
        "people",
        "story",
    ]
    assert dict(found.reasons)["volume"] == {"n": 40, "minutes": 15, "expected": 5.0}


@pytest.mark.parametrize(
    "changes",
    [
        {"volume": replace(LOUD, times=2.9)},
        {"volume": replace(LOUD, z=2.9)},
        {"volume": replace(LOUD, count=7)},
        {"complaints": 15},
        {"of_complaints": None},
        {"of_complaints": replace(STORY, voices=7)},
        {"of_complaints": replace(STORY, places=tuple(range(12)))},
        {"usual_share": 0.9},
        {"hours_known": 5, "of_complaints": replace(STORY, voices=15)},
    ],
)
def test_each_of_them_alone_is_no_trouble(changes) -> None:
    assert kind(replace(SIGHT, **changes)) == ""


def test_who_asks_what_is_down_is_heard_too() -> None:
    asking = replace(SIGHT, complaints=13, asking=38, of_complaints=None, of_asking=STORY)

    assert kind(asking) == "trouble"
    assert kind(replace(asking, of_asking=replace(STORY, voices=11))) == ""
    assert kind(replace(asking, complaints=9)) == ""
    assert kind(replace(asking, asking=24)) == ""


def test_praise_of_many_is_good_news() -> None:
    happy = replace(SIGHT, complaints=1, praise=34, of_complaints=None, of_praise=STORY)

    assert kind(happy) == "praise"
    assert kind(replace(happy, people=6)) == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "volume"),
        ({"times": 5.9}, ""),
        ({"record": 1.9}, ""),
    ],
)
def test_volume_alone_must_beat_the_last_weeks(changes, expected: str) -> None:
    wild = Volume(minutes=15, count=90, expected=5.0, z=14.0, times=11.0, record=2.5)
    sight = replace(
        SIGHT, volume=wild, distinct=replace(wild, **changes), complaints=10, of_complaints=None
    )

    assert kind(sight) == expected
    assert kind(replace(sight, hours_known=60)) == ""


def test_copies_do_not_make_volume() -> None:
    wild = Volume(minutes=15, count=90, expected=5.0, z=14.0, times=11.0, record=2.5)
    copied = replace(wild, count=2, times=0.7, record=0.1)

    assert kind(replace(SIGHT, volume=wild, distinct=copied, of_complaints=None)) == ""


def test_a_workspace_may_want_to_know_sooner_or_later() -> None:
    less = replace(SIGHT, volume=replace(LOUD, times=2.5, z=2.5))

    assert kind(less) == ""
    assert kind(less, Wish(Sensitivity.HIGH)) == "trouble"
    assert kind(SIGHT, Wish(Sensitivity.LOW)) == "trouble"
    assert kind(SIGHT, Wish(least_authors=30)) == ""


def test_the_share_is_of_what_came_on_top() -> None:
    assert share_on_top(32, 0.3, LOUD) == pytest.approx((32 - 1.5) / 35)
    assert share_on_top(5, 0.3, replace(LOUD, count=4)) == 0.0
    assert share_on_top(400, 0.3, LOUD) == 1.0


def test_gravity_grows_with_volume_complaints_and_reach() -> None:
    larger = replace(SIGHT, volume=replace(LOUD, times=20.0))

    assert severity(larger, 0.8) > severity(SIGHT, 0.8) > severity(SIGHT, 0.2)
    assert severity(replace(SIGHT, people=200), 0.8) > severity(SIGHT, 0.8)
    assert 1 <= severity(replace(SIGHT, people=0, in_public=0), 0.0) <= 100


def found(kind: SpikeKind = SpikeKind.TROUBLE, words: tuple[str, ...] = ("503",)) -> Finding:
    return Finding(kind, 50, (), SIGHT, replace(STORY, words=words) if words else None)


@pytest.mark.parametrize(
    ("finding", "topic", "channel", "known", "expected"),
    [
        (found(), "", "", Known(SpikeKind.TROUBLE, "", "", frozenset({"503"})), True),
        (found(), "kind:x", "c", Known(SpikeKind.TROUBLE, "kind:y", "d", frozenset({"503"})), True),
        (found(), "", "", Known(SpikeKind.TROUBLE, "", "", frozenset({"strike"})), False),
        (found(), "", "", Known(SpikeKind.VOLUME, "", "", frozenset({"503"})), False),
        (found(SpikeKind.VOLUME, ()), "", "c", Known(SpikeKind.TROUBLE, "", ""), True),
        (found(SpikeKind.VOLUME, ()), "kind:a", "c", Known(SpikeKind.VOLUME, "kind:b", "c"), False),
    ],
)
def test_what_is_told_once_is_not_told_again(finding, topic, channel, known, expected) -> None:
    assert is_told_already(finding, topic, channel, known) is expected


def test_calm_is_near_the_usual() -> None:
    assert is_calm(replace(LOUD, times=1.2))
    assert not is_calm(LOUD)

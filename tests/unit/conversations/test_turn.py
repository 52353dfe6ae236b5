"""Whose turn it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from hearwell.conversations.rules import Said, Standing, Turn, is_still_its_case, standing

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def theirs(minutes: int, person: str = "lena", duty: str = "answer", **values: object) -> Said:
    return Said(at(minutes), "t", person=person, duty=duty, **values)  # type: ignore[arg-type]


def ours(minutes: int, **values: object) -> Said:
    return Said(at(minutes), "t", is_ours=True, **values)  # type: ignore[arg-type]


WAITS = Standing(Turn.OURS, at(0), frozenset({"lena"}))


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ([], Standing(Turn.NONE)),
        ([theirs(0)], WAITS),
        ([theirs(0), theirs(5)], WAITS),
        ([theirs(0), ours(5)], Standing(Turn.THEIRS)),
        ([theirs(0), ours(5, is_holding=True)], WAITS),
        ([theirs(0), ours(5, is_automatic=True)], WAITS),
        ([theirs(0), ours(5), theirs(9, duty="acknowledge")], Standing(Turn.NONE)),
        ([theirs(0), ours(5), theirs(9, duty="none")], Standing(Turn.NONE)),
        ([theirs(0), theirs(3, duty="acknowledge")], WAITS),
        ([theirs(0, duty="acknowledge")], Standing(Turn.NONE)),
        ([theirs(0, is_deleted=True)], Standing(Turn.NONE)),
        ([ours(0)], Standing(Turn.NONE)),
        ([ours(0), theirs(5)], Standing(Turn.OURS, at(5), frozenset({"lena"}))),
        (
            [theirs(0), theirs(1, "duarte"), ours(5, to="lena")],
            Standing(Turn.OURS, at(1), frozenset({"duarte"})),
        ),
        ([theirs(0), theirs(1, "duarte"), ours(5)], Standing(Turn.THEIRS)),
        ([theirs(0), ours(5, to="somebody unknown")], WAITS),
        ([theirs(0), Said(at(5), "another thread", is_ours=True)], WAITS),
    ],
    ids=str,
)
def test_standing(story: list[Said], expected: Standing) -> None:
    for order in permutations(story):
        assert standing(order) == expected


@pytest.mark.parametrize(
    ("days", "audience", "expected"),
    [(29, "private", True), (31, "private", False), (6, "public", True), (8, "public", False)],
)
def test_a_closed_case_comes_back_within_its_time(days: int, audience: str, expected: bool) -> None:
    assert is_still_its_case(START, START + timedelta(days=days), audience) is expected


def test_an_open_case_is_always_the_threads_own() -> None:
    assert is_still_its_case(None, START, "public")

"""Reading a list that is given newest first: all of it, once, and what has left it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.connectors.bluesky.window import (
    UNKNOWN,
    Entry,
    Page,
    Place,
    cursor_of,
    place_of,
    step,
)

PAGE = 5
START = "0500"


def _at(number: int) -> str:
    return f"{number:04d}"


@dataclass
class Network:
    """A list by position, newest first, in pages; and a reader with a cursor."""

    entries: dict[str, str] = field(default_factory=dict)  # key -> position
    cursor: str | None = None
    told: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    made: int = 0

    def add(self, position: str) -> str:
        self.made += 1
        key = f"k{self.made}"
        if position not in self.entries.values():
            self.entries[key] = position
        return key

    def page(self, further: str | None) -> Page:
        ranked = sorted(self.entries.items(), key=lambda pair: pair[1], reverse=True)
        below = [pair for pair in ranked if further is None or pair[1] < further]
        found = [Entry(key, at, None) for key, at in below[:PAGE]]
        last = found[-1].at if found else ""
        return Page(found, last, last if len(below) > PAGE else None)

    def poll(self) -> Place:
        place = place_of(self.cursor, START)
        took = step(place, self.page(place.further))
        self.told += [entry.key for entry in took.fresh]
        self.missing += took.missing
        self.cursor = cursor_of(took.place)
        return took.place

    def round(self) -> Place:
        for _ in range(200):
            place = self.poll()
            if place.under_way is None:
                return place
        pytest.fail("a round that does not end")

    def window(self) -> set[str]:
        return {entry.key for entry in self.page(None).entries}


def test_what_was_before_our_time_is_known_and_not_told() -> None:
    network = Network()
    old, new = network.add("0400"), network.add("0600")
    network.round()
    assert network.told == [new]
    network.entries.pop(new)
    network.round()
    assert (network.told, network.missing) == ([new], [new])
    assert old in place_of(network.cursor, "").keys


def test_oldest_first_and_nothing_twice() -> None:
    network = Network()
    keys = [network.add(_at(600 + n)) for n in range(17)]
    network.round()
    network.round()
    assert sorted(network.told) == sorted(keys)
    assert network.told[:PAGE] == keys[-PAGE:]


def test_a_walk_survives_a_restart_between_its_pages() -> None:
    network = Network()
    keys = {network.add(_at(600 + n)) for n in range(17)}
    assert network.poll().under_way is not None
    again = Network(entries=network.entries, cursor=network.cursor, told=network.told)
    again.round()
    assert set(again.told) == keys


def test_what_appears_further_down_is_told() -> None:
    network = Network()
    for number in (600, 700, 800):
        network.add(_at(number))
    network.round()
    late = network.add("0650")
    network.round()
    assert network.told[-1] == late


def test_what_is_pushed_off_the_page_is_not_missing() -> None:
    network = Network()
    for number in range(20):
        network.add(_at(600 + number))
    network.round()
    for number in range(3):
        network.add(_at(700 + number))
    network.round()
    assert network.missing == []


def test_a_page_without_entries_that_goes_on_is_gone_on_with() -> None:
    place = Place("0500")
    took = step(place, Page([], UNKNOWN, "next"))
    assert took.place.further == "next"
    done = step(took.place, Page([Entry("a", "0600", None)], "", None))
    assert [entry.key for entry in done.fresh] == ["a"]


@pytest.mark.parametrize("cursor", [None, "", "x", "[]", "{}", "[1]", "null", '["a","b","c",[1]]'])
def test_a_cursor_that_cannot_be_read_begins_again(cursor: str | None) -> None:
    assert place_of(cursor, START) == Place(START)


_steps = st.lists(
    st.one_of(
        st.tuples(st.just("above"), st.integers(1, 12)),
        st.tuples(st.just("within"), st.integers(0, 99)),
        st.tuples(st.just("delete"), st.integers(0, 99)),
        st.tuples(st.just("round"), st.just(0)),
    ),
    max_size=30,
)


@settings(max_examples=1000, deadline=None)
@given(before=st.integers(0, 12), steps=_steps)
def test_whatever_happens_nothing_is_lost_doubled_or_wrongly_missed(
    before: int, steps: list[tuple[str, int]]
) -> None:
    network, top = Network(), 600
    for number in range(before):
        network.add(_at(100 + number))
    network.round()
    expected: set[str] = set()
    deleted: set[str] = set()
    floor, window = _floor(network), network.window()
    for what, number in steps:
        if what == "above":
            for _ in range(number):
                top += 7
                expected.add(network.add(_at(top)))
        elif what == "within" and floor is not None:
            position = _at(floor + 1 + number * max(1, top - floor) // 100)
            if position not in network.entries.values():
                expected.add(network.add(position))
        elif what == "delete" and network.entries:
            key = sorted(network.entries)[number % len(network.entries)]
            del network.entries[key]
            deleted.add(key)
        elif what == "round":
            _check_round(network, window, deleted)
            floor, window = _floor(network), network.window()
            expected -= deleted
            assert expected <= set(network.told)
    _check_round(network, window, deleted)
    assert expected - deleted <= set(network.told)
    assert len(network.told) == len(set(network.told))
    assert set(network.missing) <= deleted


def _floor(network: Network) -> int | None:
    """The lowest position in the window; what appears above it must be told."""
    page = network.page(None)
    if page.further is None:
        return 500
    return max(500, int(page.entries[-1].at))


def _check_round(network: Network, window: set[str], deleted: set[str]) -> None:
    """Whatever stood in the window above what still stands there is reported when it is gone."""
    place = place_of(network.cursor, START)
    still = [n for n, key in enumerate(place.keys) if key in network.entries]
    must = {key for key in place.keys[: max(still, default=0)] if key in deleted & window}
    already = set(network.missing)
    network.round()
    assert must - already <= set(network.missing)


@settings(max_examples=300, deadline=None)
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 99)), max_size=40))
def test_a_list_that_changes_while_it_is_read_loses_nothing(moves: list[tuple[int, int]]) -> None:
    network, top = Network(), 600
    network.round()
    added: set[str] = set()
    for count, _ in moves:
        for _ in range(count):
            top += 3
            added.add(network.add(_at(top)))
        network.poll()
    network.round()
    network.round()
    assert added == set(network.told)
    assert network.missing == []

"""Every route, by every role: what is somebody else's is not there, byte for byte."""

from __future__ import annotations

from typing import Final

import pytest

from hearwell.accounts.rules import RIGHTS
from tests.walls import routes, world
from tests.walls.routes import Route
from tests.walls.walking import IS_LONG, by_token, can_use, on_pages, person, walked
from tests.walls.world import ABSENT, OWN

# Paths whose invented thing is refused for what it is, before anybody could tell it from none.
UNREACHED: Final = 53


def wanted(route: Route) -> bool:
    """Say whether a route is walked in every run: those with ids, and what is not a page."""
    return IS_LONG or bool(route.parameters) or route.path.startswith("/api/")


def test_what_is_somebody_elses_is_not_there(houses):
    """In a short run the owner, who may do everything, walks; in a long one every role does."""
    ours, theirs = houses
    before = world.state_of(theirs)
    wrong = []
    for role in RIGHTS if IS_LONG else ("owner",):
        member = person(ours, role)
        wrong += walked((on_pages(member), by_token(member)), wanted)
    assert wrong == []
    assert world.state_of(theirs) == before, "something of theirs has changed"


def test_each_role_is_kept_from_what_it_may_not_do(houses):
    """One page and one operation of each right, for each role without it."""
    ours, _theirs = houses
    wrong = []
    for role in RIGHTS:
        tried: set[tuple[bool, str]] = set()

        def is_first(route: Route, role: str = role, tried: set[tuple[bool, str]] = tried) -> bool:
            kind = (route.path.startswith("/api/"), route.policy)
            is_new = not can_use(role, route) and kind not in tried
            tried.add(kind)
            return is_new

        member = person(ours, role)
        wrong += walked((on_pages(member), by_token(member)), is_first)
    assert wrong == []


@pytest.mark.skipif(not IS_LONG, reason="TEST_LONG asks for it")
def test_the_walk_reaches_things_that_are_there(houses):
    """Or it would prove nothing: an id of one's own is answered otherwise than one of nobody's."""
    ours, _theirs = houses
    member = person(ours, "owner")
    ways = ((on_pages(member), routes.pages()), (by_token(member), routes.operations()))
    reached: dict[str, bool] = {}
    for walker, way in ways:
        for route in way:
            if route.policy == "public" or not route.parameters:
                continue
            own, absent = (walker.sees(route, one)[::2] for one in (OWN, ABSENT))
            reached[route.path] = reached.get(route.path, False) or own != absent
    missed = sorted(path for path, is_reached in reached.items() if not is_reached)
    assert len(missed) <= UNREACHED, "\n".join(missed)

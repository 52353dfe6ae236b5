"""Reading a list that is only ever given newest first, so that nothing is missed or told twice.

The network has no "after": one reads from the top until known ground. What stands at the top is
not always what came last, for lists are sorted by the time an author's app claimed: a post that
was written offline appears further down. And what is deleted simply is no longer there. So the
cursor holds, beside how far we are, the names of the entries on the newest page (the window):
what is in it and was not is new, what was in it and is no longer may be gone.

A round begins at the top; where its first page does not reach through the window it goes on below
with the next poll, the cursor remembering the way. Positions are strings that sort like the list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

# Above every time and every key.
UNKNOWN = "~"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a page: what it is called, where it stands, and what the network said."""

    key: str
    at: str
    said: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, newest first. ``further`` goes on below it; None where the list ends.

    ``end`` is the position that the page reaches down to: its last entry's, or that of the
    network's cursor where entries were left out of it, ``UNKNOWN`` where nothing tells.
    """

    entries: Sequence[Entry]
    end: str
    further: str | None


@dataclass(frozen=True, slots=True)
class Round:
    """A round that has not reached known ground yet."""

    further: str
    top: str
    keys: tuple[str, ...]
    floor: str
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where we are. ``since`` is known ground: everything up to there was told.

    ``keys`` is the window, newest first, ``floor`` the position it reaches down to; None before
    the first round, when everything up to ``since`` is old and not to be told.
    """

    since: str
    keys: tuple[str, ...] = ()
    floor: str | None = None
    under_way: Round | None = None

    @property
    def further(self) -> str | None:
        """Where the next page begins; None at the top."""
        return self.under_way.further if self.under_way else None


@dataclass(frozen=True, slots=True)
class Step:
    """What a page brought: what is new, oldest first, what is missing, and where we are now."""

    fresh: tuple[Entry, ...]
    missing: tuple[str, ...]
    place: Place


def place_of(cursor: str | None, start: str) -> Place:
    """The place in a cursor; ``start`` is known ground before there is one.

    A cursor that cannot be read begins again: everything is told twice rather than not at all.
    """
    try:
        since, keys, floor, way = json.loads(cursor or "null")
        under_way = Round(way[0], way[1], _names(way[2]), way[3], _names(way[4])) if way else None
        return Place(since, _names(keys), floor, under_way)
    except (TypeError, ValueError, IndexError, AttributeError):
        return Place(start)


def cursor_of(place: Place) -> str:
    """The place as a cursor."""
    way = place.under_way
    told = [way.further, way.top, " ".join(way.keys), way.floor, " ".join(way.unseen)] if way else 0
    return json.dumps([place.since, " ".join(place.keys), place.floor, told], separators=(",", ":"))


def _names(joined: str) -> tuple[str, ...]:
    return tuple(joined.split())


def step(place: Place, page: Page) -> Step:
    """Take a page in."""
    known = {*place.keys, *(place.under_way.keys if place.under_way else ())}
    fresh = [e for e in page.entries if e.key not in known and _is_news(place, e)]
    here = _round(place, page)
    seen = {entry.key for entry in page.entries}
    here = replace(here, unseen=tuple(key for key in here.unseen if key not in seen))
    fresh.reverse()
    if page.further is not None and page.end > _bottom(place):
        return Step(tuple(fresh), (), replace(place, under_way=here))
    missing = _missing(place.keys, here.unseen, is_end=page.further is None)
    since = max(place.since, here.top)
    return Step(tuple(fresh), missing, Place(since, here.keys, here.floor))


def _bottom(place: Place) -> str:
    """How far down a round has to go: to known ground and through the whole window."""
    return place.since if place.floor is None else min(place.since, place.floor)


def _is_news(place: Place, entry: Entry) -> bool:
    """Above known ground, or in the window without having been there."""
    return entry.at > place.since or (place.floor is not None and entry.at >= place.floor)


def _round(place: Place, page: Page) -> Round:
    """The round that this page belongs to; the first page of one is the new window."""
    further = page.further or ""
    if place.under_way is not None:
        return replace(place.under_way, further=further)
    keys = tuple(entry.key for entry in page.entries)
    top = max((entry.at for entry in page.entries), default="")
    floor = page.end if page.further is not None else ""
    return Round(further, top, keys, floor, place.keys)


def _missing(window: Sequence[str], unseen: Iterable[str], *, is_end: bool) -> tuple[str, ...]:
    """What stood above something that is still there, and is not there itself.

    What stood below everything that was read may only have been pushed out of sight; where the
    list ended, nothing was.
    """
    left = set(unseen)
    if is_end:
        return tuple(key for key in window if key in left)
    still = [place for place, key in enumerate(window) if key not in left]
    return tuple(key for key in window[: still[-1]] if key in left) if still else ()

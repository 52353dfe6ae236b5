"""Reading a list so that nothing is missed or told twice, and its last entries again and again.

New entries are read onwards from the newest one told (``min_id``): that is exact, however long we
were away. Edits and deletions tell nobody, so the entries told last (the window) are looked at
again: a round reads the list from the top down to the oldest of them, a page with each poll. What
was changed is told; what is missing at the end of a round may be gone, and is asked for by itself.

Ids are numbers or ULIDs: a longer one is newer, of the same length the greater one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

# What is watched for changes: the cursor holds it, so it must not grow with the brand.
WATCHED = 150
_SAME = "="


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its id in the list, the status in it, that one's version, what was said."""

    id: str
    key: str
    version: int
    said: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """Where we are. ``newest`` is the last id told, empty if there has been none.

    ``seen``: status -> (id, version), in the order told. ``further``: where the next page of the
    round begins, empty at the top. ``unmet``: of those seen, what the round has not met yet.
    """

    newest: str = ""
    seen: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    further: str = ""
    unmet: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Review:
    """What a page of a round showed: entries that changed, statuses that are missing."""

    changed: tuple[Entry, ...]
    missing: tuple[str, ...]
    window: Window


def order(entry_id: str) -> tuple[int, str]:
    """Sorts ids from old to new."""
    return len(entry_id), entry_id


def after(entries: Sequence[Entry], entry_id: str) -> list[Entry]:
    """The entries newer than an id, oldest first, in whatever order the server gave them."""
    news = [entry for entry in entries if order(entry.id) > order(entry_id)]
    return sorted(news, key=lambda entry: order(entry.id))


def told(window: Window, entries: Sequence[Entry]) -> Window:
    """The window once these were told. Entries without a status move it and are not watched."""
    seen = dict(window.seen)
    newest = window.newest
    for entry in entries:
        newest = max(newest, entry.id, key=order)
        if entry.key:
            seen.pop(entry.key, None)
            seen[entry.key] = (entry.id, entry.version)
    kept = dict(list(seen.items())[-WATCHED:])
    return replace(window, newest=newest, seen=kept, unmet=window.unmet & kept.keys())


def forgotten(window: Window, keys: Sequence[str]) -> Window:
    """The window without these."""
    seen = {key: value for key, value in window.seen.items() if key not in keys}
    return replace(window, seen=seen, unmet=window.unmet - set(keys))


def review(window: Window, page: Sequence[Entry]) -> Review:
    """Look at a page of the round; a round begins with a page from the top."""
    unmet = window.unmet if window.further else frozenset(window.seen)
    met = [entry for entry in page if entry.key in window.seen]
    changed = tuple(entry for entry in met if entry.version > window.seen[entry.key][1])
    versions = {entry.key: (window.seen[entry.key][0], entry.version) for entry in changed}
    window = replace(window, seen={**window.seen, **versions})
    unmet -= {entry.key for entry in met}
    oldest = min((entry.id for entry in page), key=order, default="")
    floor = min((place for place, _ in window.seen.values()), key=order, default="")
    if not page or not floor or order(oldest) <= order(floor):
        missing = tuple(key for key in window.seen if key in unmet)
        return Review(changed, missing, replace(window, further="", unmet=frozenset()))
    return Review(changed, (), replace(window, further=oldest, unmet=unmet))


def dumped(window: Window) -> str:
    """The window as a cursor."""
    seen = " ".join(
        f"{key} {_SAME if place == key else place} {version:x}"
        for key, (place, version) in window.seen.items()
    )
    told_so_far = [window.newest, seen, window.further, " ".join(sorted(window.unmet))]
    return json.dumps(told_so_far, separators=(",", ":"))


def loaded(cursor: str | None, newest: str) -> Window:
    """The window in a cursor; ``newest`` is where we began, before there was one.

    A cursor that cannot be read begins again: everything is told twice rather than not at all.
    """
    try:
        last, seen, further, unmet = json.loads(cursor or "null")
        words = iter(seen.split())
        watched = {
            key: (key if place == _SAME else place, int(version, 16))
            for key, place, version in zip(words, words, words, strict=True)
        }
        return Window(str(last), watched, str(further), frozenset(unmet.split()))
    except (TypeError, ValueError, AttributeError):
        return Window(newest)

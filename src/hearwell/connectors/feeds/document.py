"""A feed as every dialect tells it: neutral values, and its bytes cut to some of its entries."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import Media


class NotAFeed(ContractChanged):
    """Readable perhaps, but no feed: most often a page for people."""

    default_message = "This address does not lead to a feed."


@dataclass(frozen=True, slots=True)
class Words:
    """Text as it is published; ``is_markup`` where it is HTML."""

    text: str
    is_markup: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote something, as far as a feed tells."""

    name: str = ""
    uri: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. ``place`` is where it stands: bytes from and to in XML, its number in JSON."""

    id: str
    link: str
    title: Words
    body: Words
    author: Person
    published_at: datetime | None
    updated_at: datetime | None
    place: tuple[int, int]
    parent: str = ""
    rating: int | None = None
    language: str = ""
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A document that was read. ``pause_s`` is how long it asks to be left alone, if it does.

    ``body`` is its text in UTF-8, mended where it had to be. ``is_broken``: it ends before its
    end, so that what comes after the last entry here could not be read.
    """

    title: str
    site: str
    language: str
    entries: tuple[Entry, ...]
    body: bytes = field(repr=False)
    content_type: str
    pause_s: float = 0.0
    is_broken: bool = False
    tree: Mapping[str, Any] | None = field(default=None, repr=False)

    def cut(self, kept: Collection[Entry]) -> bytes:
        """The same document with only these of its entries, in its order. It reads as before."""
        if self.tree is not None:
            return json.dumps(_without(self.tree, {entry.place[0] for entry in kept})).encode()
        places = [entry.place for entry in self.entries]
        if not places:
            return self.body
        pieces = [self.body[: min(start for start, _ in places)]]
        pieces += [self.body[slice(*place)] for place in sorted(entry.place for entry in kept)]
        if not self.is_broken:
            pieces.append(self.body[max(end for _, end in places) :])
        return b"".join(pieces)


def _without(tree: Mapping[str, Any], places: Collection[int]) -> dict[str, Any]:
    """A JSON document with only the entries at these places."""
    if isinstance(tree.get("items"), list):
        return {**tree, "items": [tree["items"][place] for place in sorted(places)]}
    inner = tree["feed"]
    if not places:  # it may have none, and no place for them either
        return {**tree, "feed": {name: inner[name] for name in inner if name != "entry"}}
    entries = inner["entry"] if isinstance(inner["entry"], list) else [inner["entry"]]
    return {**tree, "feed": {**inner, "entry": [entries[place] for place in sorted(places)]}}

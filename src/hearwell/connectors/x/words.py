"""What X marks in a text, and the text without the three escapes that its API writes. Pure.

Offsets count code points of the text as X sends it, where ``&amp;`` is five.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hearwell.connect.fields import Fields
from hearwell.connect.model import Entity

_ESCAPES: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPED: Final = re.compile("|".join(_ESCAPES))
_SPAN: Final = 2


def plain(text: str, entities: Sequence[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """The text as its author wrote it, and what is marked there. Marks outside are left out."""
    ends = [found.end() for found in _ESCAPED.finditer(text)]
    gains = [len(found[0]) - 1 for found in _ESCAPED.finditer(text)]

    def moved(at: int) -> int:
        return at - sum(gain for end, gain in zip(ends, gains, strict=True) if end <= at)

    bare = _ESCAPED.sub(lambda found: _ESCAPES[found[0]], text)
    marks = [
        replace(one, start=moved(one.start), end=moved(one.end))
        for one in entities
        if 0 <= one.start < one.end <= len(text)
    ]
    return bare, tuple(one for one in marks if one.start < one.end <= len(bare))


def entities_of(said: Fields) -> tuple[Entity, ...]:
    """Mentions by id, links by where they lead, tags, of a post or a direct message."""
    found = said.get("entities")
    if not isinstance(found, dict):
        return ()
    marks = [
        *_marks(found, ("mentions", "user_mentions"), "mention", ("id", "id_str", "username")),
        *_marks(found, ("urls",), "link", ("expanded_url", "url")),
        *_marks(found, ("hashtags",), "tag", ("tag", "text")),
    ]
    return tuple(sorted(marks, key=lambda one: one.start))


def _marks(
    found: Fields, lists: Sequence[str], kind: str, targets: Sequence[str]
) -> Iterator[Entity]:
    for name in lists:
        entries = found.get(name)
        for one in entries if isinstance(entries, list) else []:
            span = _span(one) if isinstance(one, dict) else None
            target = _target(one, targets) if span else ""
            if span and target:
                yield Entity(*span, kind, target)


def _target(one: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(one[name]) for name in names if isinstance(one.get(name), str)), "")


def _span(one: Mapping[str, Any]) -> tuple[int, int] | None:
    """``start`` and ``end``, or the older ``indices``."""
    pair = one.get("indices", [one.get("start"), one.get("end")])
    if not isinstance(pair, list) or len(pair) != _SPAN:
        return None
    if any(not isinstance(at, int) or isinstance(at, bool) for at in pair):
        return None
    return pair[0], pair[1]

"""Marked stretches of a text: Telegram counts UTF-16 units, we count code points. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

from hearwell.connect.model import Entity

_LAST_BMP: Final = 0xFFFF
_KINDS: Final = {
    "mention": "mention", "text_mention": "mention", "url": "link", "text_link": "link",
    "email": "link", "hashtag": "tag", "cashtag": "tag",
}  # fmt: skip


def entities_of(text: str, marks: Iterable[Mapping[str, Any]]) -> tuple[Entity, ...]:
    """Mentions, links and tags; what lies outside the text or makes no sense is left out."""
    marks = list(marks)
    if not marks:
        return ()
    ends = list(accumulate((2 if ord(char) > _LAST_BMP else 1 for char in text), initial=0))
    return tuple(entity for mark in marks if (entity := _entity(text, ends, mark)))


def _entity(text: str, ends: Sequence[int], mark: Mapping[str, Any]) -> Entity | None:
    kind = _KINDS.get(str(mark.get("type")))
    offset, length = mark.get("offset"), mark.get("length")
    if kind is None or not isinstance(offset, int) or not isinstance(length, int):
        return None
    if offset < 0 or length <= 0 or offset + length > ends[-1]:
        return None
    start, end = bisect_left(ends, offset), bisect_left(ends, offset + length)
    return Entity(start, end, kind, _target(text[start:end], mark)) if start < end else None


def _target(words: str, mark: Mapping[str, Any]) -> str:
    user = mark.get("user")
    if isinstance(user, dict) and isinstance(user.get("id"), int):
        return str(user["id"])
    url = mark.get("url")
    return url if isinstance(url, str) else words.lstrip("@#$")

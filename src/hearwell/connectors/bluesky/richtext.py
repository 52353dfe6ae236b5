"""Texts and their facets: Bluesky counts bytes of UTF-8, the contract counts code points.

In: tolerant, for facets are made by the customers' apps and many are wrong; one that does not
fit its text is left out, the text itself never is. Out: links, mentions and tags as the official
app finds them, https addresses only where they are written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import regex

from hearwell.connect.model import Entity

_FACET = "app.bsky.richtext.facet"
_KINDS = {f"{_FACET}#mention": "mention", f"{_FACET}#link": "link", f"{_FACET}#tag": "tag"}
_TARGETS = {"mention": "did", "link": "uri", "tag": "tag"}
_LINK = regex.compile(r"(?<![\w@])https?://\S+", regex.IGNORECASE)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MENTION = regex.compile(
    rf"(?<![\w@./-])@((?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?)(?![\w@-]|\.\w)",
    regex.IGNORECASE,
)
# A tag is no bare number and at most 64 characters; punctuation at its end is not part of it.
_TAG = regex.compile(r"(?<!\S)[#\uff03]((?!\ufe0f)\S{1,200})")
_TAIL = regex.compile(r"(?<!\p{P})\p{P}+$")
_BARE = regex.compile(r"[\d\p{P}]*")
_LONGEST_TAG = 64
# Bytes 10xxxxxx go on a character that began before them.
_INSIDE = range(0b1000_0000, 0b1100_0000)
_CLOSERS = {")": "(", "]": "["}
_SENTENCE_ENDS = ".,;:!?'\"»“”\u2019…"


# --- in ------------------------------------------------------------------------------------------


def entities_of(text: str, facets: object) -> tuple[Entity, ...]:
    """The entities of a record's text, in its order."""
    if not isinstance(facets, list):
        return ()
    point = _points(text)
    found = [entity for facet in facets for entity in _entities(facet, point)]
    return tuple(sorted(found, key=lambda entity: (entity.start, entity.end)))


def _points(text: str) -> Callable[[object], int | None]:
    """From an offset in bytes to one in code points; None if it lies inside a character."""
    if text.isascii():
        return lambda at: at if type(at) is int and 0 <= at <= len(text) else None
    encoded = text.encode("utf-8", "surrogatepass")

    def point(at: object) -> int | None:
        if type(at) is not int or not 0 <= at <= len(encoded):
            return None
        if at < len(encoded) and encoded[at] in _INSIDE:
            return None
        return len(encoded[:at].decode("utf-8", "surrogatepass"))

    return point


def _entities(facet: object, point: Callable[[object], int | None]) -> Iterator[Entity]:
    if not isinstance(facet, dict):
        return
    index, features = facet.get("index"), facet.get("features")
    if not isinstance(index, dict) or not isinstance(features, list):
        return
    start, end = point(index.get("byteStart")), point(index.get("byteEnd"))
    if start is None or end is None or start >= end:
        return
    for feature in features:
        kind = _kind(feature)
        target = feature.get(_TARGETS[kind]) if kind else None
        if isinstance(target, str) and target:
            yield Entity(start, end, kind, target)


def _kind(feature: object) -> str:
    found = feature.get("$type") if isinstance(feature, dict) else None
    return _KINDS.get(found, "") if isinstance(found, str) else ""


# --- out -----------------------------------------------------------------------------------------


def facets_of(text: str, did_of: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """The facets of a text of ours, in its order.

    ``did_of`` tells whose handle it is; one that is nobody's stays plain text.
    """
    taken = [
        (start, end, {"$type": f"{_FACET}#link", "uri": uri}) for start, end, uri in _links(text)
    ]
    for match in _MENTION.finditer(text):
        if not _overlaps(match.span(), taken) and (did := did_of(match[1].lower())):
            taken.append((*match.span(), {"$type": f"{_FACET}#mention", "did": did}))
    for start, end, tag in _tags(text):
        if not _overlaps((start, end), taken):
            taken.append((start, end, {"$type": f"{_FACET}#tag", "tag": tag}))
    return [_facet(text, *one) for one in sorted(taken, key=lambda one: one[0])]


def _facet(text: str, start: int, end: int, feature: Mapping[str, str]) -> dict[str, Any]:
    begin = len(text[:start].encode())
    index = {"byteStart": begin, "byteEnd": begin + len(text[start:end].encode())}
    return {"index": index, "features": [dict(feature)]}


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int, dict[str, str]]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end, _ in taken)


def _links(text: str) -> Iterator[tuple[int, int, str]]:
    """Addresses without the punctuation of the sentence they stand in."""
    for match in _LINK.finditer(text):
        address = match[0]
        while address:
            last = address[-1]
            is_unpaired = last in _CLOSERS and address.count(_CLOSERS[last]) < address.count(last)
            if last not in _SENTENCE_ENDS and not is_unpaired:
                break
            address = address[:-1]
        if len(address) > len("https://"):
            yield match.start(), match.start() + len(address), address


def _tags(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _TAG.finditer(text):
        tag = _TAIL.sub("", match[1])
        if tag and len(tag) <= _LONGEST_TAG and not _BARE.fullmatch(tag):
            yield match.start(), match.start(1) + len(tag), tag

"""Small values that every dialect has: addresses, ids, ratings, sizes. Pure, total."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from hearwell.connect.model import Media
from hearwell.connectors.feeds.document import Words
from hearwell.kit.markup import plain_text
from hearwell.kit.numbers import whole_number

_LONGEST_ID, _LONGEST_ADDRESS, _LONGEST_LINE = 500, 2000, 300
_BEST_RATING, _DIGITS = 5, 11
_WEB = ("http://", "https://")
_KINDS = {"image": "image", "audio": "audio", "video": "video"}


def absolute(base: str, address: str) -> str:
    """A web address seen from ``base``; empty if it is none."""
    address = address.strip()
    if not address or len(address) > _LONGEST_ADDRESS:
        return ""
    try:
        found = address if address.lower().startswith(_WEB) else urljoin(base, address)
        return found if found.lower().startswith(_WEB) and urlsplit(found).hostname else ""
    except ValueError:
        return ""


def identity(named: str, link: str, title: Words, body: Words, date: str) -> str:
    """What names an entry: its id, else its link, else what it says."""
    if found := named.strip() or link:
        return found if len(found) <= _LONGEST_ID else f"long:{digest_of(found)}"
    return f"said:{digest_of(title.text, body.text, date)}"


def digest_of(*texts: str) -> str:
    """Sixteen bytes in hex that stand for these texts."""
    joined = "\x00".join(texts).encode("utf-8", "replace")
    return hashlib.blake2b(joined, digest_size=16).hexdigest()


def sole_line(words: Words) -> str:
    """A title as one line of plain text."""
    text = plain_text(words.text).text if words.is_markup else words.text
    return " ".join(text.split())[:_LONGEST_LINE]


def rating_of(text: str) -> int | None:
    """One to five stars."""
    number = whole_number(text.strip(), digits=_DIGITS)
    return number if number and number <= _BEST_RATING else None


def size_of(value: object) -> int | None:
    """A number of bytes or minutes, if it is one."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    return whole_number(text, digits=_DIGITS)


def media_of(address: str, mime: str, size: int | None) -> Iterator[Media]:
    """What is attached, if it can be fetched at all."""
    if address:
        kind = _KINDS.get(mime.partition("/")[0].lower(), "file")
        yield Media(kind, address, size=size or None)

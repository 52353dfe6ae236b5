"""Names of things in the AT Protocol: ``at://did/collection/rkey``, and keys that carry a time.

A TID is 64 bits in 13 characters that sort as they were made: microseconds since 1970 in 53
bits, then 10 bits that tell clocks apart (https://atproto.com/specs/tid).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"
THREADGATE = "app.bsky.feed.threadgate"
_SCHEME = "at://"
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_VALUE_OF = {digit: value for value, digit in enumerate(_DIGITS)}
_LENGTH = 13
_CLOCKS = 1 << 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND, _SECOND = 1_000, 1_000_000
_TIMED = 7  # the version of a UUID that begins with its time, in milliseconds


class Name(NamedTuple):
    """The parts of a record's address."""

    did: str
    collection: str
    rkey: str


def name_of(uri: str) -> Name | None:
    """The parts of ``at://did/collection/rkey``; None if it is nothing of the kind."""
    parts = uri.removeprefix(_SCHEME).split("/")
    if not uri.startswith(_SCHEME) or len(parts) != len(Name._fields) or not all(parts):
        return None
    return Name(*parts) if parts[0].startswith("did:") else None


def uri_of(did: str, collection: str, rkey: str) -> str:
    """The address of a record."""
    return f"{_SCHEME}{did}/{collection}/{rkey}"


def did_of(uri: str) -> str:
    """Whose record it is; empty if the address has no owner."""
    return uri.removeprefix(_SCHEME).partition("/")[0] if uri.startswith(_SCHEME) else ""


def permalink(uri: str) -> str:
    """Where people read a post. By DID, not by handle: handles change."""
    name = name_of(uri)
    return f"https://bsky.app/profile/{name.did}/post/{name.rkey}" if name else ""


def thread_key(account: str, author: str, root: str, parent: str) -> str:
    """The conversation with one customer below one root post.

    Computable from the post alone: a customer's post is theirs, a post of ours is for whoever
    wrote what it answers. The customer whose post is the root needs no further mark.
    """
    customer = did_of(parent) if author == account else author
    if customer in ("", account, did_of(root)):
        return root
    return f"{root}#{customer}"


# --- keys ----------------------------------------------------------------------------------------


def tid(micros: int, clock: int) -> str:
    """The TID of a moment, in microseconds since 1970."""
    value = (micros << 10) | clock
    return "".join(_DIGITS[(value >> shift) & 31] for shift in range(60, -1, -5))


def tid_at(moment: datetime) -> str:
    """The smallest TID of a moment."""
    return tid(max(0, (moment - _EPOCH) // timedelta(microseconds=1)), 0)


def time_of(rkey: str) -> datetime | None:
    """The moment that a TID carries; None if it is none."""
    if len(rkey) != _LENGTH or any(char not in _VALUE_OF for char in rkey):
        return None
    value = 0
    for char in rkey:
        value = value << 5 | _VALUE_OF[char]
    try:
        return _EPOCH + timedelta(microseconds=value >> 10)
    except OverflowError:
        return None


def record_key(key: str, moment: datetime) -> str:
    """The record key of a client token: the same token, the same key, for ever.

    Its time is that of the token where that has one (UUIDv7), else the given moment; what is
    finer comes from a digest of the token, so that two tokens do not meet.
    """
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    finer, clock = digest >> 10, digest % _CLOCKS
    ms = _milliseconds(key)
    if ms is not None:
        return tid(ms * _MILLISECOND + finer % _MILLISECOND, clock)
    seconds = max(0, int(moment.timestamp()))
    return tid(seconds * _SECOND + finer % _SECOND, clock)


def _milliseconds(key: str) -> int | None:
    try:
        value = UUID(key)
    except ValueError:
        return None
    return value.int >> 80 if value.version == _TIMED else None

"""Handles, mentions, colours and limits of Harbour. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from zlib import crc32

MENTION = re.compile(r"(?<![\w@])@([A-Za-z0-9_]{1,30})(?![A-Za-z0-9_])")
PUBLIC_LIMIT, PRIVATE_LIMIT = 280, 1000
# Customers may write at length, as on any network that counts in tens of thousands.
CUSTOMER_LIMIT = 200_000
PRIVATE_WINDOW_DAYS = 7
MOST_PICTURES, PICTURE_BYTES, LONGEST_ALT = 4, 2_000_000, 1_000
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
HUES = 12
RESERVED_ADDRESSES = frozenset({"api", "control", "open", "close", "demo", "static", "trade"})
_MAX_HANDLE = 24
_NOT_HANDLE = re.compile(r"[^a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A handle in a text: offsets in code points, end exclusive, the at sign included."""

    start: int
    end: int
    handle: str


def mentions_in(text: str) -> list[Mention]:
    """Every ``@handle`` in a text; an e-mail address is none."""
    return [Mention(m.start(), m.end(), m[1].lower()) for m in MENTION.finditer(text)]


def handle_for(name: str) -> str:
    """A handle made of a name's Latin letters and digits; ``guest`` if there are none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_HANDLE.sub("", plain.replace(" ", "_"))[:_MAX_HANDLE].strip("_") or "guest"


def hue_of(handle: str) -> int:
    """One of a dozen colours, always the same for the same handle."""
    return crc32(handle.encode()) % HUES


def initials_of(name: str) -> str:
    """One or two letters for a tile, whatever the script; ``?`` for a name without letters."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def address_for(slug: str) -> str:
    """Where a workspace's sandbox lives, clear of our own paths."""
    return f"{slug}-page" if slug in RESERVED_ADDRESSES else slug

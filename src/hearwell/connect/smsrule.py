"""How a text message is cut into segments, which is what it is paid by. Pure.

Where every character is in the GSM alphabet (3GPP TS 23.038), a message alone takes 160 and a part
of a longer one 153 of its septets; otherwise 70 and 67 units of UTF-16. A character of the
extension table takes two septets, and no character is torn apart between two segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import regex

from hearwell.connect.textrule import TextRule, Utf16Units

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = "\f^{}\\[~]|€"
GSM, UCS = "GSM-7", "UCS-2"
_SEPTETS: Final = dict.fromkeys(BASIC, 1) | dict.fromkeys(EXTENDED, 2)
# What a message alone holds, and each part of several.
_ROOM: Final = {GSM: (160, 153), UCS: (70, 67)}
_CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text goes out: its encoding, its segments, and what is left in the last of them."""

    encoding: str
    count: int
    left: int


def segments_of(text: str) -> Segments:
    """Cut ``text``. An empty one is one empty segment."""
    is_gsm = all(char in _SEPTETS for char in text)
    encoding = GSM if is_gsm else UCS
    sizes = [_SEPTETS[c] for c in text] if is_gsm else _units(text)
    alone, part = _ROOM[encoding]
    if sum(sizes) <= alone:
        return Segments(encoding, 1, alone - sum(sizes))
    count, used = 1, 0
    for size in sizes:
        if used + size > part:
            count, used = count + 1, 0
        used += size
    return Segments(encoding, count, part - used)


def _units(text: str) -> list[int]:
    """UTF-16 units by character; what a reader sees as one stays together, if it fits at all."""
    whole = Utf16Units(0)
    return [whole.count(cluster) for cluster in _CLUSTER.findall(text)]


@dataclass(frozen=True, slots=True)
class TextMessage(TextRule):
    """Characters of a text message, in UTF-16 units: the limit is on all its segments together."""

    name: ClassVar[str] = "sms"

    def count(self, text: str) -> int:
        """UTF-16 units of ``text``."""
        return Utf16Units(self.limit).count(text)

    def segments(self, text: str) -> Segments:
        """What is paid for."""
        return segments_of(text)

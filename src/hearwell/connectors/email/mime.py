"""The tree of parts of a mail, cut within bounds by one look at each byte for each level.

Our own, because the standard library's reader has no bounds: it recurses as deep as the mail says
and keeps every part. Nothing is copied here; a part knows where its bytes lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hearwell.connectors.email.charsets import transfer_decoded
from hearwell.connectors.email.fields import Head, Value, head_of, value_of
from hearwell.connectors.email.limits import MAX_DEPTH, MAX_HEAD, MAX_PARTS

_HEAD_END = re.compile(rb"\n\r?\n")
_NO_HEAD = re.compile(rb"\r?\n")
_DELIMITER_REST = rb"(--)?[ \t]*(?:\r?\n|\Z)"
_LONGEST_BOUNDARY = 250
_NESTED_MAIL = ("message/rfc822", "message/global", "message/news")


@dataclass(slots=True)
class Part:
    """A part: its head, where its body lies, its parts. `section` is IMAP's name for it ("1.2")."""

    mail: bytes = field(repr=False)
    head: Head
    start: int
    end: int
    kind: Value
    section: str
    parts: list[Part] = field(default_factory=list)

    @property
    def type(self) -> str:
        """Its content type, lower case; text/plain where none is said."""
        return self.kind.main

    @property
    def is_container(self) -> bool:
        """Whether it is only there to hold others."""
        return self.type.startswith("multipart/") and bool(self.parts)

    @property
    def is_mail(self) -> bool:
        """Whether it is a whole mail within this one."""
        return self.type in _NESTED_MAIL

    @property
    def encoding(self) -> str:
        """How the body is encoded for transport."""
        return self.head.raw("content-transfer-encoding").decode("ascii", "replace").lower()

    def body(self, at_most: int | None = None) -> bytes:
        """The body as it was before it was encoded, of at most so many encoded bytes."""
        end = self.end if at_most is None else min(self.end, self.start + at_most)
        return transfer_decoded(self.mail[self.start : end], self.encoding)

    def size(self) -> int:
        """About how many bytes the body has once decoded, without decoding it."""
        length = self.end - self.start
        return length * 3 // 4 - length // 76 if self.encoding == "base64" else length

    def walk(self) -> Iterator[Part]:
        """Itself and the parts in it, in order; not those of mails within the mail."""
        yield self
        if not self.is_mail:
            for part in self.parts:
                yield from part.walk()


@dataclass(slots=True)
class _Budget:
    parts: int = MAX_PARTS
    is_spent: bool = False


def tree_of(mail: bytes) -> tuple[Part, bool]:
    """Return the root part, and whether some of the mail was left out for its bounds."""
    budget = _Budget()
    return _part(mail, 0, len(mail), "", 0, budget), budget.is_spent


def _part(
    mail: bytes, start: int, end: int, section: str, depth: int, budget: _Budget,
    default: str = "text/plain",
) -> Part:  # fmt: skip
    budget.parts -= 1
    head_end, body = _head_ends(mail, start, end)
    head = head_of(mail[start:head_end])
    part = Part(mail, head, body, end, _kind(head, default), section)
    if part.type.startswith("multipart/"):
        _divide(part, depth, budget)
        if not part.parts and depth < MAX_DEPTH and budget.parts > 0:
            part.kind = Value("text/plain", part.kind.parameters)  # it only says that it is many
    elif part.is_mail and part.encoding in {"", "7bit", "8bit", "binary"}:
        _open_mail(part, depth, budget)
    return part


def _head_ends(mail: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the head ends and the body begins; without an empty line all is head."""
    none = _NO_HEAD.match(mail, start, end)
    if none is not None:
        return start, none.end()
    limit = min(end, start + MAX_HEAD)
    blank = _HEAD_END.search(mail, start, limit)
    return (blank.start(), blank.end()) if blank else (limit, limit)


def _kind(head: Head, default: str) -> Value:
    found = value_of(head.raw("content-type"))
    return found if "/" in found.main else Value(default, found.parameters)


def _divide(part: Part, depth: int, budget: _Budget) -> None:
    """Cut a multipart at its boundary; without one it stays a part with nothing in it."""
    boundary = part.kind.get("boundary").strip()[:_LONGEST_BOUNDARY]
    if not boundary:
        return
    if depth >= MAX_DEPTH:
        budget.is_spent = True
        return
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    for number, (start, end) in enumerate(_slices(part, boundary), start=1):
        if budget.parts <= 0:
            budget.is_spent = True
            return
        name = f"{part.section}.{number}" if part.section else str(number)
        part.parts.append(_part(part.mail, start, end, name, depth + 1, budget, default))


def _slices(part: Part, boundary: str) -> Iterator[tuple[int, int]]:
    """Where the parts lie between the delimiter lines; a missing last line closes nothing."""
    mail, begin = part.mail, -1
    # Looked for as a whole: of lines that only begin like it there may be a million.
    delimiter = re.compile(
        b"(?<=\n)--" + re.escape(boundary.encode("utf-8", "replace")) + _DELIMITER_REST
    )
    for found in delimiter.finditer(mail, part.start, part.end):
        hit = found.start() - 1  # the newline before it
        if begin >= 0:
            yield begin, max(begin, hit - 1 if mail[hit - 1 : hit] == b"\r" else hit)
        if found[1]:
            return
        begin = found.end()
    if begin >= 0:
        yield begin, part.end


def _open_mail(part: Part, depth: int, budget: _Budget) -> None:
    if depth >= MAX_DEPTH or budget.parts <= 0:
        budget.is_spent = True
        return
    part.parts.append(_part(part.mail, part.start, part.end, part.section, depth + 1, budget))

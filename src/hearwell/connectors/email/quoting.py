"""What of a mail is new, and what only repeats or signs: a fold, never a loss.

The rules err on the side of showing: where nothing new would be left, where quotes and answers
alternate, or where the mail forwards another, nothing is folded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from hearwell.connectors.email import quote_words as words

_LOOK_BACK, _LOOK_AHEAD = 3, 6
_MANY_QUOTES = 2
_LAST_LINES = 4
# Invisible marks of direction that programs put around names in their announcements.
_DIRECTIONS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_SIGNATURE = ("-- ", "--", "—")
_COLONS = (":", "\uff1a")


class _Part(Enum):
    NEW = "new"
    QUOTE = "quote"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Parted:
    """`new` is what the writer says here; `full` is all of it, empty where that is the same."""

    new: str
    full: str = ""


def parted(text: str) -> Parted:
    """Part what is new in a mail's text from quotes and signature."""
    lines = text.split("\n")
    marks = _marks([line.translate(_DIRECTIONS) for line in lines])
    whole = _tidy(lines)
    kept = [line for line, mark in zip(lines, marks, strict=True) if mark is _Part.NEW]
    new = _tidy(kept)
    if not new or new == whole:
        return Parted(whole)
    return Parted(new, whole)


def _tidy(lines: Sequence[str]) -> str:
    """Without space at the ends of lines and without more than one empty line in a row."""
    kept: list[str] = []
    for line in lines:
        stripped = line.rstrip()
        if stripped or (kept and kept[-1]):
            kept.append(stripped)
    return "\n".join(kept).strip("\n")


def _marks(lines: Sequence[str]) -> list[_Part]:
    marks = [_Part.QUOTE if line.lstrip().startswith(">") else _Part.NEW for line in lines]
    if not _forwards(lines):
        _mark_tail(lines, marks)
        _mark_attributions(lines, marks)
        if _alternates(lines, marks):
            marks = [_Part.NEW] * len(lines)
    _mark_signature(lines, marks)
    return marks


def _forwards(lines: Sequence[str]) -> bool:
    """Whether the mail passes another one on: then the other one is what it is about."""
    return any(words.FORWARD.match(line) for line in lines if len(line) < words.LONGEST_ATTRIBUTION)


def _mark_tail(lines: Sequence[str], marks: list[_Part]) -> None:
    """From a separator, a block of headers or an attribution with an address, all is quoted."""
    for place, line in enumerate(lines):
        if marks[place] is _Part.NEW and _begins_tail(lines, place, line):
            begin = place
            while begin and words.RULER.match(lines[begin - 1]):
                begin -= 1
            marks[begin:] = [_Part.QUOTE] * (len(lines) - begin)
            return


def _begins_tail(lines: Sequence[str], place: int, line: str) -> bool:
    if len(line) > words.LONGEST_ATTRIBUTION or not line.strip():
        return False
    if words.SEPARATOR.match(line):
        return True
    if words.FROM_LINE.match(line):
        after = [other for other in lines[place + 1 : place + 1 + _LOOK_AHEAD] if other.strip()]
        return sum(1 for other in after if words.OTHER_LINE.match(other)) > 1
    return False


def _mark_attributions(lines: Sequence[str], marks: list[_Part]) -> None:
    """Words such as "On … Anna wrote:" belong to the quote below it, on up to three lines."""
    for place, line in enumerate(lines):
        if marks[place] is not _Part.NEW or not line.rstrip().endswith(_COLONS):
            continue
        begin = _attribution(lines, place)
        if begin is None:
            continue
        following = _next_line(lines, place)
        if following is not None and marks[following] is _Part.QUOTE:
            marks[begin:following] = [_Part.QUOTE] * (following - begin)
        elif words.ADDRESS.search(" ".join(lines[begin : place + 1])):
            # Some programs do not mark the lines they quote.
            marks[begin:] = [_Part.QUOTE] * (len(lines) - begin)
            return


def _attribution(lines: Sequence[str], last: int) -> int | None:
    """The first line of an attribution that ends at `last`, None if there is none."""
    for first in range(last, max(-1, last - _LOOK_BACK), -1):
        joined = " ".join(lines[first : last + 1])
        if not lines[first].strip() or len(joined) > words.LONGEST_ATTRIBUTION:
            return None
        if not words.WHEN.search(joined):
            continue
        if words.WROTE.search(joined) or words.ADDRESS.search(joined):
            return first
    return None


def _next_line(lines: Sequence[str], place: int) -> int | None:
    """The next line that is not empty."""
    below = range(place + 1, min(len(lines), place + 1 + _LOOK_BACK))
    return next((at for at in below if lines[at].strip()), None)


def _alternates(lines: Sequence[str], marks: Sequence[_Part]) -> bool:
    """Whether answers stand between quotes: then either is nothing without the other."""
    said = (mark for line, mark in zip(lines, marks, strict=True) if line.strip())
    sides = [mark for mark, _ in groupby(said)]
    return sides[1:-1].count(_Part.QUOTE) >= _MANY_QUOTES


def _mark_signature(lines: Sequence[str], marks: list[_Part]) -> None:
    """From a line of two dashes to the end or the next quote; and what phones add by themselves."""
    new = [at for at, mark in enumerate(marks) if mark is _Part.NEW and lines[at].strip()]
    for at in new[-_LAST_LINES:]:
        if words.MOBILE.match(lines[at]):
            marks[at] = _Part.SIGNATURE
    begin = next((at for at in new if lines[at] in _SIGNATURE), None)
    if begin is None:
        return
    for at in range(begin, len(lines)):
        if marks[at] is _Part.QUOTE:
            return
        marks[at] = _Part.SIGNATURE

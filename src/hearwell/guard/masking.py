"""Personal data taken out of a text, with typed stand-ins that can be put back. Pure.

Found are e-mail addresses, telephone numbers, cards, IBANs, the workspace's own references, IP
addresses, links, handles, dates, codes of letters and digits, every other number of six digits or
more, and the names that the caller knows. Names and postal addresses in running text that nobody
knows are not found. What the guard does for replies errs on the side of letting pass; this errs on
the side of taking out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hearwell.guard.accounts import cards, ibans
from hearwell.guard.addresses import emails, phones
from hearwell.guard.plain import plain
from hearwell.guard.references import references

KINDS: Final = (
    "email", "link", "iban", "card", "reference", "ip", "date", "phone", "handle", "code", "number",
    "name",
)  # fmt: skip
_MARK: Final = re.compile(rf"\[({'|'.join(KINDS)})_(\d{{1,3}})\]")
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
_IP: Final = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4})(?![\w.:])",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|\d{4}-\d{2}-\d{2})(?!\d)"
)
_HANDLE: Final = re.compile(r"(?<![\w@])@[\w][\w.-]{0,62}(?:@[\w.-]{1,120})?")
_CODE: Final = re.compile(
    r"(?<![\w@])(?=[A-Za-z-]{0,40}\d)(?=[\d-]{0,40}[A-Za-z])[A-Za-z0-9-]{5,40}(?!\w)"
)
_NUMBER: Final = re.compile(r"(?<![\w])\+?\d(?:[ ()./-]{0,2}\d){5,30}(?!\w)")
_FEWEST_DIGITS: Final = 2
_SHORTEST_NAME: Final = 2


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data; `kept` is stand-in ("[phone_1]") -> what stood there."""

    text: str
    kept: Mapping[str, str]

    def restored(self, text: str) -> str:
        """Put back what was taken out; a stand-in that nobody made stays as it is."""
        return _MARK.sub(lambda match: self.kept.get(match[0], match[0]), text)

    def strangers(self, text: str) -> list[str]:
        """Return the stand-ins of a text that were never made."""
        return [match[0] for match in _MARK.finditer(text) if match[0] not in self.kept]


def mask(
    text: str,
    *,
    names: Iterable[str] = (),
    masks: Collection[str] = (),
    ours: Collection[str] = (),
    kinds: Collection[str] = KINDS,
) -> Masked:
    """Take personal data out of a text.

    Parameters
    ----------
    names: names and handles of people in it, as far as they are known.
    masks: the workspace's masks of references (``references``).
    ours: addresses, ``@domains`` and numbers of the team's own, which stay.
    kinds: what is looked for.
    """
    # A stand-in that the customer wrote is none.
    said = _MARK.sub(lambda match: f"({match[1]} {match[2]})", plain(text))
    kept: dict[str, str] = {}
    for kind, found in _finders(names, masks, ours):
        if kind not in kinds:
            continue
        marks = {one: f"[{kind}_{n}]" for n, one in enumerate(dict.fromkeys(found(said)), 1)}
        kept |= {mark: one for one, mark in marks.items()}
        # The longest first: what is shorter may stand within it.
        for one in sorted(marks, key=len, reverse=True):
            said = _taken_out(said, one, marks[one])
    return Masked(said, kept)


def _taken_out(text: str, one: str, mark: str) -> str:
    """Replace it everywhere but within stand-ins."""
    parts = re.split(r"(\[[a-z]+_\d+\])", text)
    parts[::2] = [part.replace(one, mark) for part in parts[::2]]
    return "".join(parts)


def _finders(
    names: Iterable[str], masks: Collection[str], ours: Collection[str]
) -> Iterator[tuple[str, Callable[[str], list[str]]]]:
    """Yield kind and finder, what is longer or surer first."""
    yield "email", lambda text: emails(text, ours)
    yield "link", lambda text: [m[0].rstrip(".,;:!?)") for m in _LINK.finditer(text)]
    yield "iban", ibans
    yield "card", cards
    yield "reference", lambda text: references(text, masks)
    yield "ip", _matches(_IP)
    yield "date", _matches(_DATE)
    yield "phone", lambda text: phones(text, ours)
    yield "handle", _matches(_HANDLE)
    yield "code", lambda text: [m[0] for m in _CODE.finditer(text) if _is_code(m[0])]
    yield "number", lambda text: [one for one in _matches(_NUMBER)(text) if not _is_ours(one, ours)]
    yield "name", _named(names)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    return lambda text: [match[0] for match in pattern.finditer(text)]


def _is_code(text: str) -> bool:
    """Say whether it is no plain word: at least two digits among letters."""
    return sum(map(str.isdigit, text)) >= _FEWEST_DIGITS and any(map(str.isalpha, text))


def _is_ours(number: str, ours: Collection[str]) -> bool:
    digits = re.sub(r"\D", "", number)
    return any(digits == re.sub(r"\D", "", one) for one in ours)


def _named(names: Iterable[str]) -> Callable[[str], list[str]]:
    """Return a finder of whole names and each of their words, whatever their case."""
    parts = {part for name in names for part in (name.strip(), *name.split())}
    wanted = sorted((p for p in parts if len(p) >= _SHORTEST_NAME), key=len, reverse=True)
    if not wanted:
        return lambda _text: []
    any_of = "|".join(re.escape(plain(part)) for part in wanted)
    return _matches(re.compile(rf"(?<!\w)(?:{any_of})(?!\w)", re.IGNORECASE))

"""What the guard looks for, how strict it is, and what a finding is. Pure.

Each kind of thing has a module of its own beside this one; all of them take plain text
(``plain.plain``) and return what they found as it stands there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hearwell.guard.accounts import cards, ibans
from hearwell.guard.addresses import emails, phones
from hearwell.guard.plain import plain
from hearwell.guard.profanity import WORDS, profane
from hearwell.guard.references import references


class Check(StrEnum):
    """One thing that the guard looks for."""

    CARD = "card"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"
    REFERENCE = "reference"
    PROFANITY = "profanity"
    ALIKE = "alike"
    PROMISE = "promise"
    ALT = "alt"


class Level(StrEnum):
    """What becomes of a reply in which something was found."""

    OFF = "off"
    WARN = "warn"
    BLOCK = "block"


_C, _L = Check, Level
DEFAULTS: Final[Mapping[Check, Level]] = MappingProxyType(
    {
        _C.CARD: _L.BLOCK,
        _C.IBAN: _L.BLOCK,
        _C.EMAIL: _L.WARN,
        _C.PHONE: _L.WARN,
        _C.REFERENCE: _L.WARN,
        _C.PROFANITY: _L.WARN,
        _C.ALIKE: _L.WARN,
        _C.PROMISE: _L.WARN,
        _C.ALT: _L.WARN,
    }
)
# What only matters where everybody reads it.
IN_PUBLIC: Final = frozenset({_C.CARD, _C.IBAN, _C.EMAIL, _C.PHONE, _C.REFERENCE})
_TOKEN: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `found` as it stands in the text, `level` what becomes of it."""

    check: Check
    level: Level
    found: tuple[str, ...] = ()

    @property
    def token(self) -> str:
        """What says "I was told of exactly this": another address needs another one."""
        said = "\n".join(self.found).casefold()
        return f"{self.check}-{hashlib.sha256(said.encode()).hexdigest()[:_TOKEN]}"

    @property
    def is_blocking(self) -> bool:
        """Whether nobody may send it like this."""
        return self.level is Level.BLOCK


@dataclass(frozen=True, slots=True)
class Terms:
    """What a workspace wants: a level for each check, and its own words, numbers and masks."""

    levels: Mapping[Check, Level] = field(default_factory=lambda: DEFAULTS)
    ours: Collection[str] = ()
    patterns: Collection[str] = ()
    words: Mapping[str, Collection[str]] = field(default_factory=lambda: WORDS)

    def is_on(self, check: Check) -> bool:
        """Whether that check is made at all."""
        return self.levels[check] is not Level.OFF

    def finding(self, check: Check, found: Iterable[str] = ()) -> Finding:
        """What that check found, at the level it has here."""
        return Finding(check, self.levels[check], tuple(dict.fromkeys(found)))


def findings(text: str, terms: Terms, *, is_public: bool) -> list[Finding]:
    """What can be seen in the text alone, in the order of the checks."""
    wanted = {c for c in Check if terms.is_on(c) and (is_public or c not in IN_PUBLIC)}
    found = _looks(plain(text), terms, wanted)
    return [terms.finding(check, what) for check, what in found if what]


def _looks(
    text: str, terms: Terms, wanted: AbstractSet[Check]
) -> Iterator[tuple[Check, list[str]]]:
    accounts = ibans(text) if wanted & {_C.IBAN, _C.PHONE} else []
    yield _C.CARD, cards(text) if _C.CARD in wanted else []
    yield _C.IBAN, accounts if _C.IBAN in wanted else []
    yield _C.EMAIL, emails(text, terms.ours) if _C.EMAIL in wanted else []
    yield _C.PHONE, phones(_without(text, accounts), terms.ours) if _C.PHONE in wanted else []
    yield _C.REFERENCE, references(text, terms.patterns) if _C.REFERENCE in wanted else []
    yield _C.PROFANITY, profane(text, terms.words) if _C.PROFANITY in wanted else []


def _without(text: str, parts: Iterable[str]) -> str:
    """The digits of an account number are no telephone number as well."""
    for part in parts:
        text = text.replace(part, " ")
    return text

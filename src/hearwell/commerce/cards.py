"""What another system answers, read into cards: named places only, checked and capped. Pure.

What came is data: nothing of it is followed, run or believed to be of the right kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal, DecimalException
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from hearwell.kit.text import clean
from hearwell.powers.money import digits_of

MOST_CARDS: Final = 5
MOST_DETAILS: Final = 8
LONGEST: Final = 200
LONGEST_LINK: Final = 1000
_MOST_MINOR: Final = 10**12
_CURRENCY_LETTERS: Final = 3
_MISSING: Final = object()


class CardKind(StrEnum):
    """What a card is of."""

    ORDER = "order"
    BOOKING = "booking"
    CALL = "call"
    OTHER = "other"


class UnreadableError(ValueError):
    """The answer is no JSON, or what has to be in it is not."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the parts of a card stand in an answer: JSON pointers (RFC 6901); empty is nowhere.

    `root` leads to one object or a list of them, the whole answer if empty. With `says` the answer
    speaks of success only where that place holds one of `says_one_of`. `is_minor`: amounts are
    whole minor units, else as in 49.90.
    """

    kind: str = CardKind.OTHER.value
    root: str = ""
    title: str = ""
    ref: str = ""
    state: str = ""
    amount: str = ""
    currency: str = ""
    date: str = ""
    link: str = ""
    details: tuple[tuple[str, str], ...] = ()
    says: str = ""
    says_one_of: tuple[str, ...] = ()
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One order, booking, call or other thing. `date` is ISO 8601 or empty.

    So is `as_of`: when it was looked up.
    """

    kind: str
    title: str = ""
    ref: str = ""
    state: str = ""
    amount_minor: int | None = None
    currency: str = ""
    date: str = ""
    link: str = ""
    details: list[list[str]] = field(default_factory=list)
    as_of: str = ""

    def kept(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return asdict(self)


def card_from(kept: Mapping[str, Any]) -> Card:
    """Return a stored card."""
    return Card(**{name: kept[name] for name in Card.__dataclass_fields__ if name in kept})


def document_of(body: bytes) -> Any:
    """Return the JSON of an answer. Raises UnreadableError."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError from error


def at(document: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer, a private mark if nothing does; see `is_there`."""
    found = document
    for part in pointer.split("/")[1:] if pointer else ():
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping):
            found = found.get(name, _MISSING)
        elif isinstance(found, list) and name.isascii() and name.isdigit() and len(name) < 6:  # noqa: PLR2004
            found = found[int(name)] if int(name) < len(found) else _MISSING
        else:
            return _MISSING
    return found


def is_there(found: Any) -> bool:
    """Whether something stands at a place: not nothing, not null, not an empty list or object."""
    return found is not _MISSING and found is not None and found not in ([], {})


def is_success(document: Any, reading: Reading) -> bool:
    """Whether an answer says that it was done, where it has to say so."""
    if not reading.says:
        return True
    found = _text(at(document, reading.says))
    return found.casefold() in {one.casefold() for one in reading.says_one_of}


def cards_in(document: Any, reading: Reading, currency: str, origin: str = "") -> list[Card]:
    """Return the cards in an answer, at most five.

    `currency` is meant where none is said; links lead to https, or to the service's own `origin`.
    """
    found = at(document, reading.root)
    if not is_there(found):
        return []
    things = found[:MOST_CARDS] if isinstance(found, list) else [found]
    return [_card(thing, reading, currency, origin) for thing in things]


def _card(thing: Any, reading: Reading, currency: str, origin: str) -> Card:
    said = _text(at(thing, reading.currency)).upper() if reading.currency else ""
    is_code = len(said) == _CURRENCY_LETTERS and said.isascii() and said.isalpha()
    money = said if is_code else currency
    details = ((label, _text(at(thing, place))) for label, place in reading.details[:MOST_DETAILS])
    return Card(
        kind=reading.kind,
        title=_at(thing, reading.title),
        ref=_at(thing, reading.ref),
        state=_at(thing, reading.state),
        amount_minor=_minor(_at(thing, reading.amount), money, is_minor=reading.is_minor),
        currency=money,
        date=_date(_at(thing, reading.date)),
        link=_link(_at(thing, reading.link), origin),
        details=[[label, value] for label, value in details if value],
    )


def _at(thing: Any, pointer: str) -> str:
    return _text(at(thing, pointer)) if pointer else ""


def _text(found: Any) -> str:
    """Return a plain value as text, a list of them joined; anything else is nothing."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, str | int | float):
        return " ".join(clean(str(found))[0].split())[:LONGEST_LINK]
    if isinstance(found, Sequence):
        parts = [_text(one) for one in found[:MOST_DETAILS] if not isinstance(one, list | dict)]
        return ", ".join(part for part in parts if part)[:LONGEST]
    return ""


def _minor(text: str, currency: str, *, is_minor: bool) -> int | None:
    try:
        amount = Decimal(text)
        if not amount.is_finite() or abs(amount) > _MOST_MINOR:
            return None
        whole = amount if is_minor else amount.scaleb(digits_of(currency))
        is_whole = whole == whole.to_integral_value() and bool(whole) == bool(amount)
        return int(whole) if is_whole else None
    except DecimalException:  # no number, or one whose exponent is beyond any reckoning
        return None


def _date(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        try:
            date.fromisoformat(text)
        except ValueError:
            return ""
    return text


def _link(text: str, origin: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    is_safe = parts.scheme == "https" or (origin and f"{parts.scheme}://{parts.netloc}" == origin)
    is_plain = text.isascii() and text.isprintable() and len(text) <= LONGEST_LINK
    has_sign_in = parts.username or parts.password
    return text if is_safe and is_plain and parts.hostname and not has_sign_in else ""

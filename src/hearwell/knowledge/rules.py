"""Variables in saved replies: which there are, what stands in for them. Pure.

``{customer.first_name|there}`` is the customer's first name, or "there" where it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

VARIABLES: Final[Mapping[str, bool]] = {
    "customer.name": False,
    "customer.first_name": False,
    "customer.handle": False,
    "agent.name": True,
    "agent.first_name": True,
    "agent.initials": True,
    "case.number": True,
    "brand.name": True,
    "desk.opens": False,
}
"""Each variable, and whether it is always known; those that are not need a fallback."""
LONGEST_REPLY: Final = 5000
_SLOT: Final = re.compile(r"\{([^{}|\n]*)(?:\|([^{}\n]*))?\}")


class BadReplyError(ValueError):
    """A saved reply that could go wrong; the message says where, in words for its form."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable as it stands in a text; `fallback` None: it has none."""

    name: str
    fallback: str | None


def slots(text: str) -> Iterator[Slot]:
    """Yield the variables of a text in order."""
    for match in _SLOT.finditer(text):
        yield Slot(match[1].strip(), match[2])


def check(text: str) -> None:
    """Raise BadReplyError for a text that is too long, or a variable that could stay empty."""
    if len(text) > LONGEST_REPLY:
        message = f"A saved reply has at most {LONGEST_REPLY} characters."
        raise BadReplyError(message)
    for slot in slots(text):
        if slot.name not in VARIABLES:
            known = ", ".join(f"{{{name}}}" for name in VARIABLES)
            message = f"There is no {{{slot.name}}}. These are known: {known}."
            raise BadReplyError(message)
        if not VARIABLES[slot.name] and slot.fallback is None:
            message = (
                f"{{{slot.name}}} is not always known: say what stands in for it,"
                f" as in {{{slot.name}|there}}."
            )
            raise BadReplyError(message)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its variables replaced; an unknown one stays as it is, to be seen."""

    def stand_in(match: re.Match[str]) -> str:
        name = match[1].strip()
        if name not in VARIABLES:
            return match[0]
        return values.get(name) or (match[2] or "")

    return _SLOT.sub(stand_in, text)


def first_name(name: str) -> str:
    """Return the first word of a name, if it looks like one: a handle or a title is none."""
    words = name.split(maxsplit=1)
    is_name = bool(words) and words[0].isalpha() and words[0][0].isupper() and len(words[0]) > 1
    return words[0] if is_name else ""

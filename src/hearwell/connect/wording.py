"""Sentences with something put in, said in English and known again to be translated.

What a connector says is stored as it was said and translated where it is shown. A text that stands
whole in the catalogue is looked up; one with a number or a name in it never is the same twice. So
such a sentence is declared once, and what was said with it is taken apart again.

    TOO_LONG = Wording("%(over)s characters too long for %(network)s.")
    Problem("too_long", TOO_LONG(over=12, network="X"))

What more than one network says is declared here.
"""

from __future__ import annotations

import re
from typing import Final

_PLACE: Final = re.compile(r"%\((\w+)\)s")
_DECLARED: Final[dict[str, Wording]] = {}


class Wording:
    """A sentence with places in it, written ``%(name)s``. Declare it where a module begins."""

    def __init__(self, words: str) -> None:
        self.words = words
        parts = _PLACE.split(words)
        written = [re.escape(part) for part in parts[::2]]
        places = [f"(?P<{name}>.+?)" for name in parts[1::2]]
        whole = "".join(a + b for a, b in zip(written, [*places, ""], strict=True))
        self._said = re.compile(whole, re.DOTALL)
        _DECLARED[words] = self

    def __call__(self, **values: object) -> str:
        """Say it, in English. Raises KeyError for a place without a value."""
        return self.words % values

    def read(self, said: str) -> dict[str, str] | None:
        """Return what was put into the places; None if this was not said."""
        found = self._said.fullmatch(said)
        return found.groupdict() if found else None

    @property
    def plain(self) -> int:
        """How many letters it has of its own: of two that fit, the longer one was said."""
        return len(_PLACE.sub("", self.words))


TOO_LONG: Final = Wording("%(over)s characters too long for %(network)s.")
BESIDE_A_FILE: Final = Wording(
    "%(over)s characters too long for %(network)s, which takes %(limit)s beside a file."
)
BYTES_TOO_LONG: Final = Wording("%(over)s bytes too long for %(network)s, which takes %(limit)s.")
RIGHT_MISSING: Final = Wording("The right “%(right)s” is missing. Please reconnect the account.")
NOT_GIVEN: Final = Wording("The permission %(right)s was not given. Please reconnect and allow it.")
CALLS_LEFT: Final = Wording("%(left)s of %(limit)s calls are left for now.")


def taken_apart(said: str) -> tuple[str, dict[str, str]] | None:
    """Return the declared sentence and what was put into it; None for what is none of them."""
    fitting = [(one, one.read(said)) for one in _DECLARED.values()]
    found = [(one, values) for one, values in fitting if values is not None]
    if not found:
        return None
    wording, values = max(found, key=lambda pair: pair[0].plain)
    return wording.words, values

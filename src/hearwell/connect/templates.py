"""Messages that a network has approved beforehand: what they say, and what is filled in. Pure.

Some networks take nothing else once the window for free words has closed.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hearwell.connect.model import Account

# The setting of an account in which a connector keeps what was approved.
SETTING: Final = "templates"
_BLANK: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}")
_BETWEEN: Final = "\n\n"
_MOST_FILLED: Final = 1000


@dataclass(frozen=True, slots=True)
class Filled:
    """A template as a draft uses it: which one, and by blank (``Template.blanks``) what is said."""

    name: str
    language: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """An approved message. Its parts hold blanks such as ``{{1}}`` or ``{{order}}``.

    ``samples`` are what was given as examples when it was approved, by blank. A blank is called by
    its part and its name, since every part may count from one: ``header:1``, ``body:1``.
    """

    name: str
    language: str
    body: str
    header: str = ""
    footer: str = ""
    category: str = ""
    samples: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """What tells it from every other one of the account."""
        return f"{self.name}:{self.language}"

    @property
    def title(self) -> str:
        """Its name for people."""
        return f"{self.name.replace('_', ' ')} ({self.language})"

    @property
    def blanks(self) -> tuple[str, ...]:
        """What is to be filled in, in the order it is read."""
        found = (f"{part}:{name}" for part, text in self._parts for name in _BLANK.findall(text))
        return tuple(dict.fromkeys(found))

    @property
    def _parts(self) -> tuple[tuple[str, str], ...]:
        parts = (("header", self.header), ("body", self.body), ("footer", self.footer))
        return tuple((part, text.strip()) for part, text in parts if text.strip())

    def text(self, values: Mapping[str, str] | None = None) -> str:
        """What the customer reads; a blank without a value stays as it is."""
        given = values or {}

        def said(part: str, text: str) -> str:
            return _BLANK.sub(lambda m: given.get(f"{part}:{m[1]}") or m[0], text)

        return _BETWEEN.join(said(part, text) for part, text in self._parts).strip()

    def filled_as(self, text: str) -> Filled | None:
        """How it was filled in to say this, or None if these are not its words."""
        pieces, seen = [""], set[str]()
        for number, (part, words) in enumerate(self._parts):
            pieces[-1] += re.escape(_BETWEEN) if number else ""
            _take_apart(pieces, part, words, seen)
        *firm, last = pieces
        # A piece that was found once is not looked for further on: with eight blanks in it, one
        # that does not fit would be tried for longer than anybody lives.
        pattern = "".join(f"(?>{piece})" for piece in firm) + last
        found = re.fullmatch(rf"\s*{pattern}\s*", text.strip(), re.DOTALL)
        if found is None:
            return None
        values = tuple((blank, found[_group(blank)].strip()) for blank in self.blanks)
        return Filled(self.name, self.language, values)


class SendsTemplates(ABC):
    """Sends what its network has approved beforehand, where free words are no longer taken.

    A draft that is one names it in ``Draft.template``; its ``text`` is what the customer reads.
    """

    @abstractmethod
    def templates(self, account: Account) -> Sequence[Template]:
        """The approved ones that can be sent, out of the account's settings. PURE."""

    @abstractmethod
    def read_templates(self, account: Account) -> Mapping[str, str]:
        """Ask for them: settings to lay over the account's (``SETTING``), with each health check.

        Raises failures; the settings stay as they are then.
        """


def _group(blank: str) -> str:
    return "b_" + blank.replace(":", "_")


def _take_apart(pieces: list[str], part: str, words: str, seen: set[str]) -> None:
    """Add patterns: for each blank one, with the words up to the next."""
    at = 0
    for match in _BLANK.finditer(words):
        pieces[-1] += re.escape(words[at : match.start()])
        group, at = _group(f"{part}:{match[1]}"), match.end()
        # A value holds no line of its own, so that what is said around it is found again.
        is_new, value = group not in seen, rf"[^\n]{{1,{_MOST_FILLED}}}?"
        pieces.append(f"(?P<{group}>{value})" if is_new else f"(?P={group})")
        seen.add(group)
    pieces[-1] += re.escape(words[at:])


def template_saying(templates: Iterable[Template], text: str) -> Filled | None:
    """The first template whose words these are, as it was filled in; None if there is none.

    A blank that was left as it is counts as not filled in.
    """
    if _BLANK.search(text):
        return None
    found = (template.filled_as(text) for template in templates)
    return next((filled for filled in found if filled is not None), None)


def template_named(templates: Sequence[Template], filled: Filled) -> Template | None:
    """The template that a draft means; None if the account has it no more."""
    wanted = (filled.name, filled.language)
    return next((one for one in templates if (one.name, one.language) == wanted), None)

"""HTML of a message as plain text, with its links in code points. Pure, total, linear.

Nothing of the markup survives: what comes out is text and is escaped where it is shown, so there
is nothing to sanitise. Meant for the small HTML that social networks send (paragraphs, breaks,
lists, quotes, links); whatever else there is leaves its words behind.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

# An attribute with a ">" in it ends its tag early: a few stray letters, never markup.
_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<[!?/][^<>]*>|([^<]+|<)")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SILENT = frozenset({"head", "script", "style", "template", "title", "iframe", "object", "svg"})
# How many line breaks an element stands apart by.
_APART = {
    "address": 1, "article": 1, "blockquote": 2, "dd": 1, "div": 1, "dl": 2, "dt": 1,
    "figure": 2, "footer": 1, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "header": 1,
    "hr": 2, "li": 1, "main": 1, "ol": 2, "p": 2, "pre": 2, "section": 1, "table": 2, "tr": 1,
    "ul": 2,
}  # fmt: skip
# They mark words and stand for nothing themselves.
_IDLE = frozenset({"span", "strong", "em", "b", "i", "u", "s", "code", "del", "small"})
_DEEPEST = 9
_NO_CLASSES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link as the markup has it; ``text`` is what a reader sees of it."""

    text: str
    address: str
    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the text: ``start`` and ``end`` count code points, end exclusive."""

    start: int
    end: int
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Plain:
    """Text without markup, and where its links are."""

    text: str
    links: tuple[Link, ...]


def _as_it_stands(anchor: Anchor) -> str:
    return anchor.text


def plain_text(
    markup: str,
    *,
    wording: Callable[[Anchor], str] = _as_it_stands,
    without: Collection[str] = (),
) -> Plain:
    """Return what a reader would see, paragraphs apart by an empty line; never raises.

    Parameters
    ----------
    wording: what to write for a link, where it is not the words that it has.
    without: classes; an element of one of them is left out, with all that is in it.
    """
    if "<" not in markup and "&" not in markup and "\n" not in markup and "  " not in markup:
        return Plain(markup.strip(), ())
    reader = _Reader(wording, frozenset(without))
    for closing, name, attributes, words in _TOKEN.findall(markup):
        if words:
            reader.read(words)
        elif not name or (name in _IDLE and not without):
            continue
        elif closing:
            reader.leave(name.lower())
        else:
            reader.enter(name.lower(), attributes)
    return reader.done()


class _Reader:
    """Collects pieces of text; breaks are written only when something follows them."""

    __slots__ = (
        "_anchor", "_depth", "_length", "_links", "_owed", "_pieces", "_pre", "_silent",
        "_without", "_wording",
    )  # fmt: skip

    def __init__(self, wording: Callable[[Anchor], str], without: frozenset[str]) -> None:
        self._wording, self._without = wording, without
        self._pieces: list[str] = []
        self._links: list[Link] = []
        self._length = self._owed = self._depth = self._pre = 0
        # The element that is left out, and how many of its name are open in it.
        self._silent: tuple[str, int] | None = None
        # Where the open link's pieces begin, its address and its classes.
        self._anchor: tuple[int, str, frozenset[str]] | None = None

    def enter(self, name: str, attributes: str) -> None:
        """An element begins."""
        if self._silent is not None:
            if name == self._silent[0]:
                self._silent = (name, self._silent[1] + 1)
            return
        if name in _SILENT or (self._without and self._without & _classes(attributes)):
            self._silent = (name, 1)
            return
        if name == "br":
            self._owe(1, more=True)
        elif name == "a":
            self._begin_link(attributes)
        elif name in _APART:
            self._owe(_APART[name])
            self._open(name)

    def leave(self, name: str) -> None:
        """An element ends, whether or not it ever began."""
        if self._silent is not None:
            tag, count = self._silent
            if name == tag:
                self._silent = (tag, count - 1) if count > 1 else None
            return
        if name == "a":
            self._end_link()
        elif name in _APART:
            self._owe(_APART[name])
            if name == "blockquote":
                self._depth = max(0, self._depth - 1)
            elif name == "pre":
                self._pre = max(0, self._pre - 1)

    def read(self, words: str) -> None:
        """Some text, references not undone yet."""
        if self._silent is not None:
            return
        if not self._pre:
            words = _SPACE.sub(" ", words)
        if "&" in words:
            words = html.unescape(words)
        self._write(words)

    def done(self) -> Plain:
        """What was read."""
        self._end_link()
        return Plain("".join(self._pieces).rstrip(), tuple(self._links))

    # --- pieces ------------------------------------------------------------------------------

    def _open(self, name: str) -> None:
        if name == "blockquote":
            self._depth = min(_DEEPEST, self._depth + 1)
        elif name == "pre":
            self._pre += 1
        elif name == "li":
            self._write("• ")

    def _owe(self, breaks: int, *, more: bool = False) -> None:
        if self._length:
            # Two empty lines say no more than one.
            self._owed = min(2, self._owed + breaks) if more else max(self._owed, breaks)

    def _write(self, words: str) -> None:
        if self._owed or not self._length:
            words = words if self._pre else words.lstrip(" ")
            if not words:
                return
            self._pay()
        elif words.startswith(" ") and self._pieces[-1].endswith(" ") and not self._pre:
            words = words[1:]
        if words:
            self._pieces.append(words)
            self._length += len(words)

    def _pay(self) -> None:
        """Write the breaks that are owed, and how deep in quotes the new line is."""
        if self._owed:
            self._trim()
        mark = "\n" * self._owed + ("> " if self._depth == 1 else ">" * self._depth + " ")
        mark = mark if self._depth else "\n" * self._owed
        self._owed = 0
        if mark:
            self._pieces.append(mark)
            self._length += len(mark)

    def _trim(self) -> None:
        """Take away the space before a break; a link's words end before it in any case."""
        while self._pieces and self._pieces[-1].endswith(" "):
            kept = self._pieces[-1].rstrip(" ")
            self._length -= len(self._pieces[-1]) - len(kept)
            if kept:
                self._pieces[-1] = kept
                break
            self._pieces.pop()
        if self._anchor is not None and self._anchor[0] > len(self._pieces):
            self._anchor = (len(self._pieces), *self._anchor[1:])

    # --- links -------------------------------------------------------------------------------

    def _begin_link(self, attributes: str) -> None:
        self._end_link()
        given = _given(attributes)
        address = given.get("href", "").strip()
        if address:
            classes = frozenset(given.get("class", "").split())
            self._anchor = (len(self._pieces), address, classes)

    def _end_link(self) -> None:
        if self._anchor is None:
            return
        first, address, classes = self._anchor
        self._anchor = None
        seen = "".join(self._pieces[first:])
        shown = seen.strip(" \n")
        if not shown:
            return
        anchor = Anchor(shown, address, classes)
        before, _, after = seen.partition(shown)
        start = self._length - len(seen) + len(before)
        worded = self._wording(anchor)
        if worded != shown:
            self._pieces[first:] = [before + worded + after]
            self._length += len(worded) - len(shown)
        if worded:
            self._links.append(Link(start, start + len(worded), anchor))


def _given(attributes: str) -> dict[str, str]:
    """Attributes by name in lower case; of two with the same name the first counts."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(attributes):
        found.setdefault(name.lower(), html.unescape("".join(values)))
    return found


def _classes(attributes: str) -> frozenset[str]:
    if "class" not in attributes.lower():
        return _NO_CLASSES
    return frozenset(_given(attributes).get("class", "").split())

"""HTML cut into tags and text, in time linear in its length whatever it is.

Python's own `html.parser` is quadratic for some unfinished tags (half a megabyte of "<a " takes it
hours), and we need neither its strictness nor its events.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,40})\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_RAW = frozenset({"script", "style", "title", "textarea", "xmp"})
_LONGEST_TAG = 4000
_LONGEST_TEXT = 65536


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening or closing tag; attribute names in lower case, values unescaped."""

    name: str
    is_closing: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


class _Ahead:
    """Finds strings ahead, each stretch looked at once: what is not there is not sought again."""

    def __init__(self, text: str) -> None:
        self._text, self._known = text, dict[str, int]()

    def find(self, what: str, at: int) -> int:
        known = self._known.get(what, -1)
        if known < at:
            found = self._text.find(what, at)
            known = self._known[what] = found if found >= 0 else len(self._text)
        return known


def tokens(markup: str) -> Iterator[Tag | str]:
    """Tags and unescaped stretches of text, in order; comments and scripts left out."""
    ahead, at, end = _Ahead(markup), 0, len(markup)
    while at < end:
        opening = ahead.find("<", at)
        if opening > at:
            yield from _unescaped(markup, at, opening)
        if opening == end:
            return
        named = _TAG_NAME.match(markup, opening + 1)
        if named is None:
            at = _after_special(markup, opening, ahead)
            if at == opening + 1:
                yield "<"
            continue
        closing = _closing(markup, opening, ahead)
        tag = _tag(named, markup[named.end() : min(closing, named.end() + _LONGEST_TAG)])
        yield tag
        at = closing + 1
        if tag.name in _RAW and not tag.is_closing:
            at = ahead.find(f"</{tag.name}", at)


def _unescaped(markup: str, start: int, end: int) -> Iterator[str]:
    for at in range(start, end, _LONGEST_TEXT):
        yield html.unescape(markup[at : min(end, at + _LONGEST_TEXT)])


def _after_special(markup: str, at: int, ahead: _Ahead) -> int:
    """Where it goes on after a comment, a declaration or a "<" that is only a character."""
    if markup.startswith("<!--", at):
        end = ahead.find("-->", at + 4)
        return end + 3 if end < len(markup) else ahead.find(">", at) + 1
    if markup[at + 1 : at + 2] in {"!", "?", "/"}:
        return ahead.find(">", at) + 1
    return at + 1


def _closing(markup: str, at: int, ahead: _Ahead) -> int:
    """The ">" that ends a tag; one inside a quoted value does not, if the quote is soon closed."""
    end = ahead.find(">", at)
    inside = markup[at : min(end, at + _LONGEST_TAG)]
    for quote in '"', "'":
        if inside.count(quote) % 2 and inside.rfind("=") < inside.rfind(quote):
            close = markup.find(quote, end, end + _LONGEST_TAG)
            after = markup.find(">", close, close + _LONGEST_TAG) if close > 0 else -1
            return after if after > 0 else end
    return end


def _tag(named: re.Match[str], rest: str) -> Tag:
    attributes: dict[str, str] = {}
    if "=" in rest:
        for name, value in _ATTRIBUTE.findall(rest):
            attributes.setdefault(name.lower(), html.unescape(value.strip("\"'")))
    return Tag(named[1].lower(), named[0].startswith("/"), attributes)

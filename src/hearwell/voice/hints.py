"""Which letters a cue cannot do without, read off its pattern. Pure.

Looking for letters in a text takes a hundredth of the time of looking for a pattern, and most
patterns are in no text. So a pattern is tried only where one of its hints is in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# Letters that a pattern takes for "i" or "s" in any case, but that are others in small letters: a
# text that has one is tried with every pattern.
ODD: Final = frozenset("İıſ")
Hints = frozenset[str]
NONE: Final[Hints] = frozenset({""})
_TOKEN: Final = re.compile(
    r"(?P<open>\((?:\?:)?)|(?P<end>[|)])|\[(?P<each>[^]^\\-]+)\]|(?P<any>\[[^]]+\]|\\\w|[.^$])"
    r"|(?P<maybe>[?*]|\{0[^}]*\})|(?P<some>\+|\{[^}]+\})|\\?(?P<letter>.)"
)


def hints_of(pattern: str) -> Hints:
    """Return texts in small letters of which one is in whatever a pattern of `cues` matches.

    An empty one is in every text. Of what stands in a row the longest is taken; of what may stand
    in one place, each. Patterns have groups, sets, escapes and quantifiers, and nothing else.
    """
    return _group(_TOKEN.finditer(pattern.lower()))


def _group(tokens: Iterator[re.Match[str]]) -> Hints:
    """Read on to the end of a group."""
    found: set[str] = set()
    row = _Row()
    for token in tokens:
        if token["end"]:
            found |= row.best()
            row = _Row()
            if token["end"] == ")":
                return frozenset(found)
        else:
            row.add(token, tokens)
    return frozenset(found | row.best())


class _Row:
    """What stands in a row: runs of letters, and groups."""

    def __init__(self) -> None:
        self._parts: list[Hints] = [NONE]
        self._run = ""

    def add(self, token: re.Match[str], rest: Iterator[re.Match[str]]) -> None:
        """Take the next part; a group reads on to its end."""
        if token["letter"]:
            self._run += token["letter"]
        elif token["maybe"]:
            self._drop_last()
        else:
            self._end_run()
            if token["open"]:
                self._parts.append(_group(rest))
            elif token["each"]:
                self._parts.append(frozenset(token["each"]))
            elif token["any"]:
                self._parts.append(NONE)

    def best(self) -> Hints:
        """Return the part whose shortest hint is longest."""
        self._end_run()
        return max(self._parts, key=lambda hints: min(map(len, hints)))

    def _drop_last(self) -> None:
        if self._run:
            self._run = self._run[:-1]
            self._end_run()
        else:
            self._parts[-1] = NONE

    def _end_run(self) -> None:
        if self._run:
            self._parts.append(frozenset({self._run}))
            self._run = ""

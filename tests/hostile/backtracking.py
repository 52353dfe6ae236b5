"""Whether a pattern ever looks back so often that a long text stops whoever reads it.

Every pattern of the product is taken as its module uses it (matched, searched, split), and given
texts of the signs that are in it, longer each time, behind beginnings that lead into it. Those that
take the square of their length are found as well as those that take a power.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import regex

import hearwell

# The longest text that a message may be; a pattern with a square in it takes seconds for it.
LENGTHS = (100, 500, 20_000)
BUDGET_S = 0.4
_UNITS = (
    *"aA0 \t\n.-_@:/\"'=<>&;#+(,)*[]é日%!x$€\xa0",
    "a ",
    "a.",
    "a-",
    "1,",
    "1.",
    "1 ",
    "a@",
    "a\n",
    "\n ",
    "> ",
    "<a ",
    '="',
    "&a",
    "0:",
    "/a",
    "a1",
    "re",
    "re:",
    " -",
    "= ",
    "\\a",
    "=?",
)
_BEFORE = ("", "<", '"', "(", "http://", "re", "a@", "=?a?q?", "&", "#")
_USES = ("match", "fullmatch", "search", "finditer", "findall", "sub", "split")
Found = tuple[str, Any, frozenset[str]]


def patterns() -> Iterator[Found]:
    """Every pattern that a module of the product holds by a name: where, it, and how it is used."""
    for one in pkgutil.walk_packages(hearwell.__path__, "hearwell."):
        if not re.search(
            r"\.(migrations|__main__|asgi|wsgi|settings|fake\w*|cli|bench)\b", one.name
        ):
            importlib.import_module(one.name)
    for name in sorted(sys.modules):
        if name.startswith("hearwell.") and "fake" not in name:
            yield from _patterns_in(name)


def _patterns_in(name: str) -> Iterator[Found]:
    module = sys.modules[name]
    path = Path(module.__file__ or "")
    source = path.read_text()
    # Used by its neighbours, too.
    around = "".join(one.read_text() for one in path.parent.glob("*.py"))
    for held, value in vars(module).items():
        if isinstance(value, re.Pattern | regex.Pattern):
            used = {use for use in _USES if re.search(rf"\b{held}\.{use}\b", around)}
            if f"{held}: " in source or f"{held} = " in source:  # and not merely imported
                yield f"{name}.{held}", value, frozenset(used or {"finditer"})


def slowness(pattern: Any, used: frozenset[str]) -> tuple[str, float]:
    """Return the text that costs most and the seconds it cost; the first beyond the budget."""
    worst = ("", 0.0)
    for length in LENGTHS:
        for text in texts(length):
            spent = _spent(pattern, used, text)
            if spent > worst[1]:
                worst = (f"{text[:20]!r} × {length}", spent)
            if spent > BUDGET_S:
                return worst
        # So much at a fortieth of the length is no square: longer texts need not be tried.
        if length == LENGTHS[-2] and worst[1] < _STRAIGHT_S:
            return worst
        worst = worst if length == LENGTHS[-1] else ("", 0.0)
    return worst


_STRAIGHT_S = 0.000_15


def texts(length: int) -> Iterator[str]:
    """Yield texts of about a length, each of one sign or two, behind each beginning."""
    for before in _BEFORE:
        for unit in _UNITS:
            yield before + unit * (length // len(unit)) + "\x01"


def _spent(pattern: Any, used: frozenset[str], text: str) -> float:
    given = text if isinstance(pattern.pattern, str) else text.encode()
    begin = time.process_time()
    for use in used:
        _USE[use](pattern, given)
    return time.process_time() - begin


_USE: Mapping[str, Any] = {
    "match": lambda pattern, text: pattern.match(text),
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "search": lambda pattern, text: pattern.search(text),
    "finditer": lambda pattern, text: sum(1 for _ in pattern.finditer(text)),
    "findall": lambda pattern, text: pattern.findall(text),
    "sub": lambda pattern, text: pattern.sub(lambda _: text[:0], text),
    "split": lambda pattern, text: pattern.split(text),
}

"""Loads the words of matters and which of them raise an alarm together. Pure but for its files.

A file of words has a heading a class (``[sick]``) and entries between commas, as in ``cues``: a
phrase may have up to five words, ``*`` at the end stands for any ending, ``*`` in front for any
beginning. Lines that begin with ``#`` say something to the reader.

`together.txt` has a rule a line: ``safety: sick + intake`` raises *safety* where a word of each
class stands within ``reading.REACH`` words; ``sick, swell + intake`` is two rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

WORDS: Final = Path(__file__).parent / "words"
TOGETHER: Final = Path(__file__).parent / "together.txt"
ALARMS: Final = ("danger", "safety", "legal", "press")
RAISED: Final = (*ALARMS, "fraud", "pressing")


class BadTableError(Exception):
    """A file of words or rules cannot be read; says which line."""

    def __init__(self, path: Path, number: int, why: str) -> None:
        super().__init__(f"{path.name}, line {number}: {why}")


class Rule(NamedTuple):
    """Classes that raise an alarm together, or what presses. mask: of their bits."""

    raises: str
    mask: int
    classes: tuple[str, ...]


@cache
def entries() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return language -> class -> entries, all files. Raises BadTableError."""
    return {path.stem: _classes(path) for path in sorted(WORDS.glob("*.txt"))}


def _classes(path: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    name = ""
    for number, line in _lines(path):
        if line.startswith("["):
            name = line.strip("[] ")
            found.setdefault(name, [])
        elif not name:
            raise BadTableError(path, number, "words before the first [class]")
        else:
            found.setdefault(name, []).extend(
                " ".join(entry.split()) for entry in line.split(",") if entry.strip()
            )
    return {name: tuple(words) for name, words in found.items()}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text("utf8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip()


@cache
def classes() -> tuple[str, ...]:
    """Return the names of all classes, in the order of their bits: those of the English file."""
    return tuple(entries()["en"])


def mask_of(names: tuple[str, ...]) -> int:
    """Return the bits of classes. Raises ValueError for a name that English does not have."""
    return sum(1 << classes().index(name) for name in names)


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of `together.txt`, in its order. Raises BadTableError."""
    found: list[Rule] = []
    for number, line in _lines(TOGETHER):
        raises, _, needed = line.partition(":")
        sides = [[one.strip() for one in side.split(",")] for side in needed.split("+")]
        unknown = {one for side in sides for one in side} - set(classes())
        if raises not in RAISED or unknown:
            why = f"{', '.join(sorted(unknown)) or raises} is not known"
            raise BadTableError(TOGETHER, number, why)
        found += [Rule(raises, mask_of(tuple(set(names))), names) for names in product(*sides)]
    return tuple(found)

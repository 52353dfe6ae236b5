"""An answer: a word, one sentence whose numbers are reckoned, and the figures behind it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from hearwell.kit.marking import marked as _
from hearwell.reports.overview.figure import Figure
from hearwell.reports.study.figures import SMALL

Unit = Literal["share", "n", "people", "money", "points", "name", "r", "day", "words"]
FEWEST: Final = 5
"""Fewer people than this are not counted out: somebody could be recognised."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number in a sentence, a name, a day (ISO) or `words` marked for translation.

    `people` below FEWEST are never written as a number; `r` is a correlation, -1 to 1.
    """

    value: float | str
    unit: Unit = "n"
    n: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, marked for translation, and what goes into it."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """Another page: the name of its address, what that is about (an id), and its title, marked.

    `name` goes into the title where that has a place for it.
    """

    page: str
    title: str
    about: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered. `more` is said right behind the sentence, `notes` below the figures.

    `report` is the name of the page behind it, `tone` one of ok, warn, late or empty.
    """

    key: str
    question: str
    verdict: str
    sentence: Said
    report: str
    report_title: str
    tone: str = ""
    more: tuple[Said, ...] = ()
    figures: tuple[Figure, ...] = ()
    notes: tuple[Said, ...] = ()
    links: tuple[Link, ...] = ()


UNKNOWN: Final = _("Cannot be said")
_FEW: Final = _("Counted on only %(n)s: chance weighs more than anything you did.")
_ONE_DAY: Final = _("All of it is from one single day.")


def hedged(n: int, days: int) -> tuple[Said, ...]:
    """Return what must be said of figures counted on few, or on one day."""
    said = [Said(_FEW, {"n": Value(n)})] if 0 < n < SMALL else []
    if n and days == 1:
        said.append(Said(_ONE_DAY))
    return tuple(said)

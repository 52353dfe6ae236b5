"""Who are these customers? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hearwell.kit.marking import marked as _
from hearwell.reports.summary.answer import FEWEST, UNKNOWN, Answer, Said, Value, hedged

QUESTION: Final = _("Who are these customers?")
_PEOPLE: Final = _(
    "People who wrote something that needs an answer: %(people)s; of these had written to us "
    "before: %(known)s."
)
_NOBODY: Final = _("Nobody wrote anything that needs an answer in this time.")
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class People:
    """How many wrote, how many of them had written before, and on which network (may be two)."""

    n: int
    known: int
    by_network: Mapping[str, int]


def who(found: People, days: int) -> Answer:
    """Answer with how many there are, and whether they come back."""
    values = {"people": Value(found.n, "people"), "known": Value(found.known, "people")}
    return Answer(
        "people", QUESTION, _word(found), Said(_PEOPLE, values) if found.n else Said(_NOBODY),
        "report_service", _("Service"),
        more=hedged(found.n, days) if found.n >= FEWEST else (),
    )  # fmt: skip


def _word(found: People) -> str:
    if found.n < FEWEST:
        return _("Very few people") if found.n else UNKNOWN
    return _("Mostly known to us") if found.known > _HALF * found.n else _("Mostly new ones")

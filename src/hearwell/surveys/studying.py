"""The study of expectations: the same questions to both sides, and how far apart they are. Pure.

After the CMO Council's study of 2012, which asked marketers and consumers alike; published figures
stand beside ours with their source, and where its n is not told, that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.kit.comparing import difference
from hearwell.kit.shares import Share
from hearwell.surveys.rules import Side

_HOUR_S: Final = 3600
# What each rung of the ladder is held against; who would wait longer is served by any answer.
RUNGS_S: Final = (900, 8 * _HOUR_S, 24 * _HOUR_S)
Answers = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class StudyItem:
    """One question in both wordings. Answers are 1, 2, … as `labels` have them."""

    key: str
    title: str | Promise
    to_customers: str | Promise
    to_team: str | Promise
    labels: tuple[str | Promise, ...]
    is_many: bool = False

    def text(self, side: str) -> str:
        """Return the question as that side is asked it."""
        return str(self.to_team if side == Side.TEAM else self.to_customers)


WAIT: Final = StudyItem(
    "wait", _("How soon an answer is expected"),
    _("How soon do you expect a company to answer when you write to it on a social network?"),
    _("How soon do you think customers expect an answer when they write on a social network?"),
    (_("At once"), _("Within hours"), _("Within 24 hours"), _("I would wait longer")),
)  # fmt: skip
MOTIVES: Final = StudyItem(
    "motives", _("Why customers follow or write"),
    _("Why do you follow companies or write to them on social networks? Choose all that is true."),
    _("Why do you think customers follow us or write to us? Choose all that is true."),
    (
        _("To be heard and helped"), _("For news and information"),
        _("For incentives and rewards"), _("For savings and experiences that others do not get"),
        _("To meet others who like the same"), _("To tell of good experiences"),
        _("For games and contests"), _("For something else"),
    ),
    is_many=True,
)  # fmt: skip
MET: Final = StudyItem(
    "met", _("Expectation met"),
    _("Did our last answer come as soon as you expected?"),
    _("Do our answers come as soon as customers expect?"),
    (_("No"), _("Partly"), _("Yes")),
)  # fmt: skip
ITEMS: Final[Mapping[str, StudyItem]] = MappingProxyType(
    {one.key: one for one in (WAIT, MOTIVES, MET)}
)


@dataclass(frozen=True, slots=True)
class Published:
    """A figure of others: a share of 0 to 1, of whom, and where it stands."""

    share: float
    of: str | Promise
    source: str


_CMO: Final = "CMO Council & Lithium, 2012"
_CONSUMERS: Final = _("consumers, n not told")
_MARKETERS: Final = _("what marketers believed, n = 132")
# By the time of each rung: 22 % at once, 19 % within hours; 12 % would wait longer, which leaves
# 47 % for 24 hours (our reading).
EXPECTED_BY: Final = (
    Published(0.22, _CONSUMERS, _CMO),
    Published(0.41, _CONSUMERS, _CMO),
    Published(0.88, _CONSUMERS, _CMO),
)
MOTIVES_PUBLISHED: Final[Mapping[int, Published]] = MappingProxyType(
    {
        1: Published(0.41, _MARKETERS, _CMO),
        2: Published(0.40, _MARKETERS, _CMO),
        3: Published(0.33, _MARKETERS, _CMO),
        4: Published(0.27, _MARKETERS, _CMO),
        5: Published(0.25, _CONSUMERS, _CMO),
        6: Published(0.32, _CONSUMERS, _CMO),
    }
)
OTHERS: Final = (
    Published(0.83, _("expect an answer on Twitter the same day, n not told"), "NM Incite, 2012"),
    Published(0.71, _("expect an answer on Facebook the same day, n not told"), "NM Incite, 2012"),
    Published(0.42, _("expect an answer within 60 minutes, n not told"), "2012"),
    Published(0.32, _("expect an answer within 30 minutes, n not told"), "2012"),
    Published(0.03, _("call it a total waste of time, n not told"), _CMO),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One row: what two sides say or do, the first minus the second with its 95 % interval."""

    label: str | Promise
    one: Share
    other: Share
    published: Published | None = None

    @property
    def apart(self) -> tuple[float, float, float] | None:
        """(difference, low, high) of shares; None where either side says nothing."""
        return difference(self.one, self.other)


def clean_study(given: Mapping[str, Iterable[str]]) -> dict[str, list[int]]:
    """Return what was really answered, of one-answer questions the last; the rest is left out."""
    found = {}
    for key, item in ITEMS.items():
        known = {str(n): n for n in range(1, len(item.labels) + 1)}
        chosen = sorted({known[text] for text in given.get(key, ()) if text in known})
        if chosen:
            found[key] = chosen if item.is_many else chosen[-1:]
    return found


def share_by(answers: Sequence[Answers], rung: int) -> Share:
    """Return who expects an answer by the time of a rung (0, 1, 2), of those who said when."""
    said = [one["wait"][0] for one in answers if one.get("wait")]
    return Share(sum(value <= rung + 1 for value in said), len(said))


def share_of(answers: Sequence[Answers], key: str, value: int) -> Share:
    """Return who chose an answer, of those who answered that question."""
    said = [one[key] for one in answers if one.get(key)]
    return Share(sum(value in chosen for chosen in said), len(said))


def served_as_expected(answers: Sequence[Answers], delivered: Sequence[Share]) -> float | None:
    """Return which share is answered within what customers expect, 0 to 1.

    Each customer's rung times the share that was answered by then. `delivered`: by each rung, then
    at all. None without an answer of either kind.
    """
    said = [one["wait"][0] for one in answers if one.get("wait")]
    by = [one.value for one in delivered]
    if not said or any(value is None for value in by):
        return None
    return sum(by[value - 1] or 0.0 for value in said) / len(said)

"""The questions of surveys: what is asked, what may be answered, how a score is made of it.

Nobody can edit them: a figure of this year and one of last year are answers to the same words.
Formulas as the field defines them: CSAT is 4 and 5 of 5 by answers, NPS (F. Reichheld, HBR 12/2003)
is %9-10 minus %0-6, CES (1-7, as restated in 2013) is a mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.surveys.rules import plain

MOST_ITEMS: Final = 3
_MOST_BUTTONS: Final = 5
Answers = Mapping[str, int]


class Formula(StrEnum):
    """How one figure is made of many answers."""

    SHARE = "share"
    NET = "net"
    MEAN = "mean"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Item:
    """One question with numbers from `low` to `high` as answers.

    `ends` say what the lowest and the highest number mean; `labels`, where there are any, name
    each number. `top` is the least number that counts for a share, `how` the formula in words.
    """

    key: str
    title: str | Promise
    text: str | Promise
    low: int
    high: int
    formula: Formula
    how: str | Promise
    ends: tuple[str | Promise, str | Promise] = ("", "")
    labels: tuple[str | Promise, ...] = ()
    top: int = 0

    @property
    def values(self) -> range:
        """Every number that may be answered."""
        return range(self.low, self.high + 1)

    def label(self, value: int) -> str:
        """Return what stands beside a number, in the language of the moment."""
        if self.labels:
            return str(self.labels[value - self.low])
        end = {self.low: self.ends[0], self.high: self.ends[1]}.get(value)
        return f"{value} · {end}" if end else str(value)

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Every answer with its words, in the language of the moment."""
        return [(value, self.label(value)) for value in self.values]


_ALL: Final = (
    Item(
        "csat", _("Satisfaction (CSAT)"), _("How satisfied are you with how we helped you?"),
        1, 5, Formula.SHARE, _("answers of 4 and 5, by all answers"),
        (_("very dissatisfied"), _("very satisfied")), top=4,
    ),
    Item(
        "nps", _("Recommendation (NPS)"),
        _("How likely are you to recommend us to a friend or colleague?"),
        0, 10, Formula.NET, _("per cent of 9 and 10, minus per cent of 0 to 6"),
        (_("not at all likely"), _("extremely likely")),
    ),
    Item(
        "ces", _("Ease (CES)"), _("We made it easy for you to get this settled. Do you agree?"),
        1, 7, Formula.MEAN, _("mean of the answers, 1 to 7"),
        (_("strongly disagree"), _("strongly agree")),
    ),
    Item(
        "buy", _("Likely to buy"),
        _("After this contact, are you more or less likely to buy from us?"),
        1, 5, Formula.SHARE, _("answers of 4 and 5, by all answers"),
        (_("much less likely"), _("much more likely")), top=4,
    ),
    Item(
        "recommend", _("Would recommend"), _("After this contact, would you recommend us?"),
        1, 3, Formula.SHARE, _("“Yes”, by all answers"),
        labels=(_("No"), _("Not sure"), _("Yes")), top=3,
    ),
    Item(
        "worth", _("Worth the time"), _("Was it worth your time to write to us?"),
        1, 3, Formula.SHARE, _("“Yes”, by all answers"),
        labels=(_("No, a waste of time"), _("Partly"), _("Yes")), top=3,
    ),
    Item(
        "channel", _("Channel used"), _("How did you turn to us first about this?"),
        1, 7, Formula.CHOICE, _("each answer, by all answers"),
        labels=(
            _("Social network"), _("Messenger or SMS"), _("Chat on the website"), _("E-mail"),
            _("Telephone"), _("In a shop or on site"), _("Elsewhere"),
        ),
    ),
    Item(
        "device", _("Device used"), _("What did you use for it?"),
        1, 4, Formula.CHOICE, _("each answer, by all answers"),
        labels=(_("Smartphone"), _("Tablet"), _("Computer"), _("Something else")),
    ),
)  # fmt: skip
ITEMS: Final[Mapping[str, Item]] = MappingProxyType({one.key: one for one in _ALL})


def items_of(keys: Sequence[str]) -> list[Item]:
    """Return the questions of a survey, in its order."""
    return [ITEMS[key] for key in keys if key in ITEMS]


def clean_answers(keys: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    """Return what was really answered: numbers that the questions have; the rest is left out."""
    found = {}
    for item in items_of(keys):
        text = given.get(item.key, "")
        if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) in item.values:  # noqa: PLR2004
            found[item.key] = int(text)
    return found


def read_score(item: Item, text: str) -> int | None:
    """Read a message as the answer to a question: its number or its words, and nothing else."""
    said = plain(text)
    if said.isdecimal() and len(said) <= 2 and not item.labels:  # noqa: PLR2004
        return int(said) if int(said) in item.values else None
    return _words_of(item).get(said) if item.labels else None


def _words_of(item: Item) -> dict[str, int]:
    found: dict[str, int] = {}
    for tag, _name in settings.LANGUAGES:
        with translation.override(tag):
            found |= {plain(words): value for value, words in item.choices}
    return found


def buttons_of(item: Item) -> tuple[str, ...]:
    """Return what can be pressed instead of written; nothing where that would be too many."""
    if len(item.values) > _MOST_BUTTONS:
        return ()
    words = item.labels or item.values
    return tuple(str(one) for one in words)


def spoken(language: str) -> str:
    """Return the language to ask in: theirs where we have it, else English."""
    tag = language.partition("-")[0].lower()
    return tag if tag in dict(settings.LANGUAGES) else "en"

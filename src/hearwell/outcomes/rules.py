"""What counts after a contact, in which words somebody recommends, and what may be said. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hearwell.kit.comparing import difference
from hearwell.kit.marking import marked as _
from hearwell.kit.shares import Share
from hearwell.reports.study.figures import SMALL
from hearwell.surveys.rules import FAST, NEVER, SLOW

WINDOWS: Final = (7, 30, 90)
# Who was answered is settled after a day, as in all reports, and only what comes after that day
# counts, for everybody alike: so nobody is in a group because of what they did meanwhile (landmark
# analysis: J. R. Anderson and others, Journal of Clinical Oncology 1, 1983).
SETTLED: Final = timedelta(days=1)
SPEEDS: Final = (FAST, SLOW, NEVER)
LEAST: Final = SMALL

AGAIN, PRAISES, RECOMMENDS, COMPETITOR, BUYS = (
    "again", "praises", "recommends", "competitor", "buys",
)  # fmt: skip
TITLES: Final = {
    AGAIN: _("Posts again"),
    PRAISES: _("Praises us"),
    RECOMMENDS: _("Recommends us"),
    COMPETITOR: _("Asks or praises a competitor"),
    BUYS: _("Buys"),
}
METHODS: Final = {
    AGAIN: _("Another public post to us or about us, in another case, spam aside."),
    PRAISES: _("A public post, in another case, that triage or a person calls praise."),
    RECOMMENDS: _(
        "Praise in public, in another case, that names or addresses us with a word of recommending "
        "in English, German, French, Spanish, Portuguese, Italian, Dutch or Arabic, not denied; or "
        "an answer to a survey of ours that promotes us (9 or 10 of 10, or “Yes”)."
    ),
    COMPETITOR: _(
        "A public question, request or praise, in another case, to the account of another brand of "
        "a panel under Benchmarks, or that names it. Only what we see counts: a lower bound."
    ),
    BUYS: _(
        "A purchase of an import, from the day after the contact, found by the id on a network or "
        "the hashed e-mail address. Who bought under another name is not found: a lower bound."
    ),
}
CAVEATS: Final = {
    RECOMMENDS: _(
        "Surveys ask those whose case was closed, seldom those whom nobody answered: that alone "
        "sets the groups apart."
    ),
}
NO_RIVAL: Final = _(
    "No competitor is known: make a panel under Benchmarks with our brand, marked as ours, and "
    "those to compare with."
)
NO_PURCHASE: Final = _("No purchases are imported, so who bought is not known.")
# One word is enough; what denies it within four words before takes it back.
_WORDS: Final = (
    r"recommend\w*", r"would buy again", r"empfehl\w*", r"empfiehl\w*", r"weiterempf\w*",
    r"recommand\w*", r"recomiend\w*", r"recomend\w*", r"raccomand\w*", r"consiglio",
    r"consiglia\w*", r"aanrader", r"aanbevel\w*", r"beveel\w*",
    # Arabic: I or we recommend. The first letter is written with a hamza or without.
    r"[\u0623\u0627\u0646]\u0646\u0635\u062d\w*", r"[\u0623\u0627]\u0648\u0635\u064a\w*",
)  # fmt: skip
_DENIED: Final = (
    "not", "never", "no", "cannot", "can't", "cant", "don't", "dont", "won't", "wont", "wouldn't",
    "couldn't", "nicht", "nie", "niemals", "kein", "keine", "keinem", "pas", "jamais", "nunca",
    "non", "mai", "niet", "nooit", "لا", "لن", "ما", "não", "nao",
)  # fmt: skip
RECOMMENDING: Final = rf"(?<![[:alnum:]_])({'|'.join(_WORDS)})"
DENYING: Final = (
    rf"(?<![[:alnum:]_])({'|'.join(_DENIED)})(\s+[^\s.!?]+){{0,3}}\s+({'|'.join(_WORDS)})"
)
_SHORTEST: Final = 3
_ODD: Final = re.compile(r"([^\w\s])")


def names_pattern(names: Iterable[str]) -> str:
    """Return what PostgreSQL finds these names by, whole and in any case; empty for none.

    Names of fewer than three letters would be found everywhere, and are left out.
    """
    wanted = {" ".join(name.split()).lstrip("@") for name in names}
    some = sorted(name for name in wanted if len(name) >= _SHORTEST)
    said = "|".join(re.sub(r"\s", r"\\s+", _ODD.sub(r"\\\1", name)) for name in some)
    return f"(?<![[:alnum:]_])({said})(?![[:alnum:]_])" if some else ""


@dataclass(frozen=True, slots=True)
class Window:
    """What was done within so many days: group -> share of its people.

    `left_out`: people whose window has not ended, or, of purchases, is not within the days that
    the imports cover.
    """

    days: int
    groups: Mapping[str, Share]
    left_out: int

    @property
    def against(self) -> Mapping[str, tuple[float, float, float] | None]:
        """Group -> its share less that of those not answered, with the 95 % interval."""
        other = self.groups[NEVER]
        return {speed: difference(self.groups[speed], other) for speed in (FAST, SLOW)}

    def is_few(self, speed: str) -> bool:
        """Say whether a share, or what it is compared with, rests on too few to say much."""
        return self.groups[speed].n < LEAST


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that people may do, in each window. `why` says why nothing is known of it."""

    key: str
    windows: Sequence[Window]
    why: str = ""

    @property
    def title(self) -> str:
        """What it is called, marked for translation."""
        return TITLES[self.key]

    @property
    def method(self) -> str:
        """What counts, marked for translation."""
        return METHODS[self.key]

    @property
    def caveat(self) -> str:
        """What must be said beside it, marked for translation; empty where nothing."""
        return CAVEATS.get(self.key, "")


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database says of one group and window; `done`: outcome -> how many people did it."""

    speed: str
    days: int
    people: int
    ended: int
    covered: int
    late: int
    done: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything after the contact. `late`: of those not answered in a day, who was later on.

    Of `every` people one was taken, by the chance in their id; 1: all of them.
    """

    people: Mapping[str, int]
    late: int
    outcomes: Sequence[Outcome]
    every: int = 1

    @property
    def n(self) -> int:
        """How many people there are."""
        return sum(self.people.values())


def report_of(counted: Sequence[Counted], why: Mapping[str, str], every: int = 1) -> Report:
    """Make the report; `why`: outcome -> why nothing is known of it, for those alone."""
    by = {(one.speed, one.days): one for one in counted}
    first = {speed: by.get((speed, WINDOWS[0])) for speed in SPEEDS}
    return Report(
        {speed: one.people if one else 0 for speed, one in first.items()},
        sum(one.late for one in first.values() if one),
        [
            Outcome(key, [] if why.get(key) else [_window(by, key, days) for days in WINDOWS],
                    why.get(key, ""))
            for key in TITLES
        ],
        every,
    )  # fmt: skip


def _window(by: Mapping[tuple[str, int], Counted], key: str, days: int) -> Window:
    groups, left_out = {}, 0
    for speed in SPEEDS:
        one = by.get((speed, days))
        n = (one.covered if key == BUYS else one.ended) if one else 0
        groups[speed] = Share(one.done[key] if one else 0, n)
        left_out += one.people - n if one else 0
    return Window(days, groups, left_out)

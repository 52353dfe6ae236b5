"""A network's terms, as data: who gets access, what a call costs, how long a version lives.

Networks change these without asking. They stand in the manifest, where an admin can read them and
a release can correct them, and never as numbers in a connector's code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class AccessLevel:
    """One level of access that a network grants to an app, the lowest first.

    ``key`` is what ``Account.tier`` says. ``allows`` and ``how`` (to get it) are sentences for an
    admin; ``url`` is the network's own page about it.
    """

    key: str
    title: str
    allows: str
    how: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """A version of the network's interface that this connector speaks; ``ends``: None if unsaid."""

    name: str
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """``count`` times ``what``, by a name of the manifest's prices or quota."""

    what: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Price:
    """What one call costs, in millionths of a US dollar; ``title`` says what it is."""

    what: str
    title: str
    micros: int


@dataclass(frozen=True, slots=True)
class Quota:
    """``units`` a day, begun anew at midnight in ``zone``; ``costs`` are units by name.

    It is counted per ``scope``: the app that the accounts share, or each account. ``setting`` names
    the account's setting that says how many were granted, where that may be more or fewer.
    """

    units: int
    zone: str
    costs: tuple[tuple[str, int], ...]
    scope: str = "app"
    setting: str = ""

    @property
    def dearest(self) -> int:
        """The units of the dearest call: with less left, not everything can be done any more."""
        return max((units for _what, units in self.costs), default=1)

    def of(self, charge: Charge) -> int:
        """The units of a charge; what has no name here counts one each."""
        return charge.count * dict(self.costs).get(charge.what, 1)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the network lets others keep what its members wrote; None: it sets no limit.

    ``media`` is for files, ``text`` for everything else that a member wrote. ``unchecked`` is for
    words that nobody looks at again: so soon what is deleted there has to go here. ``source`` names
    the rule, in a sentence for an admin.
    """

    source: str
    text: timedelta | None = None
    media: timedelta | None = None
    unchecked: timedelta | None = None

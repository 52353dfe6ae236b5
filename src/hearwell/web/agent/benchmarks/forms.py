"""The forms of panels: what was typed, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.rules import INDUSTRIES, MOST_BRANDS, Brand
from hearwell.benchmarks.services import Wish
from hearwell.channels.models import Channel
from hearwell.reports.relation import ARCHIVE

_SPARE: Final = 3


@dataclass(frozen=True, slots=True)
class Typed:
    """A panel's form: `seen` is the version it was made from, `brands` with a few empty ones."""

    seen: int
    name: str
    industry: str
    brands: tuple[Brand, ...]

    @classmethod
    def of(cls, panel: Panel) -> Typed:
        """Return the form of a panel as it stands."""
        spare = (Brand(""),) * _SPARE
        return cls(panel.version, panel.name, panel.industry, (*panel.members, *spare))

    @classmethod
    def read(cls, given: QueryDict) -> Typed:
        """Read what was sent; ids that are none are left out."""
        own = given.get("own", "")
        brands = tuple(
            Brand(given.get(f"name{at}", "").strip(), _ids(given, f"channels{at}"), own == str(at))
            for at in range(MOST_BRANDS + _SPARE)
            if f"name{at}" in given
        )
        name = given.get("name", "").strip()
        return cls(cls.number(given.get("seen", "")), name, industry_in(given), brands)

    @staticmethod
    def number(text: str) -> int:
        """Return a version; 0, which nothing has, for what is none."""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004

    @property
    def is_other(self) -> bool:
        """Whether the industry is a word of the team's own."""
        return self.industry not in INDUSTRIES

    @property
    def wish(self) -> Wish:
        """What is meant: a row without a name and without accounts is no brand."""
        kept = tuple(one for one in self.brands if one.name or one.channel_ids)
        return Wish(self.name, self.industry, kept)


def industry_in(given: QueryDict) -> str:
    """Return the preset that was chosen, or else the word that was typed."""
    chosen = given.get("industry", "")
    return chosen if chosen in INDUSTRIES else given.get("other", "").strip()


def _ids(given: QueryDict, name: str) -> tuple[str, ...]:
    found = []
    for text in given.getlist(name):
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return tuple(found)


def wish_of_accounts(given: QueryDict, channels: Sequence[Channel]) -> Wish:
    """Make a brand of the accounts that share a brand's name, archives apart from connected ones.

    The first that is connected is taken for our own.
    """
    wanted, found = set(_ids(given, "channel")), dict[tuple[str, bool], list[str]]()
    for one in channels:
        if str(one.id) in wanted:
            found.setdefault((one.brand.name, one.network != ARCHIVE), []).append(str(one.id))
    own = next((key for key in found if key[1]), None)
    taken = [name for name, _is_live in found]
    brands = tuple(
        Brand(_label(name, is_live, taken), tuple(ids), (name, is_live) == own)
        for (name, is_live), ids in found.items()
    )
    return Wish(given.get("name", "").strip(), industry_in(given), brands)


def _label(name: str, is_live: bool, taken: Sequence[str]) -> str:  # noqa: FBT001  a key's part
    if is_live or taken.count(name) == 1:
        return name
    return _("%(name)s (archive)") % {"name": name}

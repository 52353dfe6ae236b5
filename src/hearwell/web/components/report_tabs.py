"""The reports by what they are about: groups, and the pages of the group that one is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Tab:
    """One page: `key` is how it calls itself, `right` what a member needs to see it."""

    key: str
    url_name: str
    title: Words
    right: str = ""

    @property
    def url(self) -> str:
        """Where it is."""
        return reverse(self.url_name)


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together; the first is where its name leads."""

    title: Words
    tabs: tuple[Tab, ...]


GROUPS: Final = (
    Group(
        _("At a glance"),
        (
            Tab("summary", "report_summary", _("Summary")),
            Tab("response", "report_response", _("Response")),
            Tab("service", "report_service", _("Service")),
            Tab("methods", "report_methods", _("Methods")),
            Tab("parity", "report_parity", _("Parity")),
        ),
    ),
    Group(
        _("Customers"),
        (
            Tab("surveys", "survey_results", _("Surveys")),
            Tab("expectation", "expectation", _("Expectation")),
            Tab("after", "report_after", _("After the contact")),
            Tab("fairness", "fairness", _("Fairness")),
            Tab("held", "held_back", _("Held back"), right="see_held_back"),
        ),
    ),
    Group(
        _("The brand"),
        (
            Tab("voice", "report_voice", _("Our voice")),
            Tab("benchmarks", "benchmarks", _("Benchmarks")),
            Tab("series", "report_series", _("Health and sales")),
            Tab("spikes", "spikes", _("Spikes")),
        ),
    ),
    Group(
        _("The team"),
        (
            Tab("coverage", "report_coverage", _("Hours covered")),
            Tab("quality", "quality", _("Quality")),
            Tab("understanding", "accuracy", _("Understanding")),
        ),
    ),
    Group(_("By e-mail"), (Tab("scheduled", "scheduled", _("By e-mail")),)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as one member sees it from one page."""

    title: Words
    tabs: tuple[Tab, ...]
    is_here: bool


def shown_groups(here: str, may: Callable[[str], bool]) -> tuple[Shown, ...]:
    """Return the groups for a member on the page `here`; `may` says which rights they have."""
    seen = (
        (group, tuple(tab for tab in group.tabs if not tab.right or may(tab.right)))
        for group in GROUPS
    )
    return tuple(
        Shown(group.title, tabs, any(tab.key == here for tab in tabs))
        for group, tabs in seen
        if tabs
    )

"""The filters of a list: what can be chosen, what is chosen, which choices name what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.inbox.around import Account
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.components.marks import AUDIENCES, KINDS, badge_of
from hearwell.web.components.routed import language_name

# Those that triage can tell, and what most customers of the world write in beside them.
LANGUAGES: Final = (
    "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hi", "hu", "id", "it", "ja",
    "ko", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip
ANY: Final = gettext_lazy("All")
WAITED: Final[dict[str, str | Promise]] = {
    "1h": gettext_lazy("Over 1 hour"),
    "4h": gettext_lazy("Over 4 hours"),
    "1d": gettext_lazy("Over 1 day"),
    "3d": gettext_lazy("Over 3 days"),
    "7d": gettext_lazy("Over 7 days"),
}
PRIORITIES: Final[dict[str, str | Promise]] = {
    "1": gettext_lazy("From 1, a little"),
    "2": gettext_lazy("From 2, noticeable"),
    "3": gettext_lazy("From 3, urgent"),
    "4": gettext_lazy("Only 4, at once"),
}
TURNS: Final[dict[str, str | Promise]] = {
    "ours": gettext_lazy("Our turn"),
    "theirs": gettext_lazy("Waits for customer"),
    "none": gettext_lazy("Nobody waits"),
}
STATES: Final[dict[str, str | Promise]] = {
    "open": gettext_lazy("Open"),
    "snoozed": gettext_lazy("Snoozed"),
    "closed": gettext_lazy("Closed"),
}
READ: Final[dict[str, str | Promise]] = {
    "yes": gettext_lazy("Unread"),
    "no": gettext_lazy("Read"),
}
# Name in the address -> what it is called.
LABELS: Final[dict[str, str | Promise]] = {
    "network": gettext_lazy("Network"),
    "channel": gettext_lazy("Channel"),
    "kind": gettext_lazy("Kind"),
    "language": gettext_lazy("Language"),
    "priority": gettext_lazy("Priority"),
    "waited": gettext_lazy("Waits"),
    "turn": gettext_lazy("Turn"),
    "unread": gettext_lazy("Read or not"),
    "assignee": gettext_lazy("Assigned to"),
    "team": gettext_lazy("Team"),
    "tag": gettext_lazy("Label"),
    "tier": gettext_lazy("Customer tier"),
    "audience": gettext_lazy("Who can read it"),
    "status": gettext_lazy("State"),
    "spike": gettext_lazy("Spike"),
    "incident": gettext_lazy("Incident"),
    "topic": gettext_lazy("Topic"),
    "unsure": gettext_lazy("How sure"),
    "stars": gettext_lazy("Stars"),
}
FILTERS: Final = tuple(LABELS)
# Typed and not chosen: tiers and topics are words of the brand's own, labels may be many.
TYPED: Final = frozenset({"tag", "tier", "topic"})
# In these an unknown value names something that was there once.
_OURS: Final = frozenset({"channel", "assignee", "team", "tag"})


@dataclass(frozen=True)
class Option:
    """A choice of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One filter: a choice among `options`, or a word to be typed, with suggestions."""

    name: str
    label: str
    any: str
    value: str
    options: list[Option]
    is_typed: bool


@dataclass(frozen=True)
class Known:
    """What the filters of a workspace can name."""

    channels: Sequence[Account]
    people: Mapping[UUID, Person]
    teams: Mapping[UUID, str]
    tags: Sequence[str]


def choices_of(known: Known) -> dict[str, dict[str, str]]:
    """Return filter -> value -> label, of those that are chosen from a list."""
    networks = {c.network: str(badge_of(c.network).title) for c in known.channels}
    who = {"me": _("Me"), "none": _("Nobody")}
    who |= {str(person.id): person.name for person in known.people.values()}
    return {
        "network": networks,
        "channel": {str(c.id): f"{c.handle} ({badge_of(c.network).title})" for c in known.channels},
        "kind": {key: str(kind.word) for key, kind in KINDS.items()},
        "language": dict(sorted(((c, language_name(c)) for c in LANGUAGES), key=lambda x: x[1])),
        "priority": _said(PRIORITIES),
        "waited": _said(WAITED),
        "turn": _said(TURNS),
        "unread": _said(READ),
        "assignee": who,
        "team": {str(team_id): name for team_id, name in known.teams.items()},
        "tag": {name: name for name in known.tags},
        "tier": {},
        "audience": {key: str(AUDIENCES[key].word) for key in ("public", "private")},
        "status": _said(STATES),
        # Chosen on the pages of spikes and incidents; the list only says that it is.
        "spike": {},
        "incident": {},
        "topic": {},
        "unsure": {"yes": _("Triage is unsure")},
        "stars": {str(n): _("%(n)s of 5 stars") % {"n": n} for n in range(5, 0, -1)},
    }


def _said(words: Mapping[str, str | Promise]) -> dict[str, str]:
    return {value: str(word) for value, word in words.items()}


def facets_of(params: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> list[Facet]:
    """Return the filters as drawn; one that offers no choice is left out."""
    return [
        Facet(
            name=name,
            label=str(label),
            any=_("Anyone") if name == "assignee" else str(ANY),
            value=params.get(name, ""),
            options=[
                Option(value, words, params.get(name) == value)
                for value, words in choices[name].items()
            ],
            is_typed=name in TYPED,
        )
        for name, label in LABELS.items()
        if choices[name] or name in TYPED or name in params
    ]


def chip_words(name: str, value: str, choices: Mapping[str, Mapping[str, str]]) -> str:
    """Say what a chosen filter asks for; of what is gone, what kind of thing it was."""
    label = str(LABELS[name])
    if is_gone(name, value, choices):
        return _("%(filter)s: gone") % {"filter": label}
    said = choices[name].get(value, value)
    return _("%(filter)s: %(value)s") % {"filter": label, "value": said}


def is_gone(name: str, value: str, choices: Mapping[str, Mapping[str, str]]) -> bool:
    """Say whether a filter names an account, colleague, team or label that is no more."""
    if name not in _OURS:
        return False
    known = choices[name]
    if name == "tag":
        return value.lower() not in {one.lower() for one in known}
    return value not in known


def gone_of(params: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return what a list asks for that is no more, by the names of the filters."""
    chosen: Iterable[tuple[str, str]] = ((n, params[n]) for n in FILTERS if n in params)
    return [str(LABELS[name]) for name, value in chosen if is_gone(name, value, choices)]

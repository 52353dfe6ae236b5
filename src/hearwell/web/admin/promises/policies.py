"""A promise as its form shows and reads it: whom it is for, how soon, who is warned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import Role
from hearwell.channels.queries import channels_of
from hearwell.sla.matching import Conditions
from hearwell.sla.models import Counting, Policy
from hearwell.sla.rules import ClockKind
from hearwell.sla.services.promises import DEFAULT_TARGETS, STANDARD, URGENT_FROM
from hearwell.web.components.marks import KINDS

MINUTE: Final = 60
_LONGEST_NUMBER: Final = 6
URGENCIES: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("4", gettext_lazy("Someone may come to harm")),
    ("3", gettext_lazy("Urgent")),
    ("2", gettext_lazy("Pressing")),
    ("1", gettext_lazy("Normal")),
    ("0", gettext_lazy("Can wait")),
)
AUDIENCES: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("public", gettext_lazy("Public")),
    ("private", gettext_lazy("Private")),
)
LISTS: Final[Mapping[str, str | Promise]] = {
    "channel": gettext_lazy("Accounts"),
    "audience": gettext_lazy("Seen by"),
    "kind": gettext_lazy("It is a"),
    "urgency": gettext_lazy("Urgency"),
    "language": gettext_lazy("Languages"),
    "tier": gettext_lazy("Customers called"),
}
TYPED: Final = ("language", "tier")
SHARES: Final[tuple[tuple[int, str | Promise], ...]] = (
    (0, gettext_lazy("Nobody is warned")),
    (50, gettext_lazy("When half of the time is left")),
    (25, gettext_lazy("When a quarter of the time is left")),
    (10, gettext_lazy("When a tenth of the time is left")),
)
WARNED: Final = (Role.LEAD, Role.ADMIN, Role.OWNER)


@dataclass(frozen=True)
class Preset:
    """What some customers expect, in minutes until acknowledged and answered."""

    key: str
    words: str | Promise
    first: int
    answer: int


PRESETS: Final = (
    Preset("at-once", gettext_lazy("At once: 5 minutes, answered in 15"), 5, 15),
    Preset("hours", gettext_lazy("Within hours: 1 hour, answered in 4"), 60, 240),
    Preset("day", gettext_lazy("Within a day: 4 hours, answered in 24"), 240, 1440),
)


@dataclass(frozen=True)
class Terms:
    """What stands in a promise's form, saved or not; times in minutes, empty for none."""

    key: str
    policy_id: UUID | None
    version: int
    name: str
    conditions: Conditions
    minutes: Mapping[str, Mapping[str, int | str]]
    counts: str
    calendar_id: str
    warn_share: int
    warn_roles: Sequence[str]
    applies: int | None = None
    covered_by: str = ""

    @property
    def is_standard(self) -> bool:
        """Whether it holds where no other does."""
        return self.key == STANDARD

    @property
    def prefix(self) -> str:
        """What tells its fields from those of other forms on the page."""
        return str(self.policy_id or "new")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table of times, one row an urgency."""
        return [{"urgency": key, "label": label, **self.minutes[key]} for key, label in URGENCIES]

    @property
    def warnings(self) -> list[tuple[int, str | Promise, bool]]:
        """The choices of when to warn."""
        return [(share, words, share == self.warn_share) for share, words in SHARES]

    @property
    def warned(self) -> list[tuple[str, str, bool]]:
        """The choices of whom to warn beside whoever has the case."""
        return [(role.value, str(role.label), role.value in self.warn_roles) for role in WARNED]

    @property
    def countings(self) -> list[tuple[str, str, bool]]:
        """The choices of which hours count."""
        return [(c.value, str(c.label), c.value == self.counts) for c in Counting]


@dataclass(frozen=True)
class Choice:
    """A box to tick in a condition."""

    value: str
    label: str
    is_on: bool


@dataclass(frozen=True)
class Condition:
    """One condition of a form: boxes to tick, or words to type."""

    name: str
    label: str | Promise
    choices: list[Choice] = field(default_factory=list)
    typed: str = ""

    @property
    def words(self) -> str:
        """What is chosen, as a sentence's part."""
        return self.typed or ", ".join(choice.label for choice in self.choices if choice.is_on)


@dataclass(frozen=True)
class Choices:
    """What the conditions of a workspace can name."""

    by_name: Mapping[str, Sequence[tuple[str, str]]]

    @classmethod
    def of(cls, workspace_id: UUID) -> Choices:
        """Read the accounts; one query."""
        channels = [(str(c.id), f"{c.handle} ({c.network})") for c in channels_of(workspace_id)]
        return cls(
            {
                "channel": channels,
                "audience": [(key, str(label)) for key, label in AUDIENCES],
                "kind": [(key, str(kind.word)) for key, kind in KINDS.items()],
                "urgency": [(key, str(label)) for key, label in URGENCIES],
            }
        )

    def of_terms(self, conditions: Conditions) -> list[Condition]:
        """Return each condition with what is chosen in it."""
        return [
            Condition(name, label, typed=", ".join(conditions.get(name, ())))
            if name in TYPED
            else Condition(name, label, self._boxes(name, conditions.get(name, ())))
            for name, label in LISTS.items()
        ]

    def _boxes(self, name: str, chosen: Sequence[str]) -> list[Choice]:
        known = self.by_name[name]
        boxes = [Choice(value, label, value in chosen) for value, label in known]
        gone = [value for value in chosen if value not in dict(known)]
        # An account that is no longer there stays visible, or nobody could take it out.
        return boxes + [Choice(value, _("no longer here"), is_on=True) for value in gone]


def terms_of(policy: Policy) -> Terms:
    """Return a promise as its form shows it."""
    return Terms(
        key=policy.key,
        policy_id=policy.id,
        version=policy.version,
        name=policy.name,
        conditions=policy.conditions,
        minutes=_minutes(policy.targets),
        counts=policy.counts,
        calendar_id=str(policy.calendar_id),
        warn_share=policy.warn_share,
        warn_roles=policy.warn_roles,
    )


def blank(standard: Policy, preset: str = "") -> Terms:
    """Return the form of a new promise: the standard's times, or those of a preset."""
    chosen = next((one for one in PRESETS if one.key == preset), None)
    targets = standard.targets if chosen is None else _of_preset(chosen)
    return Terms(
        key="",
        policy_id=None,
        version=0,
        name="",
        conditions={},
        minutes=_minutes(targets),
        counts=standard.counts,
        calendar_id=str(standard.calendar_id),
        warn_share=standard.warn_share or 25,
        warn_roles=standard.warn_roles or [Role.LEAD.value],
    )


def _of_preset(preset: Preset) -> dict[str, dict[str, int]]:
    """Return the times of a preset; a quarter of them where it is urgent."""
    found = {}
    for urgency in DEFAULT_TARGETS:
        part = 4 if int(urgency) >= URGENT_FROM else 1
        first, answer = (max(1, n // part) * MINUTE for n in (preset.first, preset.answer))
        found[urgency] = {"first_reply_s": first, "answer_s": answer}
    return found


def _minutes(targets: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int | str]]:
    return {
        urgency: {
            kind.value: seconds // MINUTE if (seconds := of_urgency.get(f"{kind}_s")) else ""
            for kind in ClockKind
        }
        for urgency, of_urgency in targets.items()
    }


def conditions_in(form: QueryDict) -> dict[str, list[str]]:
    """Read the conditions that were ticked and typed."""
    found = {name: form.getlist(f"when-{name}") for name in LISTS if name not in TYPED}
    return found | {name: form.get(f"when-{name}", "")[:500].split(",") for name in TYPED}


def terms_in(form: QueryDict, calendar_id: UUID) -> dict[str, Any]:
    """Read the terms; what is no number becomes 0, which the service refuses."""
    share = form.get("warn_share", "")
    roles = [role for role in form.getlist("warn_roles") if role in {r.value for r in WARNED}]
    return {
        "targets": _targets(form),
        "counts": form.get("counts") if form.get("counts") in Counting.values else None,
        "calendar_id": calendar_id,
        "warn_share": int(share) if share.isdecimal() and len(share) < _LONGEST_NUMBER else 0,
        "warn_roles": roles,
    }


def _targets(form: QueryDict) -> dict[str, dict[str, int]]:
    def seconds(kind: ClockKind, urgency: str) -> int:
        text = form.get(f"{kind}-{urgency}", "").strip()
        is_number = text.isdecimal() and len(text) <= _LONGEST_NUMBER
        return int(text) * MINUTE if is_number else 0

    found = {
        key: {f"{kind}_s": seconds(kind, key) for kind in ClockKind} for key, _label in URGENCIES
    }
    if not any(form.get(f"{ClockKind.RESOLUTION}-{key}", "").strip() for key, _l in URGENCIES):
        for of_urgency in found.values():
            del of_urgency[f"{ClockKind.RESOLUTION}_s"]
    return found


def typed_terms(form: QueryDict, key: str, policy_id: UUID | None, version: int) -> Terms:
    """Return a form as it was typed, to be shown again."""
    return Terms(
        key=key,
        policy_id=policy_id,
        version=version,
        name=form.get("name", "")[:120],
        conditions={
            name: [value.strip() for value in values if value.strip()]
            for name, values in conditions_in(form).items()
        },
        minutes={
            urgency: {kind.value: form.get(f"{kind}-{urgency}", "")[:9] for kind in ClockKind}
            for urgency, _label in URGENCIES
        },
        counts=form.get("counts", ""),
        calendar_id=form.get("calendar", ""),
        warn_share=int(form.get("warn_share", "0"))
        if form.get("warn_share", "").isdecimal()
        else 0,
        warn_roles=form.getlist("warn_roles"),
    )

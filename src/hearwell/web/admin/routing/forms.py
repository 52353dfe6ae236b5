"""The forms of routing: choices come from the workspace, what is wrong stands at its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.channels.models import Purpose
from hearwell.routing.board import Member
from hearwell.routing.models import METHODS, MODES, RoutingSettings, Rule, Team
from hearwell.routing.rules import LISTS, Load, Needs, SkillKind, When, primary
from hearwell.routing.services import BadRoutingError, RuleFacts, TeamFacts
from hearwell.web.components.marks import KINDS, badge_of

MINUTE: Final = 60
URGENCIES: Final[list[tuple[str, str | Promise]]] = [
    ("0", gettext_lazy("Any")),
    ("1", gettext_lazy("From 1, a little")),
    ("2", gettext_lazy("From 2, noticeable")),
    ("3", gettext_lazy("From 3, urgent")),
    ("4", gettext_lazy("Only 4, at once")),
]
PRIORITIES: Final[list[tuple[str, str | Promise]]] = [
    ("0", gettext_lazy("Like any other")),
    ("3", gettext_lazy("Before the others")),
    ("6", gettext_lazy("Before everything")),
    ("-3", gettext_lazy("After the others")),
]
AUDIENCES: Final = [("public", gettext_lazy("Public")), ("private", gettext_lazy("Private"))]
LOADS: Final[dict[str, str | Promise]] = {
    Load.CHAT.value: gettext_lazy("Points of a chat"),
    Load.PRIVATE.value: gettext_lazy("Points of a private message"),
    Load.PUBLIC.value: gettext_lazy("Points of a public post"),
    Load.MAIL.value: gettext_lazy("Points of an e-mail"),
}
Choices = Sequence[tuple[str, Any]]


def show(form: forms.Form, error: BadRoutingError) -> None:
    """Put what is wrong at its field, or above the form where there is no such field."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


class _Words(forms.CharField):
    """Words in one line, parted by commas; blanks and doubles are no matter."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        parts = (" ".join(part.split()) for part in str(value or "").split(","))
        return list(dict.fromkeys(part for part in parts if part))

    def validate(self, value: Any) -> None:
        """Nothing has to be there."""

    def run_validators(self, value: Any) -> None:
        """The services look at each word."""


def words_field(label: Any, hint: Any) -> _Words:
    """Return a field for words in one line."""
    return _Words(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 1000}),
    )


def boxes(label: Any, hint: Any = "") -> forms.MultipleChoiceField:
    """Return a field of boxes to tick; the choices are set by the form."""
    return forms.MultipleChoiceField(
        label=label, required=False, help_text=hint, widget=forms.CheckboxSelectMultiple
    )


class TeamForm(forms.Form):
    """A team."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    members = boxes(gettext_lazy("People"), gettext_lazy("Nobody chosen: the team is everybody's."))
    mode = forms.ChoiceField(label=gettext_lazy("How cases find their people"), choices=MODES)
    method = forms.ChoiceField(label=gettext_lazy("Where they are given out"), choices=METHODS)
    calendar_key = forms.ChoiceField(label=gettext_lazy("Working hours"), required=False)
    next_team_id = forms.ChoiceField(
        label=gettext_lazy("When its hours end, what waits for us goes to"),
        required=False,
        help_text=gettext_lazy(
            "If that team is closed, too: to the one after it, and so on. What the customer must "
            "answer stays, and so does what somebody took by hand."
        ),
    )
    overflow_after = forms.IntegerField(
        label=gettext_lazy("After so many minutes without anybody"),
        min_value=0,
        max_value=7 * 24 * 60,
        help_text=gettext_lazy(
            "Then anybody of the team may do it, whatever it needs; after as long again it goes to "
            "the overflow team. 0: never."
        ),
    )
    overflow_team_id = forms.ChoiceField(label=gettext_lazy("Overflow team"), required=False)

    def __init__(
        self,
        data: Any,
        team: Team,
        *,
        teams: Iterable[Team],
        people: Iterable[Member],
        calendars: Choices,
        members: Iterable[UUID],
    ) -> None:
        super().__init__(data, initial=_team_values(team, members))
        others = [("", _("Nobody")), *((str(t.id), t.name) for t in teams if t.id != team.id)]
        for name in ("overflow_team_id", "next_team_id"):
            _choose(self, name, others)
        _choose(self, "calendar_key", [("", _("Always open")), *calendars])
        _choose(self, "members", [(str(one.user_id), one.name) for one in people])

    def facts(self) -> TeamFacts:
        """Return what was filled in; the form must be valid."""
        given = self.cleaned_data
        return TeamFacts(
            name=given["name"],
            mode=given["mode"],
            method=given["method"],
            calendar_key=given["calendar_key"],
            overflow_after_s=given["overflow_after"] * MINUTE,
            overflow_team_id=_uuid(given["overflow_team_id"]),
            next_team_id=_uuid(given["next_team_id"]),
            members=frozenset(map(UUID, given["members"])),
        )


def _team_values(team: Team, members: Iterable[UUID]) -> dict[str, Any]:
    return {
        "name": team.name,
        "mode": team.mode,
        "method": team.method,
        "calendar_key": team.calendar_key,
        "overflow_after": team.overflow_after_s // MINUTE,
        "overflow_team_id": str(team.overflow_team_id or ""),
        "next_team_id": str(team.next_team_id or ""),
        "members": [str(user_id) for user_id in members],
    }


class AgentForm(forms.Form):
    """How much a person can do, and what."""

    capacity = forms.IntegerField(label=gettext_lazy("Points"), required=False, min_value=0)
    language = words_field(
        gettext_lazy("Languages"), gettext_lazy("Codes such as en, de, nb, parted by commas.")
    )
    product = words_field(
        gettext_lazy("Products and topics"), gettext_lazy("As rules call them: baggage, fares.")
    )
    network = boxes(gettext_lazy("Networks"))
    kind = boxes(gettext_lazy("Kinds of case"))

    def __init__(self, data: Any, member: Member, *, networks: Choices, usual: int) -> None:
        initial: dict[str, Any] = {k: sorted(v) for k, v in member.skills.items()}
        for name in (SkillKind.LANGUAGE.value, SkillKind.PRODUCT.value):
            initial[name] = ", ".join(initial.get(name, ()))
        super().__init__(data, initial={**initial, "capacity": member.own_capacity})
        self.fields["capacity"].help_text = _("Empty: the usual %(n)s.") % {"n": usual}
        _choose(self, "network", networks)
        _choose(self, "kind", [(key, kind.word) for key, kind in KINDS.items()])

    def skills(self) -> list[tuple[str, str]]:
        """Return what was filled in, as pairs of kind and value."""
        given = self.cleaned_data
        languages = [primary(code) for code in given["language"]]
        lists = {**given, "language": languages}
        return [(kind.value, value) for kind in SkillKind for value in lists[kind.value]]


class SettingsForm(forms.Form):
    """What holds for the whole workspace."""

    capacity = forms.IntegerField(label=gettext_lazy("Points of a person"), min_value=1)
    away_after = forms.IntegerField(
        label=gettext_lazy("Away after so many minutes without a sign of life"),
        min_value=1,
        help_text=gettext_lazy("A key, a click or a scroll in any page of Hearwell is one."),
    )
    back_after = forms.IntegerField(
        label=gettext_lazy("Take waiting cases back after so many minutes away"), min_value=1
    )

    def __init__(self, data: Any, settings: RoutingSettings) -> None:
        initial = {
            "capacity": settings.capacity,
            "away_after": settings.away_after_s // MINUTE,
            "back_after": settings.back_after_s // MINUTE,
            **{f"weight_{load}": settings.weights.get(load, 1) for load in LOADS},
        }
        super().__init__(data, initial=initial)
        for load, label in LOADS.items():
            self.fields[f"weight_{load}"] = forms.IntegerField(label=str(label), min_value=1)

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the service takes it."""
        given = self.cleaned_data
        return {
            "capacity": given["capacity"],
            "away_after_s": given["away_after"] * MINUTE,
            "back_after_s": given["back_after"] * MINUTE,
            "weights": {load: given[f"weight_{load}"] for load in LOADS},
        }


class RuleForm(forms.Form):
    """A rule: its conditions, then where such cases go."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("It stands in the reason on every case that it places."),
    )
    networks = boxes(gettext_lazy("Networks"))
    channels = boxes(
        gettext_lazy("Accounts"),
        gettext_lazy("A question to a brand account counts as one to its care account, too."),
    )
    purposes = boxes(gettext_lazy("What the account they wrote to is for"))
    audiences = boxes(gettext_lazy("Who can read it"))
    kinds = boxes(gettext_lazy("Kinds of case"))
    languages = words_field(
        gettext_lazy("Languages"), gettext_lazy("Codes such as en, de, nb, parted by commas.")
    )
    topics = boxes(gettext_lazy("Topics and products"), gettext_lazy("One of them is enough."))
    tags = words_field(gettext_lazy("Labels"), gettext_lazy("One of them is enough."))
    tiers = words_field(
        gettext_lazy("Customers of the tier"), gettext_lazy("As your team calls them: gold, staff.")
    )
    urgency_from = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=URGENCIES)
    team = forms.ChoiceField(label=gettext_lazy("Team"))
    priority = forms.ChoiceField(label=gettext_lazy("In the queue"), choices=PRIORITIES)
    needs_language = words_field(
        gettext_lazy("Language needed"),
        gettext_lazy("Empty: the language of the case itself, where it is known."),
    )
    needs_product = words_field(
        gettext_lazy("Product or topic needed"), gettext_lazy("As the people's skills call it.")
    )
    is_active = forms.BooleanField(label=gettext_lazy("The rule is on"), required=False)

    def __init__(
        self,
        data: Any,
        rule: Rule,
        *,
        teams: Iterable[Team],
        networks: Choices,
        channels: Choices,
        topics: Iterable[str] = (),
    ) -> None:
        super().__init__(data, initial=_rule_values(rule))
        _choose(self, "networks", networks)
        _choose(self, "channels", channels)
        _choose(self, "topics", topic_choices(topics, rule.conditions.topics))
        _choose(self, "purposes", Purpose.choices)
        _choose(self, "audiences", AUDIENCES)
        _choose(self, "kinds", [(key, kind.word) for key, kind in KINDS.items()])
        _choose(self, "team", [(str(team.id), team.name) for team in teams])

    def facts(self) -> RuleFacts:
        """Return what was filled in; the form must be valid."""
        given = self.cleaned_data
        return RuleFacts(
            name=given["name"],
            team_id=_uuid(given["team"]),
            when=_when(given),
            needs=_needs(given),
            priority=int(given["priority"]),
            is_active=given["is_active"],
        )


def _when(given: Mapping[str, Any]) -> When:
    lists = {name: frozenset(given[name]) for name in LISTS}
    lists["languages"] = frozenset(map(primary, given["languages"]))
    for name in ("tags", "tiers"):
        lists[name] = frozenset(word.lower() for word in given[name])
    return When(**lists, urgency_from=int(given["urgency_from"]))


def _needs(given: Mapping[str, Any]) -> Needs:
    languages = [("language", primary(code)) for code in given["needs_language"]]
    return tuple(languages + [("product", name) for name in given["needs_product"]])


def _rule_values(rule: Rule) -> dict[str, Any]:
    when = rule.conditions
    needs: dict[str, list[str]] = {}
    for kind, value in rule.needed:
        needs.setdefault(kind, []).append(value)
    return {
        "name": rule.name,
        **{name: sorted(getattr(when, name)) for name in LISTS},
        "languages": ", ".join(sorted(when.languages)),
        "tags": ", ".join(sorted(when.tags)),
        "tiers": ", ".join(sorted(when.tiers)),
        "urgency_from": str(when.urgency_from),
        "team": str(rule.team_id) if rule.version else "",
        "priority": str(rule.priority),
        "needs_language": ", ".join(needs.get("language", ())),
        "needs_product": ", ".join(needs.get("product", ())),
        "is_active": rule.is_active,
    }


def network_choices(networks: Iterable[str]) -> Choices:
    """Return networks to choose from, by name."""
    named = {name: str(badge_of(name).title) for name in networks}
    return sorted(named.items(), key=lambda pair: pair[1].casefold())


def topic_choices(known: Iterable[str], chosen: Iterable[str]) -> Choices:
    """Return topics to choose from, by name; what was chosen and is gone can be seen, too."""
    named = {name: name for name in sorted(chosen)} | {name.lower(): name for name in known}
    return sorted(named.items(), key=lambda pair: pair[1].casefold())


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


def _uuid(text: str) -> UUID | None:
    return UUID(text) if text else None

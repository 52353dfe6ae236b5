"""The form of a rule: when, if, then; what is wrong stands at its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.automation.models import TRIGGERS, Rule
from hearwell.automation.rules import Conditions, Hours, Then, Trigger
from hearwell.automation.services import BadAutomationError, RuleFacts
from hearwell.automation.services.checking import REASONS
from hearwell.channels.models import Purpose
from hearwell.routing.rules import LISTS, When, primary
from hearwell.web.admin.routing.forms import AUDIENCES, URGENCIES, boxes, words_field
from hearwell.web.agent.inbox.faces import REASONS as REASON_WORDS
from hearwell.web.components.marks import KINDS

Choices = Sequence[tuple[str, Any]]
NOTHING: Final[list[tuple[str, str | Promise]]] = [("", _("Leave as it is"))]
HOURS: Final[list[tuple[str, str | Promise]]] = [
    ("", _("At any hour")),
    (Hours.OPEN.value, _("Within opening hours")),
    (Hours.CLOSED.value, _("Outside opening hours")),
]


def _number(label: Any, hint: Any = "", most: int = 9999) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=hint, required=False, min_value=0, max_value=most
    )


def _choice(label: Any, hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=hint, required=False)


class RuleForm(forms.Form):
    """A rule of automation."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("It stands in the story of every case.")
    )
    trigger = forms.ChoiceField(label=_("When"), choices=TRIGGERS)
    called_by = words_field(_("Which labels"), _("For “A label is put on”. Empty: any label."))
    quiet = _number(_("After so many hours"), _("For “The customer does not answer”."), 2160)
    networks = boxes(_("Networks"))
    channels = boxes(_("Accounts"))
    purposes = boxes(_("What the account they wrote to is for"))
    kinds = boxes(_("Kinds of case"))
    audiences = boxes(_("Who can read it"))
    languages = words_field(_("Languages"), _("Codes such as en, de, nb, parted by commas."))
    topics = boxes(_("Topics and products"), _("One of them is enough."))
    words = words_field(
        _("The message contains"), _("Whole words or phrases, parted by commas; one is enough.")
    )
    tags = words_field(_("Has a label"), _("One of them is enough."))
    not_tags = words_field(_("Has none of these labels"), "")
    tiers = words_field(_("Customers of the tier"), _("As your team calls them: gold, staff."))
    urgency_from = forms.ChoiceField(label=_("Urgency"), choices=URGENCIES)
    hours = forms.ChoiceField(label=_("At what hours"), choices=HOURS, required=False)
    calendar_key = _choice(_("Whose opening hours"))
    earlier_from = _number(_("Earlier cases, at least"))
    earlier_to = _number(_("Earlier cases, at most"))
    tags_on = words_field(_("Put on labels"), _("Parted by commas."))
    tags_off = words_field(_("Take off labels"), _("Parted by commas."))
    urgency = forms.ChoiceField(
        label=_("Set the urgency"),
        required=False,
        choices=[*NOTHING, *((str(n), str(n)) for n in range(5))],
    )
    team = _choice(_("Put to the team"))
    assign = _choice(_("Assign to"), _("Only where nobody has the case."))
    note = forms.CharField(
        label=_("Write a note for the team"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    suggest = _choice(_("Lay a saved reply ready"), _("A person reads it and sends it."))
    send = _choice(
        _("Send a saved reply"),
        _("Marked as automatic. It meets no clock, and no customer gets two within 24 hours."),
    )
    audience = forms.ChoiceField(
        label=_("Send it"),
        choices=[
            ("private", _("Privately")),
            ("public", _("In public, once an owner has allowed it")),
        ],
    )
    snooze_h = _number(_("Snooze for so many hours"), "", 2160)
    close = forms.ChoiceField(
        label=_("Close, as"),
        required=False,
        choices=[*NOTHING, *((one, REASON_WORDS[one]) for one in REASONS)],
        help_text=_("Never a case in which somebody waits for an answer."),
    )
    hourly_most = forms.IntegerField(
        label=_("At most so many cases an hour"),
        min_value=1,
        max_value=10_000,
        help_text=_("Beyond that the rule pauses itself and waits for a person."),
    )
    is_last = forms.BooleanField(label=_("Stop: later rules leave these cases"), required=False)
    is_active = forms.BooleanField(label=_("The rule is on"), required=False)

    def __init__(self, data: Any, rule: Rule, choices: Mapping[str, Choices]) -> None:
        super().__init__(data, initial=values_of(rule))
        fixed: dict[str, Choices] = {"purposes": Purpose.choices}
        fixed |= {"audiences": AUDIENCES, "kinds": [(key, k.word) for key, k in KINDS.items()]}
        for name, offered in {**fixed, **choices}.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = list(offered)

    def facts(self) -> RuleFacts:
        """Return what was filled in; the form must be valid."""
        given = self.cleaned_data
        return RuleFacts(
            name=given["name"],
            trigger=Trigger(given["trigger"]),
            tags=_lower(given["called_by"]),
            quiet_h=given["quiet"] or 0,
            wanted=_wanted(given),
            then=_then(given),
            is_active=given["is_active"],
            is_last=given["is_last"],
            hourly_most=given["hourly_most"],
        )

    def show(self, error: BadAutomationError) -> None:
        """Put what is wrong at its field."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


def _lower(words: Sequence[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)


def _wanted(given: Mapping[str, Any]) -> Conditions:
    lists = {name: frozenset(given[name]) for name in LISTS}
    lists["languages"] = frozenset(map(primary, given["languages"]))
    lists |= {name: _lower(given[name]) for name in ("tags", "tiers")}
    return Conditions(
        when=When(**lists, urgency_from=int(given["urgency_from"])),
        words=frozenset(given["words"]),
        not_tags=_lower(given["not_tags"]),
        hours=Hours(given["hours"]),
        calendar_key=given["calendar_key"],
        earlier_from=given["earlier_from"],
        earlier_to=given["earlier_to"],
    )


def _then(given: Mapping[str, Any]) -> Then:
    return Then(
        tags=tuple(given["tags_on"]),
        untags=tuple(given["tags_off"]),
        urgency=int(given["urgency"]) if given["urgency"] else None,
        team=given["team"],
        assign=given["assign"],
        note=given["note"].strip(),
        suggest=given["suggest"],
        send=given["send"],
        audience=given["audience"],
        snooze_h=given["snooze_h"] or 0,
        close=given["close"],
    )


def values_of(rule: Rule) -> dict[str, Any]:
    """Return what the form shows of a rule."""
    wanted, then = rule.wanted, rule.acts
    lines = ("languages", "tags", "tiers")
    return {
        "name": rule.name,
        "trigger": rule.trigger or Trigger.RECEIVED.value,
        "called_by": ", ".join(rule.tags),
        "quiet": rule.quiet_h or None,
        **{name: sorted(getattr(wanted.when, name)) for name in LISTS if name not in lines},
        **{name: ", ".join(sorted(getattr(wanted.when, name))) for name in lines},
        "words": ", ".join(sorted(wanted.words)),
        "not_tags": ", ".join(sorted(wanted.not_tags)),
        "urgency_from": str(wanted.when.urgency_from),
        "hours": wanted.hours.value,
        "calendar_key": wanted.calendar_key,
        "earlier_from": wanted.earlier_from,
        "earlier_to": wanted.earlier_to,
        "tags_on": ", ".join(then.tags),
        "tags_off": ", ".join(then.untags),
        "urgency": "" if then.urgency is None else str(then.urgency),
        **{n: getattr(then, n) for n in ("team", "assign", "note", "suggest", "send", "close")},
        "audience": then.audience,
        "snooze_h": then.snooze_h or None,
        "hourly_most": rule.hourly_most,
        "is_last": rule.is_last,
        "is_active": rule.is_active,
    }

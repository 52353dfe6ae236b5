"""The forms of telephone calls: one that is noted, and a file of them."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hearwell.connect.calls import MOST_NOTES

DIRECTIONS: Final = (("in", _("They called us")), ("out", _("We called them")))
OUTCOMES: Final = (
    ("reached", _("We spoke")),
    ("not_reached", _("Nobody answered")),
    ("voicemail", _("A voice message was left")),
    ("callback", _("They ask to be called")),
)


class CallForm(forms.Form):
    """One call. The number and what came of it are needed."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    direction = forms.ChoiceField(label=_("Who called"), choices=DIRECTIONS)
    outcome = forms.ChoiceField(label=_("What came of it"), choices=OUTCOMES)
    number = forms.CharField(
        label=_("Their number"),
        required=False,
        max_length=100,
        help_text=_("With its country, such as +351 21 123 45 67. Hidden: write “withheld”."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Their name"), required=False, max_length=200)
    started_at = forms.DateTimeField(
        label=_("When it began"),
        required=False,
        help_text=_("Empty: just now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    duration_s = forms.CharField(
        label=_("How long"),
        required=False,
        max_length=10,
        help_text=_("Minutes and seconds, such as 3:12, or seconds."),
    )
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=MOST_NOTES,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    recording_url = forms.CharField(
        label=_("Link to the recording"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )


class CallFileForm(forms.Form):
    """A file of calls, and how what it leaves out is to be read."""

    file = forms.FileField(
        label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )
    country = forms.CharField(
        label=_("Calling code of numbers without one"),
        required=False,
        max_length=5,
        help_text=_("Such as 49 or 351. Empty: all numbers have theirs."),
    )
    is_past = forms.BooleanField(
        label=_("These calls are the past: nothing becomes due"), required=False
    )
    body = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

"""The forms of what is carried in and out by hand."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.connect.model import MessageKind
from hearwell.inbox.byhand import OTHER
from hearwell.kit.ids import uuid7
from hearwell.web.components.marks import BADGES

_NOT_BY_HAND: Final = frozenset({"sandbox", "archive"})
_KINDS: Final = {
    MessageKind.MENTION: gettext_lazy("Mention or post"),
    MessageKind.COMMENT: gettext_lazy("Comment"),
    MessageKind.DM: gettext_lazy("Direct message"),
    MessageKind.REVIEW: gettext_lazy("Review"),
    MessageKind.CALL: gettext_lazy("Call"),
    MessageKind.MAIL: gettext_lazy("E-mail or letter"),
}

THERE, REACHED, NOT_REACHED = "", "reached", "not_reached"
_WAYS: Final = (
    (THERE, gettext_lazy("Answered on the network")),
    (REACHED, gettext_lazy("Called, and reached them")),
    (NOT_REACHED, gettext_lazy("Called, and did not reach them")),
)


def _networks() -> list[tuple[str, Any]]:
    known = [(key, badge.title) for key, badge in BADGES.items() if key not in _NOT_BY_HAND]
    return [
        ("", _("As the link says")),
        *sorted(known, key=lambda pair: str(pair[1]).casefold()),
        (OTHER, _("Another one")),
    ]


class _When(forms.DateTimeField):
    """A local time of the workspace; empty means just now."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("When"),
            required=False,
            help_text=gettext_lazy("Empty: just now."),
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )


class SeenForm(forms.Form):
    """A message that somebody saw. Only the words are needed, and who wrote them."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    link = forms.CharField(
        label=gettext_lazy("Link to the message"),
        required=False,
        help_text=gettext_lazy("From the address bar. It tells the network and often who wrote."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("What they wrote"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    handle = forms.CharField(label=gettext_lazy("Their handle"), required=False, max_length=200)
    name = forms.CharField(label=gettext_lazy("Their name"), required=False, max_length=200)
    network = forms.ChoiceField(label=gettext_lazy("Network"), required=False, choices=_networks)
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=[(k.value, label) for k, label in _KINDS.items()]
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("Only they and we can read it"), required=False
    )
    at = _When()


class AnsweredForm(forms.Form):
    """An answer that was given on the network itself."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    way = forms.ChoiceField(label=gettext_lazy("How"), choices=_WAYS, required=False)
    text = forms.CharField(
        label=gettext_lazy("What was answered"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    link = forms.CharField(label=gettext_lazy("Link to the answer"), required=False)
    at = _When()


def answered_form(*, is_called_back: bool = False) -> AnsweredForm:
    """Return an empty form with a key of its own; who called is taken to be called back."""
    way = REACHED if is_called_back else THERE
    return AnsweredForm(initial={"key": uuid7(), "way": way}, prefix="noted")

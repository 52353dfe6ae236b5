"""A person's own keys: every command with its key, to be changed or switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.accounts.services import save_preferences
from hearwell.web.commands import COMMANDS, Command
from hearwell.web.keyboard import check_keys, shown
from hearwell.web.preferences import Preferences, preferences_of

ALL: Final = "all"
MOST: Final = 40
_GROUPS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("list", gettext_lazy("In the list")),
    ("case", gettext_lazy("In an open case")),
    ("composer", gettext_lazy("While you write")),
    ("any", gettext_lazy("Everywhere")),
    ("go", gettext_lazy("Go to a page")),
)


@dataclass(frozen=True)
class Field:
    """One command in the form: its key as written, the one it came with, what is wrong with it."""

    id: str
    label: str
    value: str
    default: str
    error: str
    is_changed: bool


@requires("see_self")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: MemberRequest) -> HttpResponse:
    """Show and save a person's own keys."""
    user = request.user
    prefs = preferences_of(user)
    if request.method != "POST":
        return _page(request, prefs, _written(prefs), {})
    wanted = _wanted(request, prefs)
    changed, wrong = check_keys(wanted)
    if wrong:
        return _page(request, prefs, wanted, wrong)
    assert isinstance(user, User)  # noqa: S101  `requires` lets nobody else in
    save_preferences(user, {"keys": changed})
    messages.success(request, _("Your keys are saved."))
    return redirect("keys")


def _written(prefs: Preferences) -> dict[str, str]:
    return {name: shown(key) for name, key in prefs.all_keys.items()}


def _wanted(request: MemberRequest, prefs: Preferences) -> dict[str, str]:
    """Return the keys of the form; what was reset has the key it came with."""
    reset, now = request.POST.get("reset", ""), _written(prefs)
    return {
        c.id: shown(c.keys)
        if reset in (ALL, c.id)
        else request.POST.get(f"key-{c.id}", now[c.id]).strip()[:MOST]
        for c in COMMANDS
    }


def _page(
    request: MemberRequest, prefs: Preferences, values: Mapping[str, str], wrong: Mapping[str, str]
) -> HttpResponse:
    groups = [
        (str(label), [_field(c, values, wrong) for c in COMMANDS if _group(c) == name])
        for name, label in _GROUPS
    ]
    context = {"section": "me", "groups": groups, "wrong": len(wrong), "is_own": bool(prefs.keys)}
    return render(request, "hearwell/account/keys.html", context, status=422 if wrong else 200)


def _group(command: Command) -> str:
    return "go" if command.url else command.where


def _field(command: Command, values: Mapping[str, str], wrong: Mapping[str, str]) -> Field:
    value, default = values[command.id], shown(command.keys)
    return Field(
        id=command.id,
        label=str(command.label),
        value=value,
        default=default,
        error=wrong.get(command.id, ""),
        is_changed=value != default,
    )

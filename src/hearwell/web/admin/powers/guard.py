"""The settings of the guard: what is looked for before a reply is sent, and how strictly."""

from __future__ import annotations

from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.guard.likeness import MOST_OF
from hearwell.guard.models import Policy
from hearwell.guard.profanity import LANGUAGES, WORDS
from hearwell.guard.queries import levels_of, policy_of
from hearwell.guard.rules import Check, Level
from hearwell.guard.services import BadPolicyError, Wanted, set_policy
from hearwell.guard.words import LABELS, LEVELS
from hearwell.kit.numbers import whole_number
from hearwell.web.admin.frame import draw

PAGE: Final = "settings_guard"
_TONGUES: Final = {
    "en": gettext_lazy("English"),
    "de": gettext_lazy("German"),
    "fr": gettext_lazy("French"),
    "es": gettext_lazy("Spanish"),
    "ar": gettext_lazy("Arabic"),
}


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def guard(request: MemberRequest) -> HttpResponse:
    """Show the guard of the workspace, or keep it as it was filled in."""
    if request.method != "POST":
        return _draw(request, _form_of(policy_of(request.workspace.id)))
    try:
        set_policy(request.workspace.id, _wanted(request.POST), by=cast("User", request.user))
    except BadPolicyError as error:
        wrong = {error.field: str(error)}
        return _draw(request, _typed(request.POST), wrong=wrong, status=422)
    messages.success(request, _("Saved. It holds for every reply from now on."))
    return redirect(PAGE)


def _draw(
    request: MemberRequest,
    form: dict[str, Any],
    *,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    levels = form["levels"]
    context = {
        "form": form,
        "wrong": wrong or {},
        "checks": [
            (c.value, LABELS[c], [(v.value, LEVELS[v], levels[c.value] == v.value) for v in Level])
            for c in Check
        ],
        "words": [(key, _TONGUES[key], form["words"][key]) for key in LANGUAGES],
        "most": MOST_OF,
    }
    return draw(request, "powers/guard", PAGE, context, status=status)


def _form_of(policy: Policy) -> dict[str, Any]:
    words = {**WORDS, **policy.words}
    return {
        "levels": {check.value: level.value for check, level in levels_of(policy).items()},
        "ours": "\n".join(policy.ours),
        "patterns": "\n".join(policy.patterns),
        "words": {key: ", ".join(words[key]) for key in LANGUAGES},
        "alike_of": policy.alike_of,
        "alike_from": policy.alike_from,
    }


def _typed(form: QueryDict) -> dict[str, Any]:
    return {
        "levels": {check.value: form.get(f"level-{check}", "") for check in Check},
        "ours": form.get("ours", ""),
        "patterns": form.get("patterns", ""),
        "words": {key: form.get(f"words-{key}", "") for key in LANGUAGES},
        "alike_of": form.get("alike_of", ""),
        "alike_from": form.get("alike_from", ""),
    }


def _wanted(form: QueryDict) -> Wanted:
    typed = _typed(form)
    return Wanted(
        levels=typed["levels"],
        ours=typed["ours"],
        patterns=typed["patterns"],
        words={key: words for key, words in typed["words"].items() if f"words-{key}" in form},
        alike_of=whole_number(typed["alike_of"], digits=5) or 0,
        alike_from=whole_number(typed["alike_from"], digits=5) or 0,
    )

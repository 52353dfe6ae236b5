"""Promises and clocks: how soon we answer whom, reckoned over which hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.conversations.rules import LONGEST_REOPEN_DAYS
from hearwell.conversations.services.windows import (
    BadWindowError,
    reopen_windows,
    set_reopen_windows,
)
from hearwell.kit.numbers import whole_number
from hearwell.sla import queries, services
from hearwell.sla.matching import BadConditionError, Conditions, checked, covering
from hearwell.sla.models import Policy
from hearwell.sla.rules import BadCalendarError
from hearwell.sla.services.promises import STANDARD, BadPolicyError
from hearwell.web.admin.frame import draw
from hearwell.web.admin.promises.calendars import facts_in, form_of
from hearwell.web.admin.promises.policies import (
    PRESETS,
    Choices,
    Terms,
    blank,
    conditions_in,
    terms_in,
    terms_of,
    typed_terms,
)

PAGE: Final = "settings_promises"
_REFUSED = (BadPolicyError, BadConditionError, BadCalendarError)


@requires("manage_promises")
@require_safe
def promises(request: MemberRequest) -> HttpResponse:
    """Show the promises, in the order in which they are tried, and the calendars."""
    return _draw(request, preset=request.GET.get("preset", ""))


def _draw(
    request: MemberRequest,
    *,
    typed: Terms | None = None,
    error: str = "",
    preset: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the page; ``typed`` is a form that goes on where it stands, unsaved."""
    found = queries.promises(request.workspace.id)
    recent = queries.recent_asks(request.workspace.id)
    choices = Choices.of(request.workspace.id)
    applied = recent.falling_under([policy.conditions for policy in found.policies])
    forms = [
        replace(terms_of(policy), applies=n, covered_by=_covered_by(found.policies, place))
        for place, (policy, n) in enumerate(zip(found.policies, applied, strict=True))
    ]
    if typed is not None and typed.policy_id is not None:
        forms = [typed if form.policy_id == typed.policy_id else form for form in forms]
    fresh = typed if typed is not None and typed.policy_id is None else blank(found.policy, preset)
    context: dict[str, Any] = {
        "promises": [(form, choices.of_terms(form.conditions)) for form in forms],
        "fresh": (fresh, choices.of_terms(fresh.conditions)),
        "is_adding": bool(preset) or fresh is typed,
        "typed": typed,
        "presets": PRESETS,
        "recent": recent.n,
        "calendars": [form_of(calendar) for calendar in found.calendars],
        "reopening": _reopening(request.workspace.id),
        "error": error,
    }
    return draw(request, "promises", PAGE, context, status=status)


def _covered_by(policies: Sequence[Policy], place: int) -> str:
    """Name the promise before this one that leaves it nothing, as after a change of the order."""
    if policies[place].key == STANDARD:
        return ""
    covers = covering([policy.conditions for policy in policies], place)
    return policies[covers].name if covers is not None else ""


def _id(form: QueryDict, name: str) -> UUID:
    try:
        return UUID(form.get(name, ""))
    except ValueError as error:
        raise Http404 from error


@requires("manage_promises")
@require_POST
def save_policy(request: MemberRequest) -> HttpResponse:
    """Make a promise, or the next version of one; or say how many cases it would be for."""
    form = request.POST
    policy = _policy(request) if form.get("policy") else None
    typed = _typed(form, policy)
    try:
        if "try" in form:
            return _draw(request, typed=_tried(request, typed, policy))
        _save(request, policy)
    except _REFUSED as error:
        return _draw(request, typed=typed, error=str(error), status=422)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Saved as a new version. Clocks that run keep their promise."))
    return redirect(PAGE)


def _policy(request: MemberRequest) -> Policy:
    wanted = _id(request.POST, "policy")
    for policy in queries.promises(request.workspace.id).policies:
        if policy.id == wanted:
            return policy
    raise Http404


def _typed(form: QueryDict, policy: Policy | None) -> Terms:
    if policy is None:
        return typed_terms(form, "", None, 0)
    return typed_terms(form, policy.key, policy.id, policy.version)


def _save(request: MemberRequest, policy: Policy | None) -> None:
    form, user = request.POST, cast("User", request.user)
    terms = terms_in(form, _id(form, "calendar"))
    conditions, name = conditions_in(form), form.get("name", "")
    if policy is None:
        services.make_policy(
            request.workspace.id, by=user, name=name, conditions=conditions, **terms
        )
    else:
        name = name if "name" in form else policy.name
        services.update_policy(policy.id, by=user, name=name, conditions=conditions, **terms)


def _tried(request: MemberRequest, typed: Terms, policy: Policy | None) -> Terms:
    """Count what would fall under a promise as it is typed, where it would stand."""
    wanted = checked(typed.conditions)
    standing = list(queries.promises(request.workspace.id).policies)
    places = [one.id for one in standing]
    place = places.index(policy.id) if policy is not None else len(standing) - 1
    ordered: list[Conditions] = [one.conditions for one in standing]
    ordered[place : place + (policy is not None)] = [wanted]
    counts = queries.recent_asks(request.workspace.id).falling_under(ordered)
    return replace(typed, applies=counts[place])


@requires("manage_promises")
@require_POST
def move_policy(request: MemberRequest) -> HttpResponse:
    """Let a promise be tried before or after its neighbour, or remove it."""
    policy, user = _policy(request), cast("User", request.user)
    try:
        if request.POST.get("do") == "remove":
            services.retire_policy(policy.id, by=user)
            words = _("“%(name)s” is promised no more. Clocks that run keep it.")
            messages.success(request, words % {"name": policy.name})
        else:
            services.move_policy(policy.id, up=request.POST.get("do") == "up", by=user)
    except BadPolicyError as error:
        return _draw(request, error=str(error), status=422)
    return redirect(PAGE)


def _reopening(workspace_id: UUID) -> dict[str, int]:
    windows = reopen_windows(workspace_id)
    days = {f"{audience}_days": window.days for audience, window in windows.items()}
    return days | {"longest": LONGEST_REOPEN_DAYS}


@requires("manage_promises")
@require_POST
def save_reopening(request: MemberRequest) -> HttpResponse:
    """Choose how long after its closing a case comes back."""
    names = ("private_days", "public_days")
    numbers = [whole_number(request.POST.get(name), digits=9) for name in names]
    try:
        private, public = (-1 if n is None else n for n in numbers)
        set_reopen_windows(
            request.workspace.id,
            private_days=private,
            public_days=public,
            by=cast("User", request.user),
        )
    except BadWindowError as error:
        return _draw(request, error=str(error), status=422)
    messages.success(request, _("Saved. It holds for what comes in from now on."))
    return redirect(PAGE)


@requires("manage_promises")
@require_POST
def save_calendar(request: MemberRequest) -> HttpResponse:
    """Make the next version of a calendar, or a new calendar."""
    form, user = request.POST, cast("User", request.user)
    try:
        facts = facts_in(form)
        if form.get("calendar"):
            services.update_calendar(_id(form, "calendar"), by=user, **facts)
        else:
            services.make_calendar(request.workspace.id, by=user, **facts)
    except BadCalendarError as error:
        return _draw(request, error=str(error), status=422)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("Hours saved."))
    return redirect(PAGE)

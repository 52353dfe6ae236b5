"""Give a customer something, from their case; what one may give and answer at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.queries import CaseRow, case_rows
from hearwell.kit.ids import uuid7
from hearwell.powers.giving import Given, Power, left
from hearwell.powers.grants import given_before, grants_in, power_of, purse_of
from hearwell.powers.models import Grant, GrantKind, GrantState, Purse
from hearwell.powers.money import BadAmountError, shown_amount, to_minor
from hearwell.powers.queries import review_rules
from hearwell.powers.rules import Conditions
from hearwell.powers.services import BadGrantError, Gift, give
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.agent.inbox.typing import uuid_of
from hearwell.web.components.grants import grant_face
from hearwell.web.components.marks import AUDIENCES, KINDS, badge_of
from hearwell.web.components.powers import GRANT_REASONS, ROLES, condition_words, limit_words

UNPROCESSABLE: Final = 422


@requires("reply")
@require_http_methods(["GET", "HEAD", "POST"])
def give_something(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show what was given in a case and what one may give, or give it."""
    row = next(iter(case_rows(request.workspace.id, [case_id])), None)
    if row is None:
        raise Http404
    purse = purse_of(request.workspace.id)
    if request.method != "POST":
        return _draw(request, row, purse)
    try:
        grant = give(_gift(request.POST, case_id, purse), by=request.membership)
    except (BadGrantError, BadAmountError) as error:
        said = (
            str(error)
            if isinstance(error, BadGrantError)
            else _("Say how much, as in 25 or 12.50.")
        )
        return _draw(request, row, purse, typed=request.POST, error=said)
    messages.success(request, _said(grant))
    return redirect("case_give", grant.case_id)


def _gift(form: QueryDict, case_id: UUID, purse: Purse) -> Gift:
    return Gift(
        case_id=case_id,
        key=uuid_of(form.get("key", "")) or uuid7(),
        amount_minor=to_minor(form.get("amount", ""), purse.currency),
        reason=form.get("reason", ""),
        note=form.get("note", ""),
        kind=form.get("kind", GrantKind.GOODWILL.value),
    )


def _said(grant: Grant) -> str:
    told = {"amount": shown_amount(grant.amount_minor, grant.currency)}
    if grant.state == GrantState.WAITING:
        return _("Asked for %(amount)s. Somebody who may give so much decides.") % told
    return _("Given: %(amount)s.") % told


def _draw(
    request: MemberRequest,
    row: CaseRow,
    purse: Purse,
    *,
    typed: Mapping[str, str] | None = None,
    error: str = "",
) -> HttpResponse:
    me = request.membership
    power = power_of(me.workspace_id, me.role)
    given = given_before(me.workspace_id, me, row.id, row.contact_id)
    people = colleagues(request)
    context = {
        "section": "inbox",
        "case": row,
        "error": error,
        "typed": typed or {},
        "key": (typed or {}).get("key") or str(uuid7()),
        "currency": purse.currency,
        "reasons": [(k, w, (typed or {}).get("reason") == k) for k, w in GRANT_REASONS.items()],
        "may": _may(power, given, purse),
        "surprise": _surprise(purse, given),
        "grants": [grant_face(one, people) for one in grants_in(me.workspace_id, row.id)],
    }
    status = UNPROCESSABLE if error else 200
    return render(request, "hearwell/case/give.html", context, status=status)


def _may(power: Power, given: Given, purse: Purse) -> list[dict[str, str]]:
    """Put limits and what is used of them into words, and what is left of all at once."""
    limits, money = power.limits, purse.currency
    lines = (
        (_("In this case"), limits.case, given.case),
        (_("To this customer in a year"), limits.year, given.year),
        (_("By you today"), limits.day, given.day),
    )
    rest = limit_words(left(limits, given), money)
    return [
        {"label": label, "limit": limit_words(limit, money), "used": shown_amount(used, money)}
        for label, limit, used in lines
    ] + [{"label": _("Left now, alone"), "limit": rest, "used": ""}]


def _surprise(purse: Purse, given: Given) -> dict[str, str] | None:
    """What is left of the month's budget for surprises; None where there is none."""
    if not purse.surprise_month_minor:
        return None
    rest = max(0, purse.surprise_month_minor - given.month)
    return {
        "each": shown_amount(min(rest, purse.surprise_each_minor), purse.currency),
        "rest": shown_amount(rest, purse.currency),
    }


@requires("reply")
@require_safe
def my_powers(request: MemberRequest) -> HttpResponse:
    """Say what this person may answer and give alone, and what of theirs is read first."""
    me = request.membership
    power, purse = power_of(me.workspace_id, me.role), purse_of(me.workspace_id)
    given = given_before(me.workspace_id, me, None, None)
    people = colleagues(request)
    rules = [
        Conditions(one.role, one.user_id, one.network, one.audience, one.kind)
        for one in review_rules(me.workspace_id)
        if one.role in {"", me.role} and one.user_id in {None, me.user_id}
    ]
    limits, money = power.limits, purse.currency
    context: dict[str, Any] = {
        "section": "me",
        "role": ROLES[me.role],
        "answers": _answers(power),
        "gives": [
            (_("In one case"), limit_words(limits.case, money)),
            (_("To one customer in a year"), limit_words(limits.year, money)),
            (_("In one day"), limit_words(limits.day, money)),
            (_("Given by you today"), shown_amount(given.day, money)),
        ],
        "surprise": _surprise(purse, given),
        "read_first": [condition_words(one.told(), people) for one in rules],
    }
    return render(request, "hearwell/account/powers.html", context)


def _answers(power: Power) -> list[tuple[str, str]]:
    networks = ", ".join(str(badge_of(key).title) for key in power.networks)
    readers = ", ".join(str(AUDIENCES[key].word) for key in power.audiences if key in AUDIENCES)
    kinds = ", ".join(str(KINDS[key].word) for key in power.kinds if key in KINDS)
    return [
        (_("Networks"), networks or _("all")),
        (_("Who reads it"), readers or _("everybody: public and private")),
        (_("Kinds of case"), kinds or _("all")),
    ]

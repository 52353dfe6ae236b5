"""The empowerment matrix: what each role answers and gives alone, and the purse for surprises."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.connect.registry import all_connectors
from hearwell.powers.giving import DEFAULTS, Limits, Power
from hearwell.powers.grants import powers_of, purse_of
from hearwell.powers.models import Purse
from hearwell.powers.money import BadAmountError, plain_amount, to_minor
from hearwell.powers.services import BadMatrixError, set_powers, set_purse
from hearwell.web.admin.frame import draw
from hearwell.web.components.marks import KINDS, badge_of
from hearwell.web.components.powers import ROLES

PAGE: Final = "settings_powers"
_LIMITS: Final = ("case", "year", "day")
_LISTS: Final = ("networks", "audiences", "kinds")


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def powers(request: MemberRequest) -> HttpResponse:
    """Show the matrix, or keep it as it was filled in."""
    if request.method != "POST":
        return _draw(request)
    form, user = request.POST, cast("User", request.user)
    purse = purse_of(request.workspace.id)
    try:
        if form.get("do") == "purse":
            _keep_purse(form, purse, user)
        else:
            wanted = {role: _power(form, role, purse.currency) for role in DEFAULTS}
            set_powers(request.workspace.id, wanted, by=user)
    except BadMatrixError as error:
        return _draw(request, typed=form, error=str(error))
    except BadAmountError:
        return _draw(request, typed=form, error=_("Write amounts as in 25 or 12.50."))
    messages.success(request, _("Saved. It holds from now on."))
    return redirect(PAGE)


def _keep_purse(form: QueryDict, purse: Purse, user: User) -> None:
    currency = form.get("currency", "").strip().upper()
    set_purse(
        purse.workspace_id,
        currency=currency,
        month_minor=to_minor(form.get("month", "") or "0", currency),
        each_minor=to_minor(form.get("each", "") or "0", currency),
        by=user,
    )


def _power(form: QueryDict, role: str, currency: str) -> Power:
    typed = [form.get(f"{role}-{name}", "").strip() for name in _LIMITS]
    amounts = [to_minor(text, currency) if text else None for text in typed]
    known = {"networks": _networks(), "audiences": ("public", "private"), "kinds": tuple(KINDS)}
    lists = {name: _ticked(form, f"{role}-{name}", known[name]) for name in _LISTS}
    return Power(Limits(*amounts), **lists)


def _ticked(form: QueryDict, name: str, known: Collection[str]) -> list[str]:
    """Return what is ticked; all of it is the same as none: no limit."""
    chosen = [value for value in form.getlist(name) if value in known]
    return [] if len(set(chosen)) == len(known) else chosen


def _networks() -> list[str]:
    return sorted({connector.manifest.network for connector in all_connectors()})


def _draw(
    request: MemberRequest, *, typed: QueryDict | None = None, error: str = ""
) -> HttpResponse:
    purse = purse_of(request.workspace.id)
    kept = powers_of(request.workspace.id, list(DEFAULTS))
    is_matrix = typed is not None and typed.get("do") != "purse"
    given = typed or QueryDict()
    context = {
        "error": error,
        "currency": purse.currency,
        "roles": [
            _role(role, power, purse.currency, given if is_matrix else None)
            for role, power in kept.items()
        ],
        "purse": {
            "currency": given.get("currency", purse.currency),
            "month": given.get("month", plain_amount(purse.surprise_month_minor, purse.currency)),
            "each": given.get("each", plain_amount(purse.surprise_each_minor, purse.currency)),
        },
    }
    return draw(request, "powers/matrix", PAGE, context, status=422 if error else 200)


def _role(role: str, power: Power, currency: str, typed: QueryDict | None) -> dict[str, Any]:
    limits = {name: getattr(power.limits, name) for name in _LIMITS}
    words = {"case": _("In one case"), "year": _("To a customer in a year"), "day": _("In a day")}
    lists = {
        "networks": (_("Networks"), [(key, str(badge_of(key).title)) for key in _networks()]),
        "audiences": (_("Who reads it"), [("public", _("Public")), ("private", _("Private"))]),
        "kinds": (_("Kinds of case"), [(key, str(kind.word)) for key, kind in KINDS.items()]),
    }
    return {
        "key": role,
        "label": ROLES[role],
        "limits": [
            {
                "name": name,
                "label": words[name],
                "value": typed.get(f"{role}-{name}", "")
                if typed is not None
                else ""
                if limits[name] is None
                else plain_amount(limits[name], currency),
            }
            for name in _LIMITS
        ],
        "lists": [
            {
                "name": name,
                "label": label,
                "choices": [
                    (value, text, value in _chosen(role, name, power, typed))
                    for value, text in choices
                ],
            }
            for name, (label, choices) in lists.items()
        ],
    }


def _chosen(role: str, name: str, power: Power, typed: QueryDict | None) -> Collection[str]:
    if typed is not None:
        return typed.getlist(f"{role}-{name}")
    chosen: Collection[str] = getattr(power, name)
    return chosen

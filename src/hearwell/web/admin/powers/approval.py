"""Whose replies a second person reads first."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import Role, User
from hearwell.accounts.rules import can
from hearwell.connect.registry import all_connectors
from hearwell.powers.queries import conditions_of, lone_reader, review_rules
from hearwell.powers.rules import Conditions
from hearwell.powers.services import BadRuleError, add_review_rule, remove_review_rule
from hearwell.web.admin.frame import draw
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.components.marks import KINDS, badge_of
from hearwell.web.components.powers import condition_words

PAGE: Final = "settings_approval"


@requires("manage_settings")
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: MemberRequest) -> HttpResponse:
    """Show the rules, add one, remove one."""
    if request.method != "POST":
        return _draw(request)
    form, user = request.POST, cast("User", request.user)
    if form.get("do") == "remove":
        if remove_review_rule(request.workspace.id, _id(form.get("rule", "")), by=user):
            messages.success(request, _("Such replies go by themselves again."))
        return redirect(PAGE)
    try:
        add_review_rule(request.workspace.id, _conditions(form), by=user)
    except BadRuleError as error:
        return _draw(request, typed=form, error=str(error), status=422)
    messages.success(request, _("Saved. It holds for what is handed in from now on."))
    return redirect(PAGE)


def _draw(
    request: MemberRequest, *, typed: QueryDict | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    people = colleagues(request)
    rules = [(rule.id, conditions_of(rule)) for rule in review_rules(request.workspace.id)]
    alone = lone_reader(request.workspace.id)
    context = {
        "rules": [(rule_id, condition_words(one.told(), people)) for rule_id, one in rules],
        "fields": _fields(people, typed or QueryDict()),
        "error": error,
        "is_unread": alone is not None
        and any(one.is_about(alone.role, alone.user_id) for _rule, one in rules),
    }
    return draw(request, "powers/approval", PAGE, context, status=status)


def _fields(people: dict[UUID, Any], typed: QueryDict) -> list[dict[str, Any]]:
    """Return the choices of the form; the first of each fits anything."""
    whose = [("", _("Everybody's"))]
    whose += [(f"role:{r.value}", _("Role: %(role)s") % {"role": r.label}) for r in Role
              if can(r.value, "reply")]  # fmt: skip
    whose += [(f"user:{p.id}", _("In training: %(name)s") % {"name": p.name})
              for p in people.values()]  # fmt: skip
    named = [(key, str(badge_of(key).title)) for key in _networks()]
    audiences = [("public", _("Public")), ("private", _("Private"))]
    kinds = [(key, str(kind.word)) for key, kind in KINDS.items()]
    lists = (
        ("whose", _("Whose replies"), whose),
        ("network", _("Network"), [("", _("Any")), *named]),
        ("audience", _("Who reads them"), [("", _("Anybody")), *audiences]),
        ("kind", _("Kind of case"), [("", _("Any")), *kinds]),
    )
    return [
        {"name": name, "label": label, "choices": [(v, w, typed.get(name, "") == v) for v, w in of]}
        for name, label, of in lists
    ]


def _networks() -> list[str]:
    return sorted({connector.manifest.network for connector in all_connectors()})


def _conditions(form: QueryDict) -> Conditions:
    about, _colon, value = form.get("whose", "").partition(":")
    kind, network = form.get("kind", ""), form.get("network", "")
    return Conditions(
        role=value if about == "role" else "",
        user_id=_id(value) if about == "user" else None,
        network=network if network in _networks() else "",
        audience=form.get("audience", "")[:8],
        kind=kind if kind in KINDS else "",
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error

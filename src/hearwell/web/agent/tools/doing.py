"""Do something in another system, from a case: fill in, see what will happen, mean it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hearwell.accounts.access import MemberRequest, requires
from hearwell.commerce import queries, services
from hearwell.commerce.cards import Card, card_from
from hearwell.commerce.definition import Field, Source, is_for
from hearwell.commerce.filling import BadValueError
from hearwell.commerce.known import Customer, customer_of
from hearwell.commerce.queries import LiveTool
from hearwell.commerce.services import BadRunError, Checked, Wanted, check_run, start_run
from hearwell.commerce.services.running import values_for
from hearwell.kit.ids import uuid7
from hearwell.kit.numbers import whole_number
from hearwell.powers.giving import is_within
from hearwell.powers.grants import given_before, power_of, purse_of
from hearwell.powers.money import plain_amount, shown_amount
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.agent.inbox.typing import uuid_of
from hearwell.web.components.tools import asked_face, card_face, run_face

UNPROCESSABLE: Final = 422
_PREFIX: Final = "f-"


@dataclass(frozen=True)
class _Page:
    """What a page about one tool and one case needs."""

    request: MemberRequest
    tool: LiveTool
    customer: Customer
    card: Card | None
    place: str
    currency: str

    @property
    def said(self) -> dict[str, str]:
        """What was typed, by the names of the fields."""
        form = self.request.POST
        return {one.name: form.get(_PREFIX + one.name, "") for one in self.tool.definition.asked}


@requires("reply")
@require_http_methods(["GET", "HEAD", "POST"])
def use(request: MemberRequest, case_id: UUID, tool_id: UUID) -> HttpResponse:
    """Show a tool's form for a case, what it would do, or do it."""
    page = _page(request, case_id, tool_id)
    if request.method != "POST":
        return _form(page)
    try:
        if not page.tool.definition.is_act:
            return _look(page)
        return _mean(page) if request.POST.get("step") == "do" else _confirm(page)
    except (BadRunError, BadValueError) as error:
        return _refused(page, error)


def _refused(page: _Page, error: BadRunError | BadValueError) -> HttpResponse:
    """Say why not; what was done before may be meant again, if there still is room for it."""
    if isinstance(error, BadRunError) and error.code == "alike":
        try:
            return _confirm(page, alike=str(error))
        except (BadRunError, BadValueError) as since:
            error = since
    return _form(page, error=str(error), at=error.field)


def _page(request: MemberRequest, case_id: UUID, tool_id: UUID) -> _Page:
    workspace_id = request.workspace.id
    tool = queries.live_tool(workspace_id, tool_id)
    customer = customer_of(workspace_id, case_id)
    if tool is None or customer is None or not is_for(tool.definition, request.membership.role):
        raise Http404
    place = request.POST.get("card", "") or request.GET.get("card", "")
    card = _card(request, case_id, place) if place else None
    return _Page(request, tool, customer, card, place, purse_of(workspace_id).currency)


def _card(request: MemberRequest, case_id: UUID, place: str) -> Card:
    """Return the card that an address names: as it was looked up for this very case."""
    look, _dot, number = place.partition(".")
    lookup_id, index = uuid_of(look), whole_number(number, digits=2)
    row = queries.lookup_by_id(request.workspace.id, lookup_id) if lookup_id else None
    if row is None or row.case_id != case_id or index is None or index >= len(row.cards):
        raise Http404
    return card_from(row.cards[index])


def _context(page: _Page) -> dict[str, Any]:
    return {
        "section": "inbox",
        "case": page.customer.case,
        "tool": page.tool,
        "is_act": page.tool.definition.is_act,
        "service": page.tool.service,
        "card": card_face(page.card) if page.card else None,
        "card_place": page.place,
        "currency": page.currency,
    }


def _form(page: _Page, *, error: str = "", at: str = "") -> HttpResponse:
    typed = page.said if page.request.method == "POST" else None
    needs_card = bool(page.tool.definition.about) and page.card is None
    context = _context(page) | {
        "fields": [_asked(page, one, typed) for one in page.tool.definition.asked],
        "error": error,
        "error_at": at,
        "needs_card": needs_card and page.tool.definition.is_act,
    }
    status = UNPROCESSABLE if error else 200
    return render(page.request, "hearwell/tools/form.html", context, status=status)


def _asked(page: _Page, one: Field, typed: Mapping[str, str] | None) -> Any:
    marks = [mark.value for mark in page.customer.marks(one)]
    if typed is not None:
        value = typed.get(one.name, "")
    elif one.source == Source.CARD and page.card and page.card.amount_minor is not None:
        value = plain_amount(page.card.amount_minor, page.currency)
    else:
        value = marks[0] if marks else ""
    return asked_face(one, value, marks)


def _look(page: _Page) -> HttpResponse:
    one = page.tool
    values = values_for(one.definition, page.said, None, page.customer, page.currency)
    services.look_by_hand(one, page.customer.case.id, values, by=page.request.membership)
    messages.success(page.request, _("Looked up: see the customer's panel."))
    return redirect("case_tools", page.customer.case.id)


def _wanted(page: _Page, *, key: UUID) -> Wanted:
    is_meant = page.request.POST.get("meant") == "1"
    case_id = page.customer.case.id
    return Wanted(page.tool.tool.id, case_id, key, page.said, page.card, is_meant)


def _confirm(page: _Page, *, alike: str = "") -> HttpResponse:
    """Say exactly what will be sent, and whether it is within one's powers."""
    checked = check_run(_wanted(page, key=uuid7()), by=page.request.membership)
    context = _context(page) | {
        "sent": _sent(page, checked),
        "said": [(_PREFIX + name, value) for name, value in page.said.items()],
        "key": page.request.POST.get("key") or str(uuid7()),
        "amount": shown_amount(checked.amount_minor, checked.currency)
        if checked.amount_minor is not None
        else "",
        "is_above": _is_above(page, checked),
        "alike": alike,
        "before": _before(page, checked) if alike else None,
        "undo_hours": page.tool.definition.undo_hours if page.tool.definition.undo_path else 0,
    }
    status = UNPROCESSABLE if alike else 200
    return render(page.request, "hearwell/tools/confirm.html", context, status=status)


def _before(page: _Page, checked: Checked) -> Any:
    run = queries.alike(page.request.workspace.id, checked.digest)
    return run_face(run, colleagues(page.request)) if run else None


def _sent(page: _Page, checked: Checked) -> list[tuple[str, str]]:
    """Return every value that leaves, as it will be read there."""
    lines = []
    for one in page.tool.definition.fields:
        value = checked.values.get(one.name)
        if value is None:
            continue
        is_money = one.kind == "money" and isinstance(value, int)
        shown = shown_amount(value, page.currency) if is_money else str(value)
        lines.append((one.label or one.name, shown))
    return lines


def _is_above(page: _Page, checked: Checked) -> bool:
    if checked.amount_minor is None:
        return False
    me, case = page.request.membership, checked.case
    given = given_before(me.workspace_id, me, case.id, case.contact_id)
    limits = power_of(me.workspace_id, me.role).limits
    return not is_within(checked.amount_minor, limits, given)


def _mean(page: _Page) -> HttpResponse:
    key = uuid_of(page.request.POST.get("key", "")) or uuid7()
    read = whole_number(page.request.POST.get("version"), digits=9)
    wanted = replace(_wanted(page, key=key), version=read)
    run = start_run(wanted, by=page.request.membership)
    return redirect("tool_run", run.id)

"""The part of the customer's panel that other systems fill: cards, actions, what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.commerce import queries, services
from hearwell.commerce.cards import card_from
from hearwell.commerce.known import customer_of, plans_for
from hearwell.commerce.models import Lookup
from hearwell.commerce.queries import LiveTool, is_fresh, is_waited_for, last_done
from hearwell.commerce.rules import Code
from hearwell.commerce.services.looking import digest_of
from hearwell.conversations.models import Case
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.agent.inbox.wants import varied, wants_part
from hearwell.web.components.tools import (
    CODES,
    card_face,
    is_doubtful,
    run_face,
    said_of,
    why_words,
)


@requires("reply")
@require_safe
def tools(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show what other systems know of a case's customer, and what can be done there."""
    return _draw(request, case_id)


@requires("reply")
@require_POST
def refresh(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Look what is not fresh up again."""
    if not Case.objects.filter(workspace_id=request.workspace.id, id=case_id).exists():
        raise Http404
    anew = request.POST.get("anew") == "1"
    services.refresh(request.workspace.id, case_id, by=request.membership, anew=anew)
    return _draw(request, case_id) if wants_part(request) else redirect("case_tools", case_id)


def _draw(request: MemberRequest, case_id: UUID) -> HttpResponse:
    place = request.workspace.id
    customer = customer_of(place, case_id)
    if customer is None:
        raise Http404
    live = queries.live_tools(place, request.membership.role)
    context: dict[str, Any] = {"case_id": case_id, "label": customer.case.label}
    runs = queries.runs_in(place, [case_id])
    if live:
        found = queries.lookups_in(place, case_id)
        wanted = [
            (one.tool.id, digest_of(one.tool.id, plan.values))
            for one in live
            if not one.definition.is_act
            for plan in plans_for(one.definition, customer)
        ]
        context |= _shown(live, found, wanted, last_done(runs))
    if runs:
        context["runs"] = _runs(request, runs, live)
    name = "panel" if wants_part(request) else "panel_page"
    return varied(render(request, f"hearwell/tools/{name}.html", context))


def _shown(
    live: Sequence[LiveTool],
    found: Sequence[Lookup],
    wanted: Sequence[tuple[UUID, str]],
    done_at: datetime | None,
) -> dict[str, Any]:
    known = {(one.tool_id, one.digest): one for one in found}
    # What nobody would look up any more (another number was written) is not shown either.
    by_hand = [one for one in found if one.why and one.why[0][0] == "typed"]
    shown = [known[key] for key in wanted if key in known] + by_hand
    acts = [one for one in live if one.definition.is_act]
    is_stale = any(key not in known or not is_fresh(known[key], done_at) for key in wanted)
    return {
        "has_tools": True,
        "looks": [_look(one, acts) for one in shown],
        "is_waiting": any(is_waited_for(one) for one in shown),
        "is_stale": is_stale and not any(is_waited_for(one) for one in shown),
        "acts": [_act(one) for one in acts if not one.definition.about],
        "reads": [_act(one) for one in live if not one.definition.is_act],
    }


def _act(one: LiveTool) -> dict[str, Any]:
    return {"id": one.tool.id, "title": one.definition.title}


def _look(one: Lookup, acts: Sequence[LiveTool]) -> dict[str, Any]:
    cards = [card_from(card) for card in one.cards]
    return {
        "title": one.tool.title,
        "why": why_words(one.why),
        "is_doubtful": is_doubtful(one.why) and bool(cards),
        "as_of": one.as_of,
        "is_waiting": is_waited_for(one),
        "is_lost": one.as_of is None and not is_waited_for(one),
        "is_absent": one.code == Code.NOT_THERE,
        "trouble": CODES.get(one.code, "") if one.code else "",
        "cards": [
            {
                "place": f"{one.id}.{number}",
                "face": card_face(card),
                "acts": [_act(act) for act in acts if act.definition.about == card.kind],
            }
            for number, card in enumerate(cards)
        ],
    }


def _runs(request: MemberRequest, runs: Any, live: Sequence[LiveTool]) -> list[dict[str, Any]]:
    people = colleagues(request)
    by_version = {(one.tool.id, one.version): one.definition for one in live}
    shown = []
    for run in runs:
        definition = by_version.get((run.tool_id, run.version))
        said = said_of(definition, run) if definition and run.undone_at is None else ""
        shown.append({"face": run_face(run, people), "said": said})
    return shown

"""What was done in other systems: one action as it goes, and the register of all."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.commerce import queries, services
from hearwell.commerce.cards import card_from
from hearwell.commerce.definition import is_for
from hearwell.commerce.models import ToolRun
from hearwell.commerce.rules import State
from hearwell.commerce.services import BadRunError
from hearwell.commerce.services.running import undo_until
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.agent.inbox.wants import varied, wants_part
from hearwell.web.components.tools import STATES, card_face, run_face, said_of
from hearwell.web.places import place_in, place_of


@requires("reply")
@require_safe
def run(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """Show one action: how far it is, what came of it, what can be done about it."""
    found = queries.run_by_id(request.workspace.id, run_id)
    if found is None:
        raise Http404
    name = "run" if wants_part(request) else "run_page"
    return varied(render(request, f"hearwell/tools/{name}.html", _context(request, found)))


def _context(request: MemberRequest, found: ToolRun) -> dict[str, Any]:
    one = queries.tool_at(found.tool, found.version)
    definition = one.definition if one else None
    people = colleagues(request)
    undoing = queries.undo_of(found)
    may_settle = definition is not None and is_for(definition, request.membership.role)
    may = may_settle and found.tool.gone_at is None
    labels = {f.name: f.label or f.name for f in definition.fields} if definition else {}
    return {
        "section": "inbox",
        "run": run_face(found, people),
        "row": found,
        "about": card_face(card_from(found.card)) if found.card else None,
        "service": found.tool.service,
        "values": [(labels.get(n, n), v) for n, v in _shown(found).items()],
        "said": said_of(definition, found) if definition and not found.undone_at else "",
        "undo_until": undo_until(found, definition) if definition and may and not undoing else None,
        "undoing": run_face(undoing, people) if undoing else None,
        "may_settle": may_settle and found.state == State.HUMAN,
        "may_again": may and found.state == State.FAILED and found.undoes_id is None,
    }


def _shown(found: ToolRun) -> dict[str, Any]:
    """Return what was sent; money is shown beside it in words."""
    return {
        name: value
        for name, value in found.values.items()
        if not (isinstance(value, int) and value == found.amount_minor)
    }


@requires("reply")
@require_POST
def act(request: MemberRequest, run_id: UUID) -> HttpResponse:
    """Undo it, do it once more, or say what a person found in the other system."""
    wish, me = request.POST.get("do", ""), request.membership
    try:
        if wish == "undo":
            return redirect("tool_run", services.undo(run_id, by=me).id)
        if wish == "again":
            services.try_again(run_id, by=me)
        elif wish in ("was_done", "was_not"):
            services.settle_by_hand(run_id, was_done=wish == "was_done", by=me)
            messages.success(request, _("Noted."))
        else:
            raise Http404
    except ToolRun.DoesNotExist as error:
        raise Http404 from error
    except BadRunError as error:
        messages.error(request, str(error))
    return redirect("tool_run", run_id)


@requires("reply")
@require_safe
def runs(request: MemberRequest) -> HttpResponse:
    """Show what was done, the newest first; those that wait for a person on request."""
    state = request.GET.get("state", "")
    chosen = state if state in STATES else ""
    before = place_in(request.GET.get("before", ""))
    found = queries.runs(request.workspace.id, state=chosen, before=before)
    shown = found[: queries.PAGE]
    people = colleagues(request)
    context = {
        "section": "desk",
        "rows": [run_face(one, people) for one in shown],
        "states": list(STATES.items()),
        "state": chosen,
        "older_url": _older(shown[-1], chosen) if len(found) > queries.PAGE else "",
    }
    return render(request, "hearwell/tools/runs.html", context)


def _older(last: ToolRun, state: str) -> str:
    asked = {"before": place_of(last.created_at, last.id), "state": state}
    return f"{reverse('tool_runs')}?{urlencode(asked)}"

"""Promotions held back: who, why and since when; one person; the whole list as a file."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.conversations.queries import case_rows
from hearwell.promotions import held, queries, shapes
from hearwell.promotions.held import Held
from hearwell.promotions.models import HoldChoice
from hearwell.web.agent.inbox.wants import varied
from hearwell.web.components.holds import BECAUSE, REASONS
from hearwell.web.components.marks import badge_of

_FILES: Final = {"": ("held-back", held.IN_SHEET), "audience": ("audience", held.IN_AUDIENCE)}


@requires("see_held_back")
@require_safe
def held_back(request: MemberRequest) -> HttpResponse:
    """Show how many are held back and why, the longest held, or whether one person is."""
    choice = queries.choice_of(request.workspace.id)
    asked = request.GET.get("who", "").replace("\x00", "").strip()[: queries.LONGEST_SEARCH]
    counts = queries.counts_of(choice)
    found = _searched(choice, asked) if asked else queries.held_longest(choice)
    context: dict[str, Any] = {
        "section": "promotions",
        "counts": counts,
        "reasons": [(REASONS[r], n, counts.oldest[r]) for r, n in counts.by_reason.items()],
        "networks": [(badge_of(name), name, n) for name, n in counts.by_network.items()],
        "asked": asked,
        "held": [(one, REASONS[one.reason]) for one in found],
        "is_cut": not asked and counts.entries > len(found),
        "choice": choice,
        "may_choose": can(request.membership.role, "manage_settings"),
    }
    return render(request, "hearwell/promotions/held.html", context)


def _searched(choice: HoldChoice, asked: str) -> list[Held]:
    """Return what holds somebody back: named by any id of theirs, or by an address."""
    place = choice.workspace_id
    networks = list(queries.networks_of(place))
    found = queries.people_by(place, asked, networks)
    if choice.email_basis and "@" in asked:
        found |= queries.people_by_hash(place, shapes.sha256_of(asked))
    return queries.held_of(choice, found)


@requires("see_held_back")
@require_safe
def download(request: MemberRequest) -> StreamingHttpResponse:
    """Give the whole list as CSV, safe to open in a spreadsheet, or the hashed addresses alone."""
    name, statement = _FILES.get(request.GET.get("format", ""), _FILES[""])
    lines = queries.written(request.workspace.id, statement)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


@requires("read")
@require_safe
def of_case(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say whether promotions to a case's customer are held back. Fetched after the case."""
    rows = case_rows(request.workspace.id, [case_id])
    if not rows:
        raise Http404
    choice = queries.choice_of(request.workspace.id)
    contact_id = rows[0].contact_id
    found = queries.held_of(choice, [contact_id]) if contact_id else []
    first = min(found, key=lambda one: one.since, default=None)
    context = {"hold": first, "because": BECAUSE[first.reason] if first else ""}
    return varied(render(request, "hearwell/case/held.html", context))

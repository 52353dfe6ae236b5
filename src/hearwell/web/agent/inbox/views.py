"""The pages of the inbox: a list, a case, the queues on a narrow screen."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.channels.queries import channels_of
from hearwell.conversations import queries
from hearwell.conversations.queries import CaseRow
from hearwell.conversations.viewing import view_counts, views_of
from hearwell.inbox.around import Around, around_lists
from hearwell.kit.clock import now
from hearwell.sla.queries import explain_clocks
from hearwell.web.agent.desk.mine import my_presence
from hearwell.web.agent.inbox.approvals import counts_of
from hearwell.web.agent.inbox.casepage import draw_case, draw_thread
from hearwell.web.agent.inbox.counted import counted
from hearwell.web.agent.inbox.details import batch_reasons, snooze_choices
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.agent.inbox.facets import Known
from hearwell.web.agent.inbox.late import given_wording
from hearwell.web.agent.inbox.listpage import (
    PAGE,
    empty_of,
    filters_of,
    list_url,
    rows_of,
    wanted,
)
from hearwell.web.agent.inbox.queues import (
    DEFAULT,
    Queue,
    Views,
    queue_by_key,
    queue_groups,
    view_params,
)
from hearwell.web.agent.inbox.saved import given_reply
from hearwell.web.agent.inbox.shared import colleagues, waiting_sends
from hearwell.web.agent.inbox.wants import varied, wants_part


@requires("read")
@require_safe
def inbox(request: MemberRequest, queue: str = DEFAULT) -> HttpResponse:
    """Show a queue: the whole page, or only its rows for htmx."""
    chosen, params = queue_by_key(queue), wanted(queue, request.GET)
    place, me = request.workspace.id, request.membership.user_id
    around = None if wants_part(request) else around_lists(place, me)
    context = _rows(request, params)
    if around is None:
        if request.GET.get("with") == "queues":
            context |= {"is_part": True, **_queues(request, chosen.key, params)}
        name = "row_items" if request.GET.get("after") else "rows"
        return varied(render(request, f"hearwell/inbox/{name}.html", context))
    context |= _page(request, chosen, params, context["people"], around)
    return varied(render(request, "hearwell/inbox/page.html", context))


def _page(
    request: MemberRequest,
    chosen: Queue,
    params: dict[str, str],
    people: Mapping[UUID, Person],
    around: Around,
) -> dict[str, Any]:
    """Read what stands around the rows: queues and views with their counts, the filters."""
    place, me = request.workspace.id, request.membership.user_id
    counts = counts_of(request)
    channels, saved = around.channels, around.views
    filters = filters_of(params, Known(channels, people, around.teams, around.tags))
    shown = next((view for view in saved if str(view.id) == params.get("view")), None)
    views = Views(saved, view_counts(place, saved, me), str(shown.id) if shown else "")
    channel = "" if shown else params.get("channel", "")
    return {
        "section": "inbox",
        "mine": my_presence(request, people.get(me)),
        "queue": chosen,
        "queue_total": counts.get(chosen.key) if len(params) == 1 else None,
        "queue_groups": queue_groups(chosen.key, counts, channels, channel, views),
        "counts": counts,
        "filters": filters,
        "view": shown,
        "view_is_changed": shown is not None and view_params(shown) != params,
        "may": {"claim": can(request.membership.role, "claim")},
        "colleagues": [one for one in people.values() if one.sees_cases],
        "snooze_choices": snooze_choices(ZoneInfo(request.workspace.time_zone), now()),
        "batch_reasons": batch_reasons(),
        "may_share": can(request.membership.role, "share_views"),
        "empty": empty_of(chosen, params, has_channels=bool(channels)),
        "list_url": reverse("inbox_queue", args=[chosen.key]),
        "list_url_full": list_url(params),
        "live_seq": around.last_seq,
        "live_query": urlencode(params),
        "pane_view": "list",
        "waiting_sends": waiting_sends(request),
        "case": None,
    }


def _rows(request: MemberRequest, params: dict[str, str]) -> dict[str, Any]:
    """Read one page of the list."""
    chosen = queries.filter_from(params, request.membership.user_id)
    page = queries.case_list(
        request.workspace.id, chosen, cursor=request.GET.get("after") or None, limit=PAGE
    )
    people = colleagues(request)
    more = list_url(params, after=page.next_cursor) if page.next_cursor else ""
    queue = queue_by_key(params["queue"])
    fresh = _fresh(request, {row.id for row in page.rows})
    return {
        "rows": rows_of(page.rows, people, params, now()),
        "is_cut": page.is_cut,
        "fresh_rows": rows_of(fresh, people, params, now()),
        "next_url": more,
        "people": people,
        "empty": empty_of(queue, params, has_channels=True),
    }


def _fresh(request: MemberRequest, shown: Container[UUID]) -> list[CaseRow]:
    """Return the new cases that somebody asked to see and that are due after this page."""
    ids = [found for text in request.GET.get("new", "").split(",") if (found := _id(text))]
    wanted_ids = [case_id for case_id in ids[:PAGE] if case_id not in shown]
    return queries.case_rows(request.workspace.id, wanted_ids) if wanted_ids else []


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _queues(request: MemberRequest, current: str, params: dict[str, str]) -> dict[str, Any]:
    """Read the queues for a page that came without them."""
    channels, views = channels_of(request.workspace.id), _views(request)
    counts = counts_of(request)
    shown = params.get("view", "")
    views = replace(views, current=shown if any(str(v.id) == shown for v in views.saved) else "")
    groups = queue_groups(current, counts, channels, params.get("channel", ""), views)
    return {"queue_groups": groups, "counts": counts}


def _views(request: MemberRequest) -> Views:
    place, me = request.workspace.id, request.membership.user_id
    saved = views_of(place, me)
    return Views(saved, view_counts(place, saved, me))


@requires("read")
@require_safe
def queues(request: MemberRequest) -> HttpResponse:
    """Show the list of queues as a page of its own, for narrow screens and without scripts."""
    counts = counts_of(request)
    context = {
        "section": "queues",
        "counts": counts,
        "queue_groups": queue_groups(
            "", counts, channels_of(request.workspace.id), views=_views(request)
        ),
        "waiting_sends": waiting_sends(request),
    }
    return render(request, "hearwell/inbox/queues_page.html", context)


@requires("read")
@require_safe
def case(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show a case: its panes for htmx, else the whole page."""
    given = None
    if can(request.membership.role, "reply"):
        asks_late = request.GET.get("late") == "1"
        given = (given_wording if asks_late else given_reply)(request, case_id)
    return draw_case(request, case_id, given=given)


@requires("read")
@require_safe
def thread(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Give the thread of an open case anew, and the parts of the page that changed with it."""
    return draw_thread(request, case_id)


@requires("read")
@require_safe
def clocks(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say how the clocks of a case are counted: promise, hours, every event that moved them."""
    if not queries.case_rows(request.workspace.id, [case_id]):
        raise Http404
    people = colleagues(request)
    told = [counted(explained, people) for explained in explain_clocks(case_id)]
    return render(request, "hearwell/case/clocks.html", {"clocks": told})


@requires("reply")
@require_safe
def drafts(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show what colleagues are writing in a case now."""
    if not queries.case_rows(request.workspace.id, [case_id]):
        raise Http404
    found = queries.drafts_of(request.workspace.id, case_id)
    names = colleagues(request)
    shown = [
        {"draft": draft, "name": names[draft.user_id].name}
        for draft in found
        if draft.user_id != request.membership.user_id and draft.user_id in names
    ]
    return varied(render(request, "hearwell/case/drafts.html", {"drafts": shown}))

"""One case on the screen: its panes for htmx, the whole page for a plain link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from hearwell.accounts.access import MemberRequest
from hearwell.accounts.rules import can
from hearwell.channels.models import Channel
from hearwell.channels.queries import channels_around
from hearwell.conversations.queries import CasePage, ThreadPage, case_page, messages_of
from hearwell.conversations.services import mark_read
from hearwell.inbox.apologies import Apology, apology_for
from hearwell.kit.clock import now
from hearwell.kit.numbers import whole_number
from hearwell.outbound.queries import PendingReply, replies_in_sight
from hearwell.sla.queries import ClockView, clocks_of
from hearwell.web.agent.desk.mine import my_presence
from hearwell.web.agent.inbox.byhand import AnsweredForm, answered_form
from hearwell.web.agent.inbox.composing import composer_of
from hearwell.web.agent.inbox.details import (
    batch_reasons,
    case_words,
    clock_faces,
    close_reasons,
    delay_words,
    is_late,
    person_of,
    snooze_choices,
    stage_of,
    verdict_chip,
)
from hearwell.web.agent.inbox.faces import Person, Surroundings, items_of
from hearwell.web.agent.inbox.letters import belongings_of
from hearwell.web.agent.inbox.listpage import list_url, wanted
from hearwell.web.agent.inbox.passed import passed_of
from hearwell.web.agent.inbox.queues import DEFAULT, queue_by_key
from hearwell.web.agent.inbox.shared import colleagues, toasts_of
from hearwell.web.agent.inbox.unsolved import unsolved_of
from hearwell.web.agent.inbox.visitors import visitor_face
from hearwell.web.agent.inbox.wants import varied, wants_part
from hearwell.web.components.writing import Stop
from hearwell.web.places import place_in, place_of

THREAD = 60
RIGHTS = ("claim", "close", "tag", "assign", "note", "reply", "approve", "kill_switch",
          "manage_privacy")  # fmt: skip


@dataclass
class Opened:
    """Everything a page on one case reads, each thing once and only if it is asked for."""

    request: MemberRequest
    page: CasePage
    at: datetime

    @cached_property
    def thread(self) -> ThreadPage:
        """The latest messages, or those before a place; one query, two with edits."""
        before = place_in(self.request.GET.get("before", ""))
        return messages_of(self.workspace_id, self.page.case.id, THREAD, before)

    @property
    def workspace_id(self) -> UUID:
        """The workspace."""
        return self.request.workspace.id

    @cached_property
    def people(self) -> dict[UUID, Person]:
        """The colleagues; one query."""
        return colleagues(self.request)

    @cached_property
    def channels(self) -> dict[UUID, Channel]:
        """The channels of its threads, and what else we have on those networks; one query."""
        ids = {thread.channel_id for thread in self.page.conversations}
        return channels_around(self.workspace_id, ids)

    @cached_property
    def clocks(self) -> list[ClockView]:
        """Its clocks; one query."""
        return clocks_of(self.page.case.id)

    @cached_property
    def replies(self) -> list[PendingReply]:
        """What is on its way here, and what this person can take back anywhere; one query."""
        lanes = [thread.id for thread in self.page.conversations]
        return replies_in_sight(self.workspace_id, lanes, self.request.membership.user_id)

    @property
    def replies_here(self) -> list[PendingReply]:
        """Of these, those that go to this case's own threads."""
        lanes = {thread.id for thread in self.page.conversations}
        return [reply for reply in self.replies if reply.thread_id in lanes]

    @property
    def answers(self) -> Mapping[str, Sequence[str]]:
        """What this person's role answers, where it does not answer all."""
        person = self.people.get(self.request.membership.user_id)
        return person.answers if person else {}

    @property
    def around(self) -> Surroundings:
        """What the faces of the thread need to know."""
        case = self.page.case
        channel = self.channels.get(case.channel_id) if case.channel_id else None
        return Surroundings(
            me=self.request.membership.user_id,
            network=case.network,
            handle=channel.handle if channel else "",
            people=self.people,
            channels=self.channels,
            rights=frozenset(a for a in RIGHTS if can(self.request.membership.role, a)),
        )


def open_case(request: MemberRequest, case_id: UUID) -> Opened:
    """Read a case. Raises Http404 for one that is absent or foreign."""
    page = case_page(request.workspace.id, case_id, request.membership.user_id)
    if page is None:
        raise Http404
    return Opened(request, page, now())


def draw_case(
    request: MemberRequest,
    case_id: UUID,
    *,
    stop: Stop | None = None,
    given: Mapping[str, str] | None = None,
    noted: AnsweredForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a case.

    `stop` says why a reply was not sent, `given` is what was typed in it, `noted` what was typed
    of an answer given outside.
    """
    opened = open_case(request, case_id)
    if opened.page.case.merged_into_id is not None:
        return _led_on(opened, stop, given, status)
    if request.GET.get("before") and wants_part(request):
        older = {**_thread(opened), "is_older_page": True}
        return varied(render(request, "hearwell/case/items.html", older))
    if opened.page.case.unread:
        mark_read([case_id])
    chosen = given or {"audience": request.GET.get("as", "")}
    context = _context(opened, stop, chosen)
    if noted is not None:
        context["noted"] = noted
    if wants_part(request):
        return varied(render(request, "hearwell/case/work_part.html", context, status=status))
    return varied(
        render(request, "hearwell/inbox/page.html", context | _frame(opened), status=status)
    )


def _led_on(
    opened: Opened, stop: Stop | None, given: Mapping[str, str] | None, status: int
) -> HttpResponse:
    """Lead on to the case that took all; what could not be sent is shown there, and its words."""
    emptied = opened.page.case
    where = reverse("case", args=[emptied.merged_into_id])
    if stop is not None and emptied.merged_into_id is not None:
        shown = draw_case(
            opened.request, emptied.merged_into_id, stop=stop, given=given, status=status
        )
        shown["HX-Push-Url"] = where
        return shown
    return redirect(f"{where}?{urlencode({'from': emptied.number})}")


def draw_thread(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Give an open case's thread anew, with its head and chips; the composer is left alone."""
    opened = open_case(request, case_id)
    if opened.page.case.merged_into_id is not None:
        gone = HttpResponse()
        gone["HX-Redirect"] = reverse("case", args=[case_id])
        return gone
    if opened.page.case.unread:
        mark_read([case_id])
    return varied(render(request, "hearwell/case/thread_part.html", _context(opened, None, {})))


def _thread(opened: Opened) -> dict[str, Any]:
    thread = opened.thread
    is_latest = not opened.request.GET.get("before")
    replies = opened.replies_here if is_latest else []
    items = items_of(
        thread.messages,
        thread.versions,
        opened.page.log if is_latest or not thread.has_earlier else (),
        replies,
        opened.around,
    )
    older = ""
    if thread.has_earlier:
        first = thread.messages[0]
        query = urlencode({"before": place_of(first.sent_at, first.id)})
        older = f"{reverse('case', args=[opened.page.case.id])}?{query}"
    return {"items": items, "older_url": older}


def _context(opened: Opened, stop: Stop | None, given: Mapping[str, str]) -> dict[str, Any]:
    request, page = opened.request, opened.page
    role, me = request.membership.role, request.membership
    params = _params(request)
    chip = verdict_chip(page)
    composer = composer_of(page, opened.thread, opened.channels, me, given, opened.answers)
    return {
        **_thread(opened),
        "case": case_words(page, opened.people, me.user_id),
        "back_url": list_url(params),
        "may": {action: can(role, action) for action in RIGHTS},
        "case_clocks": clock_faces(opened.clocks, opened.at),
        "delay": delay_words(opened.clocks, opened.at),
        "apology": _apology(opened),
        "unsolved": unsolved_of(page, opened.thread.messages),
        "verdict": chip,
        "tags": page.tags,
        "person": person_of(page, opened.people),
        "colleagues": [one for one in opened.people.values() if one.sees_cases],
        "composer": composer,
        "is_heard": bool(page.case.stage),
        "may_move": not page.case.is_historic,
        "led_from": _led_from(opened),
        "passed": passed_of(page.log),
        "noted": _noted(opened, is_called_back=composer.is_called_back),
        "belongings": belongings_of(page),
        "visitor": visitor_face(
            page, opened.at, opened.channels, may_connect=can(role, "manage_channels")
        ),
        "stop": stop,
        "snooze_choices": snooze_choices(ZoneInfo(request.workspace.time_zone), opened.at),
        "close_reasons": close_reasons(page.case, has_answer=bool(opened.replies_here)),
        "batch_reasons": batch_reasons(),
        "stage": stage_of(page, opened.thread.messages),
        "waiting_sends": toasts_of(request, opened.replies),
        "pane_view": "person" if request.GET.get("view") == "person" else "convo",
    }


def _apology(opened: Opened) -> Apology | None:
    """Return how to begin, to those who may answer a case that is late."""
    member = opened.request.membership
    if not is_late(opened.page.case, opened.at) or not can(member.role, "reply"):
        return None
    return apology_for(opened.page, member)


def _led_from(opened: Opened) -> str:
    """Return the number of the emptied case through which somebody came, if they did."""
    number = whole_number(opened.request.GET.get("from", ""), digits=9)
    label = f"HW-{number}"
    is_known = any(
        line.verb in {"merged", "rejoined"} and line.data.get("case") == label
        for line in opened.page.log
    )
    return label if number is not None and is_known else ""


def _noted(opened: Opened, *, is_called_back: bool) -> AnsweredForm | None:
    """Return the form for an answer given outside, to those who may answer what still waits."""
    case = opened.page.case
    may = can(opened.request.membership.role, "reply") and not case.is_historic
    return answered_form(is_called_back=is_called_back) if may else None


def _params(request: MemberRequest) -> dict[str, str]:
    """Return the list one came from; the queue is called "in" in a case's address."""
    queue = request.GET.get("in", DEFAULT)
    try:
        queue_by_key(queue)
    except Http404:
        queue = DEFAULT
    return wanted(queue, request.GET)


def _frame(opened: Opened) -> dict[str, Any]:
    """Return what the page around a case shows; scripts fetch the list and the queues after it."""
    params = _params(opened.request)
    return {
        "section": "inbox",
        "mine": my_presence(opened.request, opened.people.get(opened.request.membership.user_id)),
        "queue": queue_by_key(params["queue"]),
        "queue_groups": [],
        "filters": {"text": params.get("q", ""), "hidden": []},
        "list_url": reverse("inbox_queue", args=[params["queue"]]),
        "list_url_full": list_url(params),
        "live_seq": opened.page.last_seq,
        "live_query": urlencode(params),
        "is_list_late": True,
        "page_title": opened.page.contact_name or _("Case"),
    }

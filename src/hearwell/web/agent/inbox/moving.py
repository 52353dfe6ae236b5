"""Cases that belong together, or do not: find the other one, see what will happen, press once.

Plain pages and plain forms: a step that changes what two cases are is taken with both in sight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.channels.queries import channels_by_id
from hearwell.contacts.models import Link
from hearwell.contacts.queries import links_of
from hearwell.conversations import queries
from hearwell.conversations.listing import MERGED, OWN_POST, CaseRow
from hearwell.conversations.models import Case, Conversation, Move
from hearwell.conversations.queries import CasePage
from hearwell.conversations.related import Related, related_cases
from hearwell.inbox import acts, people, regrouping
from hearwell.kit.numbers import whole_number
from hearwell.kit.text import clean
from hearwell.strategy.queries import guidance_for
from hearwell.web.agent.inbox.casepage import draw_case
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.agent.inbox.wants import varied, wants_part

MOST: Final = 8
_LOOKED_AT: Final = 40
_LONGEST_WHY: Final = 200
CONFLICT: Final = 409
WHY: Final[Mapping[str, str | Promise]] = {
    "passed": gettext_lazy("The same person, whom we asked there to go on elsewhere"),
    "case": gettext_lazy("They name %(what)s"),
    "person": gettext_lazy("The same profile"),
    "public_then_private": gettext_lazy("The same profile: once in public, once in private"),
    "address": gettext_lazy("Both go by the e-mail address %(what)s"),
    "email": gettext_lazy("Both name the e-mail address %(what)s"),
    "phone": gettext_lazy("Both name the phone number %(what)s"),
    "number": gettext_lazy("Both name %(what)s"),
}


_SAME: Final = frozenset({"passed", "person", "public_then_private"})


@dataclass(frozen=True)
class Candidate:
    """Another case that this one could go into; `why` it is suggested, empty if it was found."""

    row: CaseRow
    why: str = ""
    is_person: bool = True  # the same one already


def _why(related: Related) -> str:
    return str(WHY[related.why]) % {"what": related.what}


def _suggested(request: MemberRequest, case_id: UUID) -> list[Candidate]:
    """Return what may be the same matter; five queries at most."""
    found = {one.case_id: one for one in related_cases(request.workspace.id, case_id)}
    rows = queries.case_rows(request.workspace.id, found)
    return [
        Candidate(row, _why(found[row.id]), is_person=found[row.id].why in _SAME) for row in rows
    ]


def _searched(request: MemberRequest, case_id: UUID, text: str) -> list[Candidate]:
    place = request.workspace.id
    found = queries.search(place, text)[:_LOOKED_AT] if text.strip() else []
    rows = queries.case_rows(place, [one for one in found if one != case_id])
    return [Candidate(row) for row in rows if _is_live(row)][:MOST]


def _is_live(row: CaseRow) -> bool:
    return not row.is_historic and row.closed_reason not in {MERGED, OWN_POST}


def _row(request: MemberRequest, case_id: UUID) -> CaseRow:
    rows = queries.case_rows(request.workspace.id, [case_id])
    if not rows:
        raise Http404
    return rows[0]


@requires("read")
@require_safe
def related(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Show how such a case is solved, and which others may be the same matter, and why.

    Fetched after the case, and again when its kind has changed.
    """
    case, role = _row(request, case_id), request.membership.role
    found = _suggested(request, case_id) if _is_live(case) else []
    links = links_of(request.workspace.id, case.contact_id) if case.contact_id else []
    context = {
        "case": case,
        "related": found,
        "links": _linked(request, links),
        "may_merge": can(role, "close"),
        "guidance": guidance_for(request.workspace.id, case.kind, role) if _is_live(case) else None,
    }
    return varied(render(request, "hearwell/case/related.html", context))


@dataclass(frozen=True)
class LinkWords:
    """Who said that two profiles are one person, and why."""

    id: UUID
    who: str
    why: str
    at: datetime


def _linked(request: MemberRequest, links: Sequence[Link]) -> list[LinkWords]:
    names = colleagues(request) if links else {}
    return [
        LinkWords(
            link.id,
            names[link.actor_id].name if link.actor_id in names else _("Somebody"),
            link.why,
            link.at,
        )
        for link in links
    ]


@requires("close")
@require_POST
def same_person(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Say that the customers of two cases are one person."""
    other = _uuid(request.POST.get("other", ""))
    if other is None:
        raise Http404
    why = clean(request.POST.get("why", ""))[0].strip()[:_LONGEST_WHY]

    def act() -> UUID:
        people.same_person(case_id, other, request.membership, why=why)
        return case_id

    return _done(request, act, _("They are one person here from now on."), case_id)


@requires("close")
@require_POST
def two_people(request: MemberRequest, link_id: UUID) -> HttpResponse:
    """Take it back that two profiles are one person."""
    here = _uuid(request.POST.get("case", ""))

    def act() -> UUID | None:
        people.two_people(link_id, request.membership)
        return here

    return _done(request, act, _("They are two people again."), here)


@requires("close")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Find the case that this one goes into, show both side by side, and merge on a press."""
    if request.method == "POST":
        return _merge(request, case_id)
    case, suggested = _row(request, case_id), _suggested(request, case_id)
    into = _uuid(request.GET.get("into", ""))
    text = clean(request.GET.get("q", ""))[0][:200]
    chosen = _chosen(request, case, into, suggested) if into else None
    context = {
        "section": "inbox",
        "case": case,
        "q": text,
        "asked": "q" in request.GET,
        "suggested": suggested,
        "found": _searched(request, case_id, text),
        "chosen": chosen,
        "sides": _sides(request, [case, chosen.row], colleagues(request)) if chosen else [],
    }
    return render(request, "hearwell/case/merge.html", context)


def _chosen(
    request: MemberRequest, case: CaseRow, into: UUID, suggested: list[Candidate]
) -> Candidate | None:
    known = {one.row.id: one for one in suggested}
    if into == case.id:
        return None
    return known.get(into) or Candidate(_row(request, into))


@dataclass(frozen=True)
class Side:
    """One of two cases, in a few words."""

    row: CaseRow
    holder: str
    threads: list[str]
    messages: str


def _sides(
    request: MemberRequest, rows: Sequence[CaseRow], people: Mapping[UUID, Person]
) -> list[Side]:
    """Put both cases into words; one query."""
    threads = queries.handles_of(request.workspace.id, [row.id for row in rows])
    return [_side(row, threads.get(row.id, []), people) for row in rows]


def _side(row: CaseRow, handles: Sequence[str], people: Mapping[UUID, Person]) -> Side:
    holder = people.get(row.assignee_id) if row.assignee_id else None
    n = len(handles)
    counted = ngettext("%(n)s conversation", "%(n)s conversations", n) % {"n": n}
    return Side(row, holder.name if holder else "", list(dict.fromkeys(handles)), counted)


def _merge(request: MemberRequest, case_id: UUID) -> HttpResponse:
    into = _uuid(request.POST.get("into", ""))
    if into is None:
        raise Http404
    seen = {case_id: request.POST.get("version", ""), into: request.POST.get("into_version", "")}
    read = {key: whole_number(text, digits=9) for key, text in seen.items()}
    expected = {key: version for key, version in read.items() if version is not None}
    why = clean(request.POST.get("why", ""))[0].strip()[:_LONGEST_WHY]

    def act() -> UUID:
        regrouping.merge_cases(into, case_id, request.membership, why=why, expected=expected)
        return into

    return _done(request, act, _("Merged. You can take it back here at any time."), case_id)


@requires("close")
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """Choose conversations of a case and move them into a case of their own."""
    if request.method == "POST":
        return _split(request, case_id)
    page = queries.case_page(request.workspace.id, case_id)
    if page is None:
        raise Http404
    context = {"section": "inbox", "case": page.case, "threads": _threads(page)}
    return render(request, "hearwell/case/split.html", context)


@dataclass(frozen=True)
class ThreadWords:
    """A conversation of a case, to be told from the others."""

    home: Conversation
    handle: str
    first: str
    n: int


def _threads(page: CasePage) -> list[ThreadWords]:
    place = page.case.workspace_id
    channels = channels_by_id(place, {home.channel_id for home in page.conversations})
    said = queries.threads_in(place, page.case.id)
    return [
        ThreadWords(
            home,
            channels[home.channel_id].handle if home.channel_id in channels else "",
            *said.get(home.id, ("", 0)),
        )
        for home in page.conversations
    ]


def _split(request: MemberRequest, case_id: UUID) -> HttpResponse:
    chosen = [one for text in request.POST.getlist("conversation") if (one := _uuid(text))]
    version = request.POST.get("version", "")

    def act() -> UUID:
        moved = regrouping.split_case(
            case_id,
            chosen,
            request.membership,
            expected_version=whole_number(version, digits=9),
        )
        return moved.cases[0]

    return _done(request, act, _("Split off. You can take it back here at any time."), case_id)


@requires("close")
@require_POST
def undo(request: MemberRequest, move_id: UUID) -> HttpResponse:
    """Take a merge or a split back, and stay at the case in which it was pressed."""
    here = _uuid(request.POST.get("case", ""))

    def act() -> UUID:
        moved = regrouping.undo_move(move_id, request.membership)
        return here if here in moved.cases else moved.cases[0]

    return _done(request, act, _("Taken back."), here)


def _done(
    request: MemberRequest, act: Callable[[], UUID | None], said: str, otherwise: UUID | None
) -> HttpResponse:
    """Do it and show the case; a refusal is said in words, where the person was."""
    shown = otherwise
    try:
        shown = act()
    except (Case.DoesNotExist, Move.DoesNotExist, Link.DoesNotExist) as error:
        raise Http404 from error
    except acts.TakenError as error:
        messages.warning(request, error.message)
    except acts.CaseMovedError:
        text = _("One of the cases changed while you looked at it. Nothing was done; look again.")
        messages.warning(request, text)
    except acts.BadActError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    if shown is None:
        return redirect("inbox")
    return draw_case(request, shown) if wants_part(request) else redirect("case", shown)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""The board: the list, one update with its cases, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.languages import known_language
from hearwell.accounts.rules import can
from hearwell.board import queries, services
from hearwell.board.models import State, StatusUpdate
from hearwell.board.queries import Counts, OnCase, Said
from hearwell.board.rules import is_unusual
from hearwell.channels.queries import channels_of
from hearwell.conversations.listing import CaseRow
from hearwell.conversations.queries import case_rows
from hearwell.triage.learning.queries import topics_of
from hearwell.waits.queries import choice_of
from hearwell.web.agent.board.forms import Typed, typed_in, typed_of
from hearwell.web.components.statuses import face_of

_WRONG, _CONFLICT = 422, 409


@requires("read")
@require_safe
def status_board(request: MemberRequest) -> HttpResponse:
    """Show what holds now, what is being written, and what held lately."""
    place = request.workspace.id
    live = queries.updates_of(place, is_live=True)
    other = queries.updates_of(place, is_live=False)
    counts = queries.counts_of(place, [one.update.id for one in (*live, *other)])
    faces = [face_of(one, counts.get(one.update.id)) for one in (*live, *other)]
    is_lead = can(request.membership.role, "approve")
    context = {
        "section": "board",
        "live": faces[: len(live)],
        "drafts": [one for one in faces if one.state == "draft"] if is_lead else [],
        "over": [
            face
            for face, one in zip(faces[len(live) :], other, strict=True)
            if one.update.state != State.DRAFT and (is_lead or one.update.first_version is not None)
        ],
        "may_write": is_lead,
        "is_public": choice_of(place).is_public,
        "slug": request.workspace.slug,
    }
    return render(request, "hearwell/board/list.html", context)


@requires("approve")
@require_http_methods(["GET", "HEAD", "POST"])
def new_update(request: MemberRequest) -> HttpResponse:
    """Offer the form, or keep a draft and show which cases it would be about."""
    if request.method != "POST":
        return _form(request, Typed(entities=request.GET.get("about", "")[:200]))
    typed = typed_in(request.POST)
    try:
        one = services.save_draft(
            request.membership, typed.wording, typed.about, typed.valid_until(_zone(request))
        )
    except services.BadUpdateError as error:
        return _form(request, typed, error=str(error), status=_WRONG)
    messages.success(request, _("Kept as a draft. See which cases it is about, then publish it."))
    return redirect("status_update", one.id)


def _zone(request: MemberRequest) -> ZoneInfo:
    return ZoneInfo(request.workspace.time_zone)


def _form(
    request: MemberRequest, typed: Typed, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {"section": "board", "error": error, **_fields(request, typed)}
    return render(request, "hearwell/board/new.html", context, status=status)


def _fields(request: MemberRequest, typed: Typed) -> dict[str, Any]:
    place = request.workspace.id
    home = known_language(request.workspace.language) or "en"
    fields = typed.fields()
    topics = [one.name for one in topics_of(place) if one.is_active or one.name == typed.topic]
    return {
        "typed": typed,
        "main_reply": next(one for one in fields if one[0] == home),
        "other_replies": [one for one in fields if one[0] != home],
        "topics": topics,
        "accounts": channels_of(place),
    }


@dataclass(frozen=True)
class CaseLine:
    """A case that an update is or would be about, and why; `here` once it is published."""

    case: CaseRow
    why: str
    here: OnCase | None = None


@requires("read")
@require_http_methods(["GET", "HEAD", "POST"])
def status_update(request: MemberRequest, update_id: UUID) -> HttpResponse:
    """Show an update: a draft with the cases it would be about, else with what became of them."""
    said = _said_or_404(request, update_id)
    if request.method != "POST":
        return _draw(request, said)
    if not can(request.membership.role, "approve"):
        raise Http404
    typed = typed_in(request.POST)
    try:
        _write(request, said.update, typed)
    except services.BadUpdateError as error:
        seen = request.POST.get("seen", "")
        return _draw(request, said, typed=typed, seen=seen, error=str(error), status=_WRONG)
    except services.WrongStateError:
        text = _("Somebody was faster: see how it stands now. Nothing was changed.")
        return _draw(request, _said_or_404(request, update_id), typed=typed, error=text, status=409)
    return redirect("status_update", update_id)


def _write(request: MemberRequest, one: StatusUpdate, typed: Typed) -> None:
    until, seen = typed.valid_until(_zone(request)), request.POST.get("seen", "")
    if one.state == State.DRAFT:
        services.save_draft(
            request.membership, typed.wording, typed.about, until, one.id, seen=seen
        )
        messages.success(request, _("Saved. See which cases it is about, then publish it."))
        return
    services.correct(one.id, request.membership, typed.wording, until, seen=seen)
    messages.success(
        request, _("Corrected everywhere. Below are the cases whose customers know the old text.")
    )


def _said_or_404(request: MemberRequest, update_id: UUID) -> Said:
    one = queries.update_by_id(request.workspace.id, update_id)
    is_lead = can(request.membership.role, "approve")
    if one is None or (one.first_version is None and not is_lead):
        raise Http404
    return queries.said_of([one])[0]


def _draw(
    request: MemberRequest,
    said: Said,
    *,
    typed: Typed | None = None,
    seen: str = "",
    error: str = "",
    unusual: services.UnusualMatchError | None = None,
    status: int = 200,
) -> HttpResponse:
    one, place = said.update, request.workspace.id
    counts = queries.counts_of(place, [one.id])[one.id]
    is_lead = can(request.membership.role, "approve")
    context: dict[str, Any] = {
        "section": "board",
        "one": face_of(said, counts),
        "is_draft": one.state == State.DRAFT,
        "is_published": one.state == State.PUBLISHED,
        "may_write": is_lead and one.state in {State.DRAFT, State.PUBLISHED},
        "is_lead": is_lead,
        "may_follow": can(request.membership.role, "reply"),
        "may_take_out": can(request.membership.role, "claim"),
        "seen": seen or one.stamp,
        "error": error,
        "unusual": unusual,
        "is_public": choice_of(place).is_public,
    }
    if context["may_write"]:
        context |= _fields(request, typed or typed_of(said, _zone(request)))
    context |= _preview(one) if context["is_draft"] else _reached(one, counts)
    return render(request, "hearwell/board/one.html", context, status=status)


def _preview(one: StatusUpdate) -> dict[str, Any]:
    found = services.preview(one.workspace_id, one.id)
    shown = {match.case_id: _why(match.named, one.topic) for match in found.newest}
    rows = {row.id: row for row in case_rows(one.workspace_id, list(shown))}
    return {
        "preview": found,
        "warns": is_unusual(found.matched, found.of),
        "lines": [CaseLine(rows[key], why) for key, why in shown.items() if key in rows],
        "more": found.matched - len(shown),
    }


def _reached(one: StatusUpdate, counts: Counts) -> dict[str, Any]:
    found = queries.cases_of(one.workspace_id, one.id)
    rows = {row.id: row for row in case_rows(one.workspace_id, [here.case_id for here in found])}
    lines = [
        CaseLine(rows[here.case_id], _why(here.named, one.topic if here.has_topic else ""), here)
        for here in found
        if here.case_id in rows
    ]
    return {
        "stale": [line for line in lines if line.here and line.here.is_stale],
        "lines": [line for line in lines if line.here and not line.here.is_stale],
        "more": counts.cases - sum(here.removed_at is None for here in found),
    }


def _why(named: Sequence[str], topic: str) -> str:
    parts = [_("names %(words)s") % {"words": ", ".join(named)}] if named else []
    parts += [_("is about %(topic)s") % {"topic": topic}] if topic else []
    return ", ".join(parts)


@requires("approve")
@require_POST
def act(request: MemberRequest, update_id: UUID) -> HttpResponse:
    """Publish a draft, withdraw, end or bring back an update."""
    chosen = _ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise Http404
    try:
        messages.success(request, chosen(request, update_id))
    except StatusUpdate.DoesNotExist as error:
        raise Http404 from error
    except services.UnusualMatchError as error:
        messages.warning(request, _("Not published yet: look at the number of cases first."))
        said = _said_or_404(request, update_id)
        return _draw(request, said, unusual=error, status=_CONFLICT)
    except services.BadUpdateError as error:
        messages.warning(request, str(error))
    except services.WrongStateError:
        text = _("Somebody was faster: see how it stands now. Nothing was changed.")
        messages.warning(request, text)
    return redirect("status_update", update_id)


def _publish(request: MemberRequest, update_id: UUID) -> str:
    is_sure, seen = request.POST.get("is_sure") == "1", request.POST.get("seen", "")
    services.publish(update_id, request.membership, is_sure=is_sure, seen=seen)
    return _("Published: it stands above its cases and on the pages within a minute.")


def _withdraw(request: MemberRequest, update_id: UUID) -> str:
    services.withdraw(update_id, request.membership)
    return _("Withdrawn everywhere. You can bring it back.")


def _end(request: MemberRequest, update_id: UUID) -> str:
    services.end(update_id, request.membership)
    return _("Over. You can bring it back.")


def _bring_back(request: MemberRequest, update_id: UUID) -> str:
    services.bring_back(update_id, request.membership)
    return _("It is as it was.")


_ACTS: Final[dict[str, Callable[[MemberRequest, UUID], str]]] = {
    "publish": _publish,
    "withdraw": _withdraw,
    "end": _end,
    "bring_back": _bring_back,
}

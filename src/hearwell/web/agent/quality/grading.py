"""What waits to be graded, and one reply with its scorecard."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.quality import queries, services
from hearwell.quality.models import Sample
from hearwell.quality.queries import Read
from hearwell.quality.rules import CRITERIA, LONGEST_NOTE, BadGradeError
from hearwell.quality.services import OWN, NotTheirsError
from hearwell.web.agent.quality import words
from hearwell.web.agent.quality.mine import review_faces

UNPROCESSABLE: Final = 422


@requires("read")
@require_safe
def quality(request: MemberRequest) -> HttpResponse:
    """Show what waits to be graded and what writers find not right; others see their own."""
    if not can(request.membership.role, "grade"):
        return redirect("my_reviews")
    place, me = request.workspace.id, request.membership.user_id
    waiting = queries.to_grade(place, me)
    context = {
        **strip_of(request, len(waiting)),
        "waiting": [(one, words.drawn_words(one)) for one in waiting],
        "second": queries.waiting_for_a_second(place),
        "disputes": review_faces(queries.disputes(place, me), words.person_names(place)),
        "plan": queries.plan_of(place),
        "done": _done(request),
    }
    return render(request, "hearwell/quality/quality.html", context)


def strip_of(request: MemberRequest, waiting: int | None = None) -> dict[str, Any]:
    """Return what every page of quality shows besides its own. At most one query."""
    may = can(request.membership.role, "grade")
    if waiting is None and may:
        waiting = queries.waiting_count(request.workspace.id, request.membership.user_id)
    return {"section": "reports", "to_grade": waiting or 0, "may_grade": may}


def _done(request: MemberRequest) -> UUID | None:
    """Return what was graded just before, whose grade can be taken back from here."""
    try:
        return UUID(request.GET.get("done", ""))
    except ValueError:
        return None


@requires("grade")
@require_POST
def draw(request: MemberRequest) -> HttpResponse:
    """Draw of the week so far."""
    drawn = services.draw_now(request.workspace.id, by=request.membership.user)
    if drawn:
        messages.success(request, _("Replies drawn: %(n)s.") % {"n": drawn})
    else:
        messages.warning(
            request, _("Nothing was drawn: this week has what is planned, or nobody has answered.")
        )
    return redirect("quality")


@requires("grade")
@require_http_methods(["GET", "HEAD", "POST"])
def reply_again(request: MemberRequest, sample_id: UUID) -> HttpResponse:
    """Show a reply with what led to it and the scorecard, or keep a grade of it."""
    if request.method != "POST":
        return _draw(request, _read(request, sample_id))
    marks = {name: request.POST.get(name, "") for name in CRITERIA}
    note, is_draft = request.POST.get("note", ""), request.POST.get("act") == "draft"
    try:
        grade = services.grade(sample_id, marks, note, by=request.membership, is_draft=is_draft)
    except Sample.DoesNotExist as error:
        raise Http404 from error
    except NotTheirsError as why:
        return _draw(request, _read(request, sample_id), error=_not_theirs(why.code), typed=marks)
    except BadGradeError as why:
        lacking = _lacking(str(why))
        return _draw(request, _read(request, sample_id), error=lacking, typed=marks, note=note)
    if is_draft:
        messages.success(request, _("Saved as a draft. It counts nowhere yet."))
        return redirect("quality_reply", sample_id)
    messages.success(request, _("Graded."))
    return redirect(_onward(request, grade.sample))


def _onward(request: MemberRequest, sample: Sample) -> str:
    """Return where to go on after a grade: to what it belongs to, with a way back to it."""
    if sample.calibration_id is not None:
        return f"/quality/calibrations/{sample.calibration_id}/"
    after = queries.next_to_grade(request.workspace.id, request.membership.user_id)
    return f"/quality/replies/{after}/?done={sample.id}" if after else f"/quality/?done={sample.id}"


@requires("grade")
@require_POST
def take_back(request: MemberRequest, sample_id: UUID) -> HttpResponse:
    """Take one's last grade back."""
    try:
        gone = services.take_back(sample_id, by=request.membership)
    except Sample.DoesNotExist as error:
        raise Http404 from error
    except NotTheirsError as why:
        messages.error(request, _not_theirs(why.code))
        return redirect("quality")
    if gone is not None:
        messages.success(request, _("Taken back. What you said before counts again, if anything."))
    return redirect("quality_reply", sample_id)


def _read(request: MemberRequest, sample_id: UUID) -> Read:
    try:
        return queries.read_again(request.workspace.id, sample_id, request.membership.user_id)
    except Sample.DoesNotExist as error:
        raise Http404 from error


def _draw(
    request: MemberRequest,
    read: Read,
    *,
    error: str = "",
    typed: dict[str, str] | None = None,
    note: str | None = None,
) -> HttpResponse:
    place, me = request.workspace.id, request.membership.user_id
    names = words.person_names(place)
    last = read.draft or read.mine
    marks = typed or (last.marks if last else {})
    is_own = read.sample.agent_id == me
    context = {
        **strip_of(request),
        "read": read,
        "drawn": words.drawn_words(read.sample),
        "card": words.scorecard_faces(queries.card_of(place), marks),
        "note": note if note is not None else (last.note if last else ""),
        "longest": LONGEST_NOTE,
        "error": error or (_not_theirs("own") if is_own else ""),
        "is_own": is_own,
        "others": words.grade_faces(read.others, names),
        "history": words.grade_faces(read.history, names)[::-1],
        "writer": names.get(read.sample.agent_id, "") if read.mine else "",
        "done": _done(request),
        "next": queries.next_to_grade(place, me, read.sample.id),
    }
    status = UNPROCESSABLE if error else 200
    return render(request, "hearwell/quality/reply.html", context, status=status)


def _not_theirs(code: str) -> str:
    if code == OWN:
        return _("You wrote this reply: somebody else grades it.")
    return _("This calibration is open to all: nobody grades it any more.")


def _lacking(name: str) -> str:
    if name not in CRITERIA:
        return _("Nothing applies: then there is no grade. Mark at least one line.")
    return _("“%(criterion)s” has no mark yet.") % {"criterion": words.CRITERION_WORDS[name]}

"""Calibrations: the same replies graded by all, then side by side."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.kit.numbers import whole_number
from hearwell.quality import queries, services
from hearwell.quality.models import Calibration, Sample
from hearwell.quality.queries import GradedTogether
from hearwell.quality.rules import CRITERIA, BadGradeError
from hearwell.quality.services import MOST_REPLIES, NothingToGradeError
from hearwell.web.agent.quality import words
from hearwell.web.agent.quality.grading import strip_of

_USUAL_SIZE: Final = 5


@requires("grade")
@require_http_methods(["GET", "HEAD", "POST"])
def calibrations(request: MemberRequest) -> HttpResponse:
    """Show the calibrations, or begin one."""
    if request.method == "POST":
        wanted = whole_number(request.POST.get("size"), digits=4) or _USUAL_SIZE
        title = request.POST.get("title", "")
        try:
            made = services.begin_calibration(title, wanted, by=request.membership)
        except NothingToGradeError:
            messages.error(
                request, _("Not begun: in four weeks nobody who does not grade has answered.")
            )
            return redirect("calibrations")
        return redirect("calibration", made.id)
    place, me = request.workspace.id, request.membership.user_id
    context = {
        **strip_of(request),
        "calibrations": queries.calibration_list(place, me),
        "most": MOST_REPLIES,
    }
    return render(request, "hearwell/quality/calibrations.html", context)


@requires("grade")
@require_safe
def calibration(request: MemberRequest, calibration_id: UUID) -> HttpResponse:
    """Show a calibration: what is left to grade, or all grades side by side."""
    place, me = request.workspace.id, request.membership.user_id
    try:
        one, replies = queries.graded_together(place, calibration_id, me)
    except Calibration.DoesNotExist as error:
        raise Http404 from error
    names, card = words.person_names(place), queries.card_of(place)
    context = {
        **strip_of(request),
        "calibration": one,
        "replies": [
            {
                "reply": reply,
                "graded": _side_by_side(reply, names),
                "spread": words.whole(reply.spread),
                "agreed": words.mark_words(reply.sample.agreed or {}),
                "card": words.scorecard_faces(card, reply.sample.agreed or {}),
            }
            for reply in replies
        ],
    }
    return render(request, "hearwell/quality/calibration.html", context)


def _side_by_side(reply: GradedTogether, names: dict[UUID, str]) -> dict[str, object]:
    """Return a table of the grades: who, and for each criterion all marks, the unlike ones told."""
    lines = []
    for name in CRITERIA:
        given = [one.marks.get(name, "") for one in reply.grades]
        told = [words.MARK_WORDS.get(mark, "") for mark in given]
        lines.append((words.CRITERION_WORDS[name], told, len(set(given)) > 1))
    faces = words.grade_faces(reply.grades, names)
    return {"who": [face.who for face in faces], "faces": faces, "lines": lines}


@requires("grade")
@require_POST
def open_all(request: MemberRequest, calibration_id: UUID) -> HttpResponse:
    """Lay all grades of a calibration side by side."""
    try:
        services.open_calibration(calibration_id, by=request.membership)
    except Calibration.DoesNotExist as error:
        raise Http404 from error
    return redirect("calibration", calibration_id)


@requires("grade")
@require_POST
def agreed(request: MemberRequest, sample_id: UUID) -> HttpResponse:
    """Keep the grade that all agreed on."""
    marks = {name: request.POST.get(name, "") for name in CRITERIA}
    try:
        sample = services.agree(
            sample_id, marks, request.POST.get("why", ""), by=request.membership
        )
    except Sample.DoesNotExist as error:
        raise Http404 from error
    except BadGradeError:
        messages.error(request, _("Not saved: each line needs a mark."))
        sample = get_object_or_404(Sample, workspace_id=request.workspace.id, id=sample_id)
    else:
        messages.success(request, _("Saved."))
    return redirect("calibration", sample.calibration_id)

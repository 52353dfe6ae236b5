"""The reviews of one's own replies: read, confirm, answer; a lead decides about an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.quality import queries, services
from hearwell.quality.models import Response, Sample
from hearwell.quality.queries import ReviewOf
from hearwell.quality.rules import LONGEST_NOTE
from hearwell.quality.services import DecidedError, NoReasonError
from hearwell.web.agent.quality import words
from hearwell.web.agent.quality.words import GradeFace


@dataclass(frozen=True)
class ReviewFace:
    """A graded reply as it is read by its writer and by leads."""

    id: UUID
    case_id: UUID
    text: str
    sample: Sample
    drawn: str
    writer: str
    grades: list[GradeFace]
    response: Response | None
    decider: str


def review_faces(reviews: Iterable[ReviewOf], names: Mapping[UUID, str]) -> list[ReviewFace]:
    """Put reviews into words."""
    return [
        ReviewFace(
            id=one.sample.id,
            case_id=one.sample.case_id,
            text=one.reply.text if one.reply else "",
            sample=one.sample,
            drawn=words.drawn_words(one.sample),
            writer=names.get(one.sample.agent_id, ""),
            grades=words.grade_faces(one.grades, names),
            response=one.response,
            decider=names.get(one.response.decided_by_id, "")
            if one.response and one.response.decided_by_id
            else "",
        )
        for one in reviews
    ]


@requires("read")
@require_safe
def my_reviews(request: MemberRequest) -> HttpResponse:
    """Show one's graded replies with what was noted for one."""
    place, me = request.workspace.id, request.membership.user_id
    may = can(request.membership.role, "grade")
    context = {
        "section": "reports",
        "may_grade": may,
        "to_grade": queries.waiting_count(place, me) if may else 0,
        "reviews": review_faces(queries.reviews_of(place, me), words.person_names(place)),
        "longest": LONGEST_NOTE,
    }
    return render(request, "hearwell/quality/mine.html", context)


@requires("reply")
@require_POST
def respond(request: MemberRequest, sample_id: UUID) -> HttpResponse:
    """Say that one has read a review of one's own reply, or that it is not right."""
    try:
        if request.POST.get("act") == "dispute":
            services.dispute(sample_id, request.POST.get("words", ""), by=request.membership)
            messages.success(request, _("Sent. A lead decides, and says why."))
        else:
            services.acknowledge(sample_id, by=request.membership)
            messages.success(request, _("Marked as read."))
    except Sample.DoesNotExist as error:
        raise Http404 from error
    except NoReasonError:
        messages.error(request, _("Not sent. Say in a few words what is not right."))
    except DecidedError:
        messages.error(request, _("Not sent. A lead has decided about it already."))
    return redirect("my_reviews")


@requires("grade")
@require_POST
def decide(request: MemberRequest, sample_id: UUID) -> HttpResponse:
    """Let a review stand, or let it count no longer."""
    stands = request.POST.get("act") == "stands"
    try:
        services.decide(
            sample_id, request.POST.get("why", ""), stands=stands, by=request.membership
        )
    except Sample.DoesNotExist as error:
        raise Http404 from error
    except NoReasonError:
        messages.error(request, _("Not decided. Say why: the writer reads it."))
    except DecidedError:
        messages.error(request, _("Not decided. Somebody has decided about it already."))
    else:
        messages.success(request, _("It stands.") if stands else _("It counts no longer."))
    return redirect("quality")

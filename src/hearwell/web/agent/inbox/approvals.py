"""Replies that wait for a second person: to read them, and to see what became of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.rules import can
from hearwell.conversations import queries
from hearwell.conversations.queries import CaseRow
from hearwell.inbox import approving
from hearwell.inbox.handed_in import HandedIn, as_they_stand
from hearwell.inbox.unsendable import Unsendable
from hearwell.kit.numbers import whole_number
from hearwell.powers.queries import returned_reviews, waiting_reviews
from hearwell.powers.waiting import waiting_for
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.components.powers import reasons_words

LONGEST_REMARK = approving.LONGEST_REMARK


@dataclass(frozen=True)
class ReviewFace:
    """A reply to be read: what it says, to whom, to what it answers, what speaks against it."""

    delivery_id: UUID
    case_id: UUID
    label: str
    customer: str
    theirs: str
    theirs_at: datetime | None
    text: str
    files: list[dict[str, Any]]
    audience: str
    network: str
    account: str
    author: str
    submitted_at: datetime
    due_at: datetime | None
    why: str
    digest: str
    seen: int
    has_moved: bool
    remark: str = ""
    reader: str = ""
    decided_at: datetime | None = None


def counts_of(request: MemberRequest) -> dict[str, int]:
    """Return the counts of the queues, those of what waits for approval among them."""
    place, me = request.workspace.id, request.membership.user_id
    counts, waiting = queries.queue_counts(place, me), waiting_for(place, [me]).get(me)
    return {**counts, **waiting.counts} if waiting else counts


@requires("reply")
@require_safe
def approvals(request: MemberRequest) -> HttpResponse:
    """Show what waits to be read: all of it to those who may approve, to others their own."""
    return _draw(request)


def _draw(
    request: MemberRequest, *, typed: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    me, place = request.membership, request.workspace.id
    may = can(me.role, "approve")
    waiting = waiting_reviews(place, author_id=None if may else me.user_id)
    stand = as_they_stand(place, [*waiting, *returned_reviews(place, me.user_id)])
    ids = {one.case_id for one in stand}
    rows = {row.id: row for row in queries.case_rows(place, list(ids))} if ids else {}
    threads = {one.thread_id: one.case_id for one in stand if one.thread_id}
    said = queries.latest_inbound(place, threads) if threads else {}
    people = colleagues(request)
    faces = [_face(one, rows, said, people) for one in stand]
    shown, returned = faces[: len(waiting)], faces[len(waiting) :]
    theirs = {review.delivery_id for review in waiting if review.author_id == me.user_id}
    context = {
        "section": "inbox",
        "may": may,
        "others": [face for face in shown if face.delivery_id not in theirs],
        "own": [face for face in shown if face.delivery_id in theirs],
        "returned": returned,
        "typed": typed or {},
        "longest": LONGEST_REMARK,
    }
    return render(request, "hearwell/inbox/approvals.html", context, status=status)


def _face(
    one: HandedIn,
    rows: dict[UUID, CaseRow],
    said: dict[UUID, Any],
    people: dict[UUID, Person],
) -> ReviewFace:
    review, row = one.review, rows.get(one.case_id)
    theirs = said.get(one.thread_id) if one.thread_id else None
    delivery = review.delivery
    reader = people.get(review.decided_by_id) if review.decided_by_id else None
    author = people.get(review.author_id)
    return ReviewFace(
        delivery_id=delivery.id,
        case_id=one.case_id,
        label=row.label if row else "",
        customer=row.contact_name if row else "",
        theirs=theirs.text if theirs else "",
        theirs_at=theirs.sent_at if theirs else None,
        text=delivery.draft["text"],
        files=delivery.draft["media"],
        audience=delivery.draft["audience"],
        network=delivery.network,
        account=one.account,
        author=author.name if author else str(delivery.context.get("author_name", "")),
        submitted_at=review.submitted_at,
        due_at=row.due_at if row else None,
        why=reasons_words(review.reasons, people),
        digest=review.digest,
        seen=one.lane_version,
        has_moved=one.has_moved,
        remark=review.remark,
        reader=reader.name if reader else "",
        decided_at=review.decided_at,
    )


@requires("approve")
@require_POST
def decide(request: MemberRequest, delivery_id: UUID) -> HttpResponse:
    """Approve a reply, or ask for changes; what was typed stays where it could not be done."""
    form, by = request.POST, request.membership
    try:
        if form.get("do") == "return":
            approving.send_back(delivery_id, form.get("remark", ""), by)
            said = _("Asked. The text is back in its author's composer.")
        else:
            seen = whole_number(form.get("seen", ""), digits=18) or 0
            approving.approve(delivery_id, form.get("digest", "")[:64], by, seen=seen)
            said = _("Approved. It goes out now.")
    except Unsendable as refusal:
        messages.error(request, refusal.message)
        typed = {"id": str(delivery_id), "remark": form.get("remark", "")[:LONGEST_REMARK]}
        return _draw(request, typed=typed, status=422)
    messages.success(request, said)
    return redirect("approvals")

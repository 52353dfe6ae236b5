"""Many cases at once: chosen one by one or all of a list, done in one act, undone in one act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations import queries
from hearwell.conversations.services import Seen
from hearwell.inbox import bulk
from hearwell.inbox.acts import BadActError
from hearwell.inbox.bulk import Done
from hearwell.inbox.snoozing import UnknownChoiceError, snooze_until
from hearwell.kit.clock import now
from hearwell.kit.numbers import whole_number
from hearwell.kit.text import clean
from hearwell.web.agent.inbox.listpage import wanted
from hearwell.web.agent.inbox.queues import QUEUES

REFUSED: Final = 422


@requires("claim")
@require_POST
def batch(request: MemberRequest) -> JsonResponse:
    """Act on the chosen cases; says what was done, what was left, and why."""
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    seen = _chosen(request)
    try:
        done = act(request, seen)
    except BadActError as problem:
        return JsonResponse({"said": str(problem)}, status=REFUSED)
    except UnknownChoiceError as error:
        raise Http404 from error
    told: dict[str, object] = {"said": _words(done), "done": done.done, "left": done.left}
    if done.batch is not None:
        told["undo"] = {
            "id": str(done.batch.id),
            "url": reverse("batch_undo", args=[done.batch.id]),
            "seconds": bulk.UNDO_SHOWN_S,
        }
    return JsonResponse(told)


@requires("claim")
@require_safe
def size(request: MemberRequest) -> JsonResponse:
    """Return the cases of a list, to choose them all; no more than can be done at once.

    Which they are, and not how many: what comes into the list later was chosen by nobody.
    """
    found = bulk.cases_in(request.workspace.id, _list(request, request.GET.get("list", "")))
    most = bulk.MOST
    if len(found) > most:
        said = _("More than %(most)s cases: narrow the list by a filter first.") % {"most": most}
        return JsonResponse({"said": said}, status=REFUSED)
    return JsonResponse({"cases": {str(case_id): seen for case_id, seen in found.items()}})


@requires("claim")
@require_POST
def undo(request: MemberRequest, batch_id: UUID) -> JsonResponse:
    """Take a whole batch back."""
    try:
        undone = bulk.undo(batch_id, request.membership)
    except bulk.BatchGoneError:
        said = _("That can no longer be undone.")
        return JsonResponse(
            {"said": said, "isBack": False, "isBatch": True, "case": "", "name": ""}
        )
    n, left = len(undone.case_ids), undone.left
    said = ngettext("%(n)s case is as it was.", "%(n)s cases are as they were.", n) % {"n": n}
    if left:
        said += " " + _worked_on(left)
    return JsonResponse({"said": said, "isBack": True, "isBatch": True, "case": "", "name": ""})


def _worked_on(n: int) -> str:
    """Say that cases were left to whoever has been there."""
    return ngettext(
        "%(n)s was left: somebody has worked on it since.",
        "%(n)s were left: somebody has worked on them since.",
        n,
    ) % {"n": n}


def _chosen(request: MemberRequest) -> dict[UUID, int | None]:
    """Return the cases that were chosen, and as what they were seen. Raises Http404 for nonsense.

    One field, `cases`: ids with commas between, each perhaps with a colon and its version.
    """
    found: dict[UUID, int | None] = {}
    for one in filter(None, request.POST.get("cases", "").split(",")):
        text, _colon, seen = one.partition(":")
        try:
            found[UUID(text)] = whole_number(seen, digits=9)
        except ValueError as error:
            raise Http404 from error
    return found


def _list(request: MemberRequest, address: str) -> queries.CaseFilter:
    """Read the list that a page shows, from the query string that it goes by."""
    query = dict(parse_qsl(address[:2000]))
    queue = query.get("queue", "")
    if queue not in {one.key for one in QUEUES}:
        raise Http404
    return queries.filter_from(wanted(queue, query), request.membership.user_id)


def _claim(request: MemberRequest, seen: Seen) -> Done:
    """Take what nobody has: what is somebody's is assigned by name, not by the way."""
    me = request.membership
    return bulk.assign_cases(seen, me.user_id, me, is_free=True)


def _assign(request: MemberRequest, seen: Seen) -> Done:
    chosen = request.POST.get("user", "")
    try:
        user_id = UUID(chosen) if chosen else None
    except ValueError as error:
        raise Http404 from error
    return bulk.assign_cases(seen, user_id, request.membership)


def _tag(request: MemberRequest, seen: Seen) -> Done:
    return bulk.tag_cases(seen, clean(request.POST.get("tag", ""))[0], request.membership)


def _close(request: MemberRequest, seen: Seen) -> Done:
    return bulk.close_cases(seen, request.POST.get("reason", ""), request.membership)


def _snooze(request: MemberRequest, seen: Seen) -> Done:
    zone = ZoneInfo(request.workspace.time_zone)
    until = snooze_until(request.POST.get("until", ""), zone, now())
    return bulk.snooze_cases(seen, until, request.membership)


_ACTS: Final[dict[str, Callable[[MemberRequest, Seen], Done]]] = {
    "claim": _claim,
    "assign": _assign,
    "tag": _tag,
    "close": _close,
    "snooze": _snooze,
}
_DONE: Final = {
    "assign": lambda n: ngettext("%(n)s case assigned.", "%(n)s cases assigned.", n),
    "tag": lambda n: ngettext("%(n)s case labelled.", "%(n)s cases labelled.", n),
    "close": lambda n: ngettext("%(n)s case closed.", "%(n)s cases closed.", n),
    "snooze": lambda n: ngettext("%(n)s case snoozed.", "%(n)s cases snoozed.", n),
}


def _words(done: Done) -> str:
    """Say what was done, and what was left as it is."""
    said = [_DONE[done.batch.kind](done.done) % {"n": done.done}] if done.batch else []
    if done.unanswered:
        said.append(
            ngettext(
                "%(n)s was left: nobody has answered it. Choose why it needs no answer.",
                "%(n)s were left: nobody has answered them. Choose why they need no answer.",
                done.unanswered,
            )
            % {"n": done.unanswered}
        )
    if done.moved:
        said.append(_worked_on(done.moved))
    others = done.left - done.unanswered - done.moved
    if others:
        said.append(
            ngettext("%(n)s was so already.", "%(n)s were so already.", others) % {"n": others}
        )
    return " ".join(said) or _("Nothing to do.")

"""The register of grants: what waits for a second person, what was given, also as a CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.conversations.queries import case_rows
from hearwell.kit.clock import now
from hearwell.powers.grants import (
    given_before,
    grants_since,
    purse_of,
    totals_since,
    waiting_grants,
)
from hearwell.powers.models import Grant
from hearwell.powers.money import shown_amount
from hearwell.powers.services import BadGrantError, decide_grant
from hearwell.web.agent.inbox.shared import colleagues
from hearwell.web.components.grants import KIND_WORDS, GrantFace, grant_face
from hearwell.web.components.tables import as_csv

_HEAD: Final = (
    "given_at", "case", "customer", "kind", "amount", "currency", "reason", "note", "state",
    "given_by", "approved_by", "decided_at", "remark",
)  # fmt: skip
_MOST_SHOWN: Final = 500
_YEARS: Final = range(1990, 2200)


def _month(request: MemberRequest) -> tuple[date, datetime, datetime]:
    """Return the month asked for, else this one, with its ends in the workspace's time."""
    zone = ZoneInfo(request.workspace.time_zone)
    first = localtime(now(), zone).date()
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
        first = asked if asked.year in _YEARS else first
    except ValueError:
        pass  # an address typed by hand: this month
    first = first.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    starts = [datetime(one.year, one.month, 1, tzinfo=zone) for one in (first, after)]
    return first, starts[0], starts[1]


@requires("approve")
@require_safe
def grants(request: MemberRequest) -> HttpResponse:
    """Show what waits and what was given in a month."""
    return _draw(request)


def _draw(request: MemberRequest, *, status: int = 200) -> HttpResponse:
    me = request.membership
    first, since, until = _month(request)
    waiting = [one.grant for one in waiting_grants(me.workspace_id, me)]
    listed = grants_since(me.workspace_id, since, until, limit=_MOST_SHOWN + 1)
    is_cut, listed = len(listed) > _MOST_SHOWN, listed[:_MOST_SHOWN]
    faces = _faces(request, [*waiting, *listed])
    purse = purse_of(me.workspace_id)
    given = given_before(me.workspace_id, me, None, None)
    context: dict[str, Any] = {
        "section": "reports",
        "month": first,
        "month_value": f"{first:%Y-%m}",
        "earlier": f"{first - timedelta(days=1):%Y-%m}",
        "later": f"{until:%Y-%m}" if until <= now() else "",
        "waiting": faces[: len(waiting)],
        "grants": faces[len(waiting) :],
        "is_cut": is_cut,
        "most": _MOST_SHOWN,
        "totals": _totals(request, since, until),
        "surprise": {
            "rest": shown_amount(max(0, purse.surprise_month_minor - given.month), purse.currency),
            "of": shown_amount(purse.surprise_month_minor, purse.currency),
        }
        if purse.surprise_month_minor
        else None,
    }
    return render(request, "hearwell/grants/register.html", context, status=status)


def _faces(request: MemberRequest, rows: Iterable[Grant]) -> list[GrantFace]:
    found = list(rows)
    ids = {one.case_id for one in found}
    cases = {row.id: row for row in case_rows(request.workspace.id, list(ids))} if ids else {}
    people, me = colleagues(request), request.membership.user_id
    return [
        grant_face(
            one,
            people,
            me=me,
            label=cases[one.case_id].label if one.case_id in cases else "",
            customer=cases[one.case_id].contact_name if one.case_id in cases else "",
        )
        for one in found
    ]


def _totals(request: MemberRequest, since: datetime, until: datetime) -> list[tuple[str, str]]:
    """What was given of each kind; each currency for itself."""
    return [
        (str(KIND_WORDS[kind]), shown_amount(total, currency))
        for kind, currency, total in totals_since(request.workspace.id, since, until)
    ]


@requires("approve")
@require_safe
def as_table(request: MemberRequest) -> HttpResponse:
    """Give the month's grants as CSV."""
    first, since, until = _month(request)
    rows = _faces(request, grants_since(request.workspace.id, since, until))
    return as_csv(f"grants-{first:%Y-%m}", _HEAD, map(_line, rows))


def _line(one: GrantFace) -> list[str]:
    decided = one.decided_at.isoformat(timespec="seconds") if one.decided_at else ""
    return [
        one.given_at.isoformat(timespec="seconds"), one.label, one.customer, one.kind, one.plain,
        one.currency, one.reason, one.note, one.state, one.giver, one.approver, decided, one.remark,
    ]  # fmt: skip


@requires("approve")
@require_POST
def decide(request: MemberRequest, grant_id: UUID) -> HttpResponse:
    """Give what somebody else asked for, or do not."""
    is_approved = request.POST.get("do") == "approve"
    remark = request.POST.get("remark", "")
    try:
        decide_grant(grant_id, is_approved=is_approved, by=request.membership, remark=remark)
    except Grant.DoesNotExist as error:
        raise Http404 from error
    except BadGrantError as error:
        messages.error(request, str(error))
        return _draw(request, status=422)
    messages.success(request, _("Given.") if is_approved else _("Not given."))
    return redirect("grants")

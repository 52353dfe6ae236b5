"""Once a minute, what customers are told is measured anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import connection

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.waits.models import Estimate
from hearwell.waits.queries import SKEW, waits_of
from hearwell.waits.rules import expected

log = structlog.get_logger(__name__)
# What has not changed is written again so often, so that one sees that somebody measures.
_AGAIN: Final = timedelta(minutes=4)
KEPT: Final = timedelta(days=8)
Figures = tuple[int | None, int | None, int, int, int]


def estimate_all() -> int:
    """Measure in every workspace that tells; return how many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM waits_places()")
        found = [row[0] for row in cursor.fetchall()]
    return sum(_estimated(workspace_id) for workspace_id in found)


def _estimated(workspace_id: UUID) -> int:
    """Measure in one workspace; one where it fails is logged and stops no other."""
    try:
        with scope(workspace_id):
            return estimate(workspace_id)
    except Exception:
        log.exception("wait_not_estimated", workspace_id=str(workspace_id))
        return 0


def estimate(workspace_id: UUID) -> int:
    """Measure in one workspace, in scope; return how many rows were written.

    Where there is too little to tell, that is written, too: what was told ends then.
    """
    at = now()
    known = waits_of(workspace_id, at)
    latest = _latest(workspace_id, at)
    make = rows.Maker(Estimate)
    written = []
    for channel_id in {None, *known, *latest}:
        told = expected(known.get(channel_id, ()))
        figures: Figures = (
            (told.p50_s, told.p90_s, told.n, told.waiting, told.span_s)
            if told
            else (None, None, 0, 0, 0)
        )
        before = latest.get(channel_id)
        if before is not None and before[1] == figures and before[0] > at - _AGAIN:
            continue
        p50_s, p90_s, n, waiting, span_s = figures
        written.append(
            make(
                workspace_id=workspace_id,
                channel_id=channel_id,
                at=at,
                p50_s=p50_s,
                p90_s=p90_s,
                n=n,
                waiting=waiting,
                span_s=span_s,
            )
        )
    rows.insert(written, conflict="(workspace_id, channel_id, at) DO NOTHING")
    return len(written)


def _latest(workspace_id: UUID, at: datetime) -> dict[UUID | None, tuple[datetime, Figures]]:
    """Return the newest row of each channel of late: when, and its figures."""
    found = Estimate.objects.filter(
        workspace_id=workspace_id, at__gt=at - timedelta(hours=1), at__lte=at + SKEW
    )
    newest = found.order_by("channel_id", "-at").distinct("channel_id")
    return {
        one.channel_id: (one.at, (one.p50_s, one.p90_s, one.n, one.waiting, one.span_s))
        for one in newest
    }


def forget_old() -> int:
    """Delete what was told too long ago, in every workspace."""
    ((gone,),) = rows.fetch("SELECT waits_forget(%s)", [now() - KEPT])
    return int(gone)

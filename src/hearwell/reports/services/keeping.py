"""Keep facts and roll-ups whole: what is due, and all of it anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from hearwell.kit.clock import now
from hearwell.reports.models import RollupClock
from hearwell.reports.services.acts import record_all, record_grants
from hearwell.reports.services.needs import judge_all
from hearwell.reports.services.rolling import FORM, roll_all, roll_due

# Between the moment that an import says it has finished at, and its being seen by others.
SEEN_WITHIN: Final = timedelta(seconds=10)


def keep_up(workspace_id: UUID) -> int:
    """Roll up what is due, in a workspace in scope; returns how many days that were.

    Everything is counted anew the first time, after an upgrade that asks for it, and after an
    import, which tells of nothing.
    """
    clock = RollupClock.objects.filter(workspace_id=workspace_id).first()
    if clock is None or clock.form != FORM or clock.imports_since().exists():
        return recompute(workspace_id)
    record_grants(workspace_id)
    return roll_due(workspace_id)


def recompute(workspace_id: UUID) -> int:
    """Judge every message and count every fact anew; return how many days that were."""
    # What finishes while we judge may not have been judged, nor what others cannot see yet.
    as_of = now() - SEEN_WITHIN
    judge_all(workspace_id)
    record_all(workspace_id)
    return roll_all(workspace_id, as_of=as_of)

"""The sweep's work: find what is due and what died on the way; hold everything after a restore.

Only states are moved and jobs deferred here; nothing is called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from hearwell.accounts.models import Workspace
from hearwell.commerce import queries
from hearwell.commerce.models import ToolRun
from hearwell.commerce.rules import Code, State
from hearwell.commerce.services.outcomes import note_end
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound.rowlock import lock_number

log = structlog.get_logger(__name__)
BATCH: Final = 500
# A job was deferred; if nothing came of it by then, another one is.
_NUDGE: Final = timedelta(seconds=5)


def sweep() -> int:
    """Look at every run whose time has come; returns how many there were."""
    by_workspace: dict[UUID, list[UUID]] = defaultdict(list)
    for workspace_id, run_id in rows.fetch("SELECT * FROM commerce_due(%s, %s)", [now(), BATCH]):
        by_workspace[workspace_id].append(run_id)
    for workspace_id, ids in by_workspace.items():
        _sweep_place(workspace_id, ids)
    return sum(map(len, by_workspace.values()))


def _sweep_place(workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Look at one workspace's runs; one where it fails is logged and stops no other."""
    try:
        with scope(workspace_id):
            _look_at(workspace_id, ids)
    except Exception:
        log.exception("actions_not_swept", workspace_id=str(workspace_id))


def _look_at(workspace_id: UUID, ids: Sequence[UUID]) -> None:
    from hearwell.commerce.tasks import call_doer, call_looker

    found = list(
        ToolRun.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(workspace_id=workspace_id, id__in=ids, wake_at__lte=now())
        .select_related("tool__service")
    )
    doubt_the_dead([one for one in found if one.state == State.CALLING])
    queued = [one.id for one in found if one.state == State.QUEUED]
    unknown = [one.id for one in found if one.state == State.UNKNOWN]
    call_doer(workspace_id, queued)
    call_looker(workspace_id, unknown)
    waiting = ToolRun.objects.filter(workspace_id=workspace_id, id__in=[*queued, *unknown])
    waiting.update(wake_at=now() + _NUDGE)


def doubt_the_dead(found: Sequence[ToolRun]) -> None:
    """CALLING becomes UNKNOWN where the lease is over and nobody holds the run's lock."""
    over = [one for one in found if one.lease_until is not None and one.lease_until <= now()]
    free = _unlocked([one.id for one in over])
    for run in over:
        if run.id in free:
            _doubt(run)


def _doubt(run: ToolRun) -> None:
    """Have it looked up where it can be; else a person has to."""
    tool = queries.tool_at(run.tool, run.version)
    if tool is None or not tool.definition.look_path:
        note_end(run, State.HUMAN, Code.LOST)
        return
    run.state, run.code, run.lease_until, run.wake_at = State.UNKNOWN, Code.LOST, None, now()
    run.save(update_fields=["state", "code", "lease_until", "wake_at"])


def _unlocked(ids: Sequence[UUID]) -> set[UUID]:
    """Those whose lock is free; it is ours until the transaction ends."""
    if not ids:
        return set()
    found = rows.fetch(
        "SELECT id FROM unnest(%s::uuid[], %s::bigint[]) AS asked (id, number)"
        " WHERE pg_try_advisory_xact_lock(number)",
        [list(ids), [lock_number(one) for one in ids]],
    )
    return {row[0] for row in found}


def hold_all() -> int:
    """After a restore: nothing goes out by itself, what may have gone is looked at by a person.

    Opens the scopes itself; returns how many actions that touched.
    """
    held = 0
    for workspace_id in Workspace.objects.values_list("id", flat=True):
        with scope(workspace_id):
            held += _hold(workspace_id)
    return held


def _hold(workspace_id: UUID) -> int:
    rows_ = ToolRun.objects.select_for_update(of=("self",)).select_related("tool__service")
    found = list(
        rows_.filter(
            workspace_id=workspace_id,
            state__in=[State.ASKED, State.QUEUED, State.CALLING, State.UNKNOWN],
        )
    )
    for run in found:
        if run.state in (State.CALLING, State.QUEUED):
            # What waited may have gone out in the life that was lost, too.
            run.sent_at = run.sent_at or run.created_at
            run.save(update_fields=["sent_at"])
            _doubt(run)
    return len(found)

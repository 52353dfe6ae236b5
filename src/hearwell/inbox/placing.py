"""The story of who gets a case: after the take-in, and whenever somebody has room again.

Joins what routing decides with what it may not know: opening hours (sla) and languages (triage).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from hearwell.kit import jobs
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.routing import services as routing
from hearwell.routing.board import read_board
from hearwell.routing.services.placing import AT_MOST
from hearwell.sla.calendars import open_calendars
from hearwell.triage.queries import gists_of

# A job ends after so many batches; what is left then is found within a second.
MOST_BATCHES: Final = 200


def place_cases(workspace_id: UUID) -> int:
    """Decide on everything that can be decided now, batch by batch; return how many cases moved.

    Each batch is a transaction of its own, so that nobody waits long for a row.
    """
    moved = 0
    for _ in range(MOST_BATCHES):
        done = place_once(workspace_id)
        moved += done
        if done < AT_MOST:
            break
    return moved


def place_once(workspace_id: UUID) -> int:
    """Decide on one batch; return how many cases moved."""
    with scope(workspace_id):
        calendars = open_calendars(workspace_id, now())
        return routing.place_batch(workspace_id, calendars, gists_of)


def place_soon(workspace_id: UUID) -> None:
    """Have the worker decide as soon as this transaction is committed."""
    transaction.on_commit(lambda: wake(workspace_id))


def wake(workspace_id: UUID) -> bool:
    """Queue one job for a workspace that has none waiting. What this misses, the sweep finds."""
    from hearwell.inbox.tasks import place_waiting

    return jobs.defer_once(
        place_waiting, f"inbox.place:{workspace_id}", workspace_id=str(workspace_id)
    )


def place_due() -> int:
    """Decide, in every workspace, on what has come in and what has waited long enough."""
    return _each("SELECT workspace_id FROM routing_due(%s)", [now()])


def make_rounds() -> int:
    """Decide, in every workspace with routing, on whatever has become possible meanwhile.

    Somebody has room again, hours begin or end, somebody is away too long: none of it needs a
    wake-up to be found.
    """
    return _each("SELECT workspace_id FROM routing_routed()", [])


def _each(statement: str, parameters: list[datetime]) -> int:
    """Do one batch of each workspace; what is more than that goes to a job."""
    moved = 0
    for workspace_id in _workspaces(statement, parameters):
        done = place_once(workspace_id)
        if done >= AT_MOST:
            wake(workspace_id)
        moved += done
    return moved


def _workspaces(statement: str, parameters: list[datetime]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


def look_for_missed() -> int:
    """Note open cases that routing does not know; take back what people who left still hold."""
    found = 0
    for workspace_id in _workspaces("SELECT workspace_id FROM routing_routed()", []):
        with scope(workspace_id):
            routing.lock(workspace_id)
            found += routing.note_missed(workspace_id)
            found += routing.take_from_the_gone(read_board(workspace_id), AT_MOST)
    return found


def forget_closed(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Cases are done: routing forgets them, and somebody has room again."""
    if routing.is_routed(workspace_id):
        routing.forget(workspace_id, case_ids)
        place_soon(workspace_id)


def note_reopened(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Cases are back: they go through the rules anew."""
    if routing.is_routed(workspace_id):
        routing.note(workspace_id, case_ids)
        place_soon(workspace_id)

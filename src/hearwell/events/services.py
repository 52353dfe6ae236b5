"""Emit events: rows and one fan-out job, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hearwell.events.model import CAUSED_BY, DomainEvent
from hearwell.events.models import Event
from hearwell.events.registry import is_heard
from hearwell.kit.rows import Maker, insert

WAKE_CHANNEL = "hearwell_events"
_causes: ContextVar[tuple[str, ...]] = ContextVar("hearwell_causes", default=())


@contextmanager
def causing(causes: Iterable[str]) -> Iterator[None]:
    """Let every event of this block say what caused it: the chain, its beginning first.

    Whoever acts by itself on events looks there, so that it does not go in a circle.
    """
    token = _causes.set(tuple(causes))
    try:
        yield
    finally:
        _causes.reset(token)


def emit(events: Iterable[DomainEvent]) -> list[UUID]:
    """Record what happened and queue one fan-out job for those who listen.

    Returns the ids of the rows. Call it last in the story, inside its transaction.
    """
    batch = list(events)
    if not batch:
        return []
    make = Maker(Event)
    causes = _causes.get()
    caused: dict[str, Any] = {CAUSED_BY: list(causes)} if causes else {}
    written = [
        make(workspace_id=event.workspace_id, name=event.name, payload=event.payload() | caused)
        for event in batch
    ]
    insert(written)
    workspace_id = batch[0].workspace_id
    names = {name for name in {row.name for row in written} if is_heard(workspace_id, name)}
    heard = [str(row.id) for row in written if row.name in names]
    if heard:
        _defer_fan_out(workspace_id, heard)
    transaction.on_commit(wake_notifier)
    return [row.id for row in written]


def _defer_fan_out(workspace_id: UUID, event_ids: list[str]) -> None:
    from hearwell.events.tasks import fan_out

    fan_out.defer(workspace_id=str(workspace_id), event_ids=event_ids)


def wake_notifier() -> None:
    """Tell the notifier that there is news: a hint, in a transaction of its own.

    NOTIFY inside a busy commit takes a global lock (measured: a third of the commits), so it runs
    after the commit, once a batch; the notifier also looks by itself every second.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKE_CHANNEL}")

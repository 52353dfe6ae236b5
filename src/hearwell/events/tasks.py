"""Fan-out: one job a batch, which queues one job a listening handler."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from procrastinate.types import JSONDict

from hearwell.events.model import EVENT_TYPES, DomainEvent
from hearwell.events.models import Event
from hearwell.events.registry import handlers_of, listeners
from hearwell.kit.jobs import DEFAULT, Persistently, app
from hearwell.kit.scope import scope


def _events(workspace_id: UUID, event_ids: Sequence[str]) -> list[Event]:
    rows = Event.objects.filter(workspace_id=workspace_id, id__in=event_ids)
    return list(rows.order_by("id"))


def _job(workspace_id: str, handler: str, event_ids: Sequence[str]) -> JSONDict:
    return {"workspace_id": workspace_id, "handler": handler, "event_ids": list(event_ids)}


@app.task(queue=DEFAULT, name="events.fan_out", retry=Persistently())
def fan_out(*, workspace_id: str, event_ids: list[str]) -> None:
    """Queue each interested handler with the events it listens to.

    Nothing would find them again, so it is retried for as long as the database is away. Handlers
    that were queued before it failed were not: all of them are queued in one transaction.
    """
    wanted: dict[str, list[str]] = defaultdict(list)
    workspace = UUID(workspace_id)
    with scope(workspace):
        heard: dict[str, list[str]] = {}
        for row in _events(workspace, event_ids):
            if row.name not in heard:
                heard[row.name] = listeners(workspace, row.name)
            for handler in heard[row.name]:
                wanted[handler].append(str(row.id))
        if wanted:
            handle.batch_defer(*(_job(workspace_id, *item) for item in wanted.items()))


@app.task(queue=DEFAULT, name="events.handle", retry=Persistently())
def handle(*, workspace_id: str, handler: str, event_ids: list[str]) -> None:
    """Run one handler over its events, in the scope of their workspace.

    Retried up to five times, and for as long as the database is away; handlers are idempotent, so
    a repeat does no harm.
    """
    workspace = UUID(workspace_id)
    with scope(workspace):
        by_name: dict[str, list[DomainEvent]] = defaultdict(list)
        for row in _events(workspace, event_ids):
            event = EVENT_TYPES[row.name].restored(workspace, row.payload)
            by_name[row.name].append(event.known_as(row.id, row.payload))
        for name, batch in by_name.items():
            run = handlers_of(name).get(handler)
            if run is not None:
                run(batch)

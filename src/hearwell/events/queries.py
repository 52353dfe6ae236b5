"""Reads of the event log."""

from __future__ import annotations

from uuid import UUID

from hearwell.events.models import Event, EventCounter


def last_seq(workspace_id: UUID) -> int:
    """Return the newest number given in the workspace, 0 if none: where a screen starts from."""
    counter = EventCounter.objects.filter(workspace_id=workspace_id).first()
    return counter.last_seq if counter else 0


def events_since(workspace_id: UUID, seq: int, *, limit: int = 500) -> list[Event]:
    """Return numbered events after `seq`, in order, at most `limit`."""
    rows = Event.objects.filter(workspace_id=workspace_id, seq__gt=seq)
    return list(rows.order_by("seq")[:limit])


def oldest_seq(workspace_id: UUID) -> int | None:
    """Return the oldest number still kept, None if there is none: who is behind it is lost."""
    rows = Event.objects.filter(workspace_id=workspace_id, seq__isnull=False)
    return rows.order_by("seq").values_list("seq", flat=True).first()

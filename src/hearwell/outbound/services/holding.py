"""Hold what waits to be sent from an account that is no longer connected."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_noop as _

from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State
from hearwell.outbound.services.gate import close_gate
from hearwell.outbound.services.moves import locked, move


def hold_all_of(workspace_id: UUID, channel_id: UUID, *, by_id: UUID | None = None) -> int:
    """Hold everything queued for a disconnected account; returns how much that was.

    In the transaction that disconnects it: no claim passes in between. What is on the wire
    cannot be called back.
    """
    close_gate(workspace_id)
    queued = Delivery.objects.filter(
        workspace_id=workspace_id, channel_id=channel_id, state=State.QUEUED
    )
    rows = locked(workspace_id, queued.values_list("id", flat=True), {State.QUEUED})
    move(rows, State.HELD, reason="disconnected", by_id=by_id, each=lambda _row: held_for_good())
    return len(rows)


def held_for_good() -> dict[str, str]:
    """Return what a delivery says whose account was disconnected."""
    message = _(
        "This account was disconnected. Nothing was posted. Connect it again in the settings and "
        "release this, or take it back."
    )
    return {"failure_code": "channel_disconnected", "failure_message": message}

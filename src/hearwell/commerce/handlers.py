"""What powers decided is done, or is not."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.commerce.services.running import release_granted
from hearwell.events.registry import on
from hearwell.powers.events import GrantDecided


@on(GrantDecided)
def on_decided(events: Sequence[GrantDecided]) -> None:
    """Let the actions go that waited for a grant; those not granted are not done."""
    release_granted(events[0].workspace_id, [one.grant_id for one in events])

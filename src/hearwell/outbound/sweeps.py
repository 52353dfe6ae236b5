"""The sweep of outbound: the truth behind every wake-up."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.outbound.services import recovery


@every(seconds=1.0, name="outbound")
def look_at_due_deliveries() -> int:
    """Wake the sender and the reader for what is due; doubt what died while being sent."""
    return recovery.sweep()

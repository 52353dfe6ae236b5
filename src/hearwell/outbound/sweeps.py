"""The sweep of outbound: the truth behind every wake-up."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.outbound.services import acting, recovery


@every(seconds=1.0, name="outbound")
def look_at_due_deliveries() -> int:
    """Wake the sender and the reader for what is due; doubt what died while being sent."""
    return recovery.sweep()


@every(seconds=2.0, name="outbound_acts")
def look_at_due_acts() -> int:
    """Wake the doer for acts on messages whose wake-up was lost, or whose doer died."""
    return acting.sweep()

"""Snoozed cases come back by themselves."""

from __future__ import annotations

from hearwell.conversations import services
from hearwell.kit.sweep import every


@every(seconds=5.0, name="conversations.wake_due")
def wake_due() -> int:
    """Wake the cases whose time has come."""
    return services.wake_due()

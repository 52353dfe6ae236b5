"""Snoozed cases come back by themselves; what waits for a message in vain is let go."""

from __future__ import annotations

from hearwell.conversations import services
from hearwell.kit.sweep import every


@every(seconds=5.0, name="conversations.wake_due")
def wake_due() -> int:
    """Wake the cases whose time has come."""
    return services.wake_due()


@every(seconds=3600.0, name="conversations.forget_early")
def forget_early() -> int:
    """Let go of changes whose message never came."""
    return services.forget_early()

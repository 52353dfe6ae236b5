"""The verbs of notifications; the only writers of their tables."""

from hearwell.notifications.services.devices import (
    TooManyDevicesError,
    change_device,
    forget_device,
    own_devices,
    switch_on,
)
from hearwell.notifications.services.letters import note_letters
from hearwell.notifications.services.notices import (
    Happened,
    Outgoing,
    forget_old,
    note_happened,
    settle,
    take_waiting,
    waiting_places,
    wake,
)

__all__ = [
    "Happened",
    "Outgoing",
    "TooManyDevicesError",
    "change_device",
    "forget_device",
    "forget_old",
    "note_happened",
    "note_letters",
    "own_devices",
    "settle",
    "switch_on",
    "take_waiting",
    "waiting_places",
    "wake",
]

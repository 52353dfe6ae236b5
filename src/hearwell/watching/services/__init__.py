"""The verbs of watching: the only writers of its tables."""

from __future__ import annotations

from hearwell.watching.services.asking import (
    HANDLE,
    BadWishError,
    Wish,
    ask,
    drop_refusal,
    pause,
    resume,
    set_pace,
    stop,
    undo_stop,
)
from hearwell.watching.services.keeping import keep_to_limits
from hearwell.watching.services.looking import look_up
from hearwell.watching.services.reading import read_some

__all__ = [
    "HANDLE",
    "BadWishError",
    "Wish",
    "ask",
    "drop_refusal",
    "keep_to_limits",
    "look_up",
    "pause",
    "read_some",
    "resume",
    "set_pace",
    "stop",
    "undo_stop",
]

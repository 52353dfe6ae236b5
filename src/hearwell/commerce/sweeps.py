"""The sweeps of tools: the truth behind every wake-up, and what is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hearwell.commerce.services import recovery
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.sweep import every

LOOKS_KEPT: Final = timedelta(days=1)
_AT_MOST: Final = 10_000


@every(seconds=1.0, name="commerce.due")
def look_at_due_runs() -> int:
    """Wake the doer and the looker for what is due; doubt what died while it was called."""
    return recovery.sweep()


@every(seconds=600.0, name="commerce.old")
def forget_old() -> int:
    """Forget what was looked up a day ago: it belongs to the system that it came from."""
    ((count,),) = rows.fetch("SELECT commerce_forget(%s, %s)", [now() - LOOKS_KEPT, _AT_MOST])
    return int(count)

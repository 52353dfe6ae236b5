"""Once a second, a look at what has fallen due: most of the time, nothing."""

from __future__ import annotations

from hearwell.escalation import services
from hearwell.kit.sweep import every

every(seconds=1.0, name="escalation.due")(services.sweep_due)

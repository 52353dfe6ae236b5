"""Once a second, what changed is told; once an hour, old changes are forgotten."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.promotions import services

every(seconds=1.0, name="promotions.tell")(services.tell_changes)
every(seconds=3600.0, name="promotions.forget")(services.forget_old)

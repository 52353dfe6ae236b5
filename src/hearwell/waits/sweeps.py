"""Once a minute waits are measured; once an hour, old measurements are forgotten."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.waits import services

every(seconds=60.0, name="waits.estimate")(services.estimate_all)
every(seconds=3600.0, name="waits.forget")(services.forget_old)

"""Once a minute, a look at the last hour; once an hour, old counts are forgotten."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.spikes import services

every(seconds=60.0, name="spikes.look")(services.wake_looks)
every(seconds=3600.0, name="spikes.forget")(services.forget_old)

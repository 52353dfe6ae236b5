"""Once an hour: whether a week is over whose replies were not drawn yet."""

from __future__ import annotations

from hearwell.kit.sweep import every
from hearwell.quality import services

every(seconds=3600.0, name="quality.draw")(services.draw_all)

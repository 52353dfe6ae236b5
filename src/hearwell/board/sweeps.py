"""A few times a minute, a look at what came in while an update was published."""

from __future__ import annotations

from hearwell.board import services
from hearwell.kit.sweep import every

every(seconds=15.0, name="board.matches")(services.sweep_matches)

"""The figures shared by all boards of a process: counted anew at most every few seconds.

However many boards there are, and however often their pages are loaded, a workspace is counted
once in `COUNTED_EVERY_S`, and its first replies (which read all of today's messages) once a minute.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from hearwell.accounts.models import Workspace
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.reports.study.figures import Times
from hearwell.reports.wall.figures import WallFigures, first_replies, midnight, wall_figures

COUNTED_EVERY_S: Final = 5.0
STUDIED_EVERY_S: Final = 60.0
MOST_KEPT: Final = 200


@dataclass
class _Kept:
    """What was counted last, and when."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    figures: WallFigures | None = None
    counted: float = 0.0
    times: Times | None = None
    studied: float = 0.0
    studied_at: datetime | None = None
    day: datetime | None = None


class Shared:
    """The last figures of each workspace. Threads that ask at once wait for one of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def figures(self, workspace_id: UUID) -> WallFigures:
        """Return figures that are at most `COUNTED_EVERY_S` old. Raises Workspace.DoesNotExist."""
        kept = self._of(workspace_id)
        with kept.lock:
            if kept.figures is None or self._clock() - kept.counted >= COUNTED_EVERY_S:
                kept.figures = self._count(kept, workspace_id)
                kept.counted = self._clock()
            return kept.figures

    def forget(self) -> None:
        """Forget all; the next who asks counts."""
        with self._lock:
            self._kept.clear()

    def _of(self, workspace_id: UUID) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault(workspace_id, _Kept())
            self._kept.move_to_end(workspace_id)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return kept

    def _count(self, kept: _Kept, workspace_id: UUID) -> WallFigures:
        at = now()
        with scope(workspace_id):
            workspace = Workspace.objects.get(id=workspace_id)
            day = midnight(workspace.time_zone, at)
            is_old = self._clock() - kept.studied >= STUDIED_EVERY_S
            if kept.times is None or kept.studied_at is None or is_old or kept.day != day:
                kept.times = first_replies(workspace_id, day, at)
                kept.studied, kept.studied_at, kept.day = self._clock(), at, day
            return wall_figures(workspace, kept.times, kept.studied_at, at)


SHARED: Final = Shared()

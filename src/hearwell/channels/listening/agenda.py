"""What is to be done when: one heap for all accounts, instead of a sleeping task for each.

Belongs to one event loop. Times are those of a monotonic clock, in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count
from uuid import UUID


class What(StrEnum):
    """Kinds of errands."""

    POLL = "poll"
    RECONCILE = "reconcile"
    HEALTH = "health"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to be done for one account, again and again."""

    channel_id: UUID
    what: What
    stream: str = ""


class Agenda:
    """Each errand is planned once, or under way, or unknown. The last word on its time counts."""

    def __init__(self) -> None:
        self._planned: dict[Errand, float] = {}
        # Whether an errand that is under way is wanted again as soon as it is done.
        self._under_way: dict[Errand, bool] = {}
        self._of: dict[UUID, set[Errand]] = {}
        self._heap: list[tuple[float, int, Errand]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._planned) + len(self._under_way)

    def plan(self, errand: Errand, at: float) -> None:
        """Do it at that time, whatever was planned before; one under way is left alone."""
        if errand in self._under_way:
            return
        self._planned[errand] = at
        self._of.setdefault(errand.channel_id, set()).add(errand)
        heappush(self._heap, (at, next(self._numbers), errand))

    def hurry(self, channel_id: UUID, what: What, now: float) -> None:
        """Do what is known of this kind at once; what is under way is done once more."""
        for errand in self._of.get(channel_id, ()):
            if errand.what is not what:
                continue
            if errand in self._under_way:
                self._under_way[errand] = True
            elif self._planned[errand] > now:
                self._planned[errand] = now
                heappush(self._heap, (now, next(self._numbers), errand))

    def take_due(self, now: float) -> list[Errand]:
        """Return what is due, in its order; it is under way from now on."""
        due: list[Errand] = []
        while self._heap and self._heap[0][0] <= now:
            at, _, errand = heappop(self._heap)
            if self._planned.get(errand) == at:  # else it was planned anew, or forgotten
                del self._planned[errand]
                self._under_way[errand] = False
                due.append(errand)
        return due

    def done(self, errand: Errand, next_at: float | None, now: float) -> None:
        """Note that an errand is done, and when to do it again: None for never."""
        is_wanted = self._under_way.pop(errand, None)
        if is_wanted is None:  # forgotten meanwhile
            return
        if next_at is None:
            self._of[errand.channel_id].discard(errand)
            return
        self.plan(errand, now if is_wanted else next_at)

    def next_at(self) -> float | None:
        """Return when something is due next, or None."""
        while self._heap and self._planned.get(self._heap[0][2]) != self._heap[0][0]:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def forget(self, channel_id: UUID) -> None:
        """Do nothing more for an account."""
        for errand in self._of.pop(channel_id, ()):
            self._planned.pop(errand, None)
            self._under_way.pop(errand, None)

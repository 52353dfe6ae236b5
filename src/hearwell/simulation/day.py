"""The loop of a day: what comes, who is free, what is due; all in order of the day's own time."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from hearwell.kit import clock
from hearwell.simulation import words
from hearwell.simulation.crowd import (
    DAY_S,
    Said,
    Spike,
    after_answer,
    day,
    handling_s,
    speeds,
)
from hearwell.simulation.house import House, build

# Networks bring things together, and the worker looks once a minute.
TOGETHER_S, SWEEP_S = 20, 60
Tell = Callable[[float], None]


@dataclass
class Day:
    """A day that is being played; `answered` says when each message got its answer."""

    house: House
    seed: int
    crowd: list[Said]
    pace: list[float]
    lasts_s: float = DAY_S
    said: dict[str, Said] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    closed_as_noise: set[str] = field(default_factory=set)
    at_s: float = 0.0
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _later: list[tuple[float, str, Said]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _heard: UUID | None = None
    _idle: list[int] = field(default_factory=list)

    def now(self) -> datetime:
        """Return what the day's clock says."""
        return self.house.begins + timedelta(seconds=self.at_s)

    def play(self, tell: Tell) -> None:
        """Play it to its end."""
        self._later = [(one.at_s, one.key, one) for one in self.crowd]
        heapq.heapify(self._later)
        self._at(TOGETHER_S, self._hear)
        self._at(SWEEP_S, self._sweep)
        self._idle = list(range(len(self.pace)))
        while self._agenda and self._agenda[0][0] <= self.lasts_s:
            self.at_s, _, do = heapq.heappop(self._agenda)
            do()
            tell(self.at_s)
        self.at_s = self.lasts_s

    def _at(self, at_s: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (at_s, next(self._numbers), do))

    def _hear(self) -> None:
        fresh: list[Said] = []
        while self._later and self._later[0][0] <= self.at_s:
            fresh.append(heapq.heappop(self._later)[2])
        if fresh:
            self.said |= {one.key: one for one in fresh}
            self.house.hear(fresh)
            self._call_idle()
        self._at(self.at_s + TOGETHER_S, self._hear)

    def _sweep(self) -> None:
        if self.house.sweep():
            self._call_idle()
        self._heard = self.house.listen(self._heard)
        self._at(self.at_s + SWEEP_S, self._sweep)

    # --- the agents ------------------------------------------------------------------------------

    def _call_idle(self) -> None:
        """Whoever has nothing to do looks, until somebody finds nothing either."""
        waiting, self._idle = self._idle, []
        for place, number in enumerate(waiting):
            if not self._look(number):
                self._idle += waiting[place + 1 :]
                return

    def _look(self, number: int) -> bool:
        """Let an agent ask for the next case, or look at who only said something kind."""
        case_id = self.house.next_case(self.house.staff[number]) or self.house.next_thanks()
        if case_id is None:
            self._idle.append(number)
            return False
        open_ = [key for key in self.house.messages_of(case_id) if not self._is_done(key)]
        took_s = sum(handling_s(self.said[key], self.seed) for key in open_)
        done_s = self.at_s + max(5.0, min(took_s * self.pace[number], 570.0))
        self._at(done_s, self._finish(number, case_id, open_))
        return True

    def _is_done(self, key: str) -> bool:
        return key in self.answered or key in self.closed_as_noise

    def _finish(self, number: int, case_id: UUID, keys: list[str]) -> Callable[[], None]:
        """They answer what wants one, thank who was kind, and close what wants nothing."""

        def finish() -> None:
            agent, said = self.house.staff[number], [self.said[key] for key in keys]
            wants = [one for one in said if one.needs_answer or one.kind == "praise"]
            if wants:
                dice = random.Random(f"{self.seed}:{wants[0].key}:answer")
                text = words.answer_to(wants[0].customer.split()[0], dice)
                self.house.answer(case_id, agent, text)
                self._heard = self.house.listen(self._heard)
            self.house.close(case_id, agent, "solved" if wants else "no_answer_needed")
            self._note(said, is_answered=bool(wants))
            self._look(number)

        return finish

    def _note(self, said: list[Said], *, is_answered: bool) -> None:
        for one in said:
            if not is_answered:
                self.closed_as_noise.add(one.key)
                continue
            self.answered[one.key] = self.at_s
            if one.needs_answer:
                for later in after_answer(one, self.at_s, self.seed):
                    heapq.heappush(self._later, (later.at_s, later.key, later))


def _nobody(_: float) -> None:
    """Hear how far the day is, and do nothing."""


def play(
    messages: int,
    agents: int,
    seed: int = 1,
    spike: Spike | None = None,
    *,
    lasts_s: float = DAY_S,
    tell: Tell = _nobody,
) -> Day:
    """Build a house and play a day in it: the day before this one, so that nothing is ahead."""
    begins = (datetime.now(UTC) - timedelta(days=1)).replace(hour=0, minute=0, second=0)
    started: list[Day] = []
    with clock.simulated(lambda: started[0].now() if started else begins):
        house = build(agents, begins)
        crowd = day(messages, seed, spike, lasts_s)
        played = Day(house, seed, crowd, list(speeds(agents, seed)), lasts_s)
        started.append(played)
        played.play(tell)
    return played

"""The same day with the same people, each message in its turn: what the house is compared with."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from hearwell.simulation.crowd import DAY_S, Said, after_answer, handling_s


def first_come(
    said: Sequence[Said], speeds: Sequence[float], seed: int, until_s: float = DAY_S
) -> Mapping[str, tuple[Said, float | None]]:
    """Return what becomes of each message that wants an answer: when it got one, in seconds.

    Kinder to this order than life would be: nobody loses a second over what wants no answer.
    """
    waiting = [(one.at_s, n, one) for n, one in enumerate(said) if one.needs_answer]
    heapq.heapify(waiting)
    free = [(0.0, number) for number in range(len(speeds))]
    heapq.heapify(free)
    found: dict[str, tuple[Said, float | None]] = {}
    count = len(said)
    while waiting:
        at_s, _, one = heapq.heappop(waiting)
        ready_s, agent = heapq.heappop(free)
        done_s = max(at_s, ready_s) + handling_s(one, seed) * speeds[agent]
        heapq.heappush(free, (done_s, agent))
        found[one.key] = (one, done_s if done_s <= until_s else None)
        for later in after_answer(one, done_s, seed):
            if later.needs_answer and later.at_s < until_s:
                count += 1
                heapq.heappush(waiting, (later.at_s, count, later))
    return found

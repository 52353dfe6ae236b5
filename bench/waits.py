"""How often what customers are told of their wait comes true, on simulated days.

A desk is played: customers come by the hour of the day, with bursts; so many people work, fewer at
night, at lunch and when shifts change; who is urgent goes first; what takes long takes long. Each
customer is told what the product's own rule says from the last hour's answers and from who still
waits, renewed once a minute. Beside it, in the same run, what most dashboards do: the plain
90th percentile of the last hour's answers. Prints one JSON object.

    python -m bench.waits [--days 60] [--seed 7]
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from hearwell.waits.replay import Kept, Life, replayed
from hearwell.waits.rules import LEAST, Expected, Wait, expected

BAR: Final = 0.9
DAY_S: Final = 86_400.0
# Messages an hour and people at work, by the hour of the day.
_COME: Final = (
    2,
    1,
    1,
    1,
    2,
    4,
    8,
    15,
    26,
    34,
    36,
    34,
    30,
    32,
    34,
    33,
    30,
    28,
    24,
    20,
    16,
    11,
    7,
    4,
)
_WORK: Final = (1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 3, 4, 5, 5, 5, 4, 4, 3, 3, 2, 2, 1)
_HANDLE_S: Final = 400.0


def arrivals(dice: random.Random, day: int) -> Iterator[float]:
    """Yield when customers write on a day: by the hour, some days more, sometimes in a burst."""
    mood = dice.lognormvariate(0, 0.18)
    burst_at = dice.uniform(8, 20) if dice.random() < 0.2 else -1.0
    at = 0.0
    while at < DAY_S:
        hour = at / 3600
        rate = _COME[int(hour)] * mood
        if burst_at <= hour < burst_at + 0.75:
            rate *= 2.2
        at += dice.expovariate(rate / 3600)
        if at < DAY_S:
            yield day * DAY_S + at


def lived(dice: random.Random, days: int) -> list[Life]:
    """Play the desk; return who asked and who was answered when."""
    come = [(at, dice.random() < 0.1) for day in range(days) for at in arrivals(dice, day)]
    lives: list[Life] = []
    waiting: list[tuple[bool, float]] = []
    busy: list[float] = []
    at, place = 0.0, 0
    while place < len(come) or waiting:
        while place < len(come) and come[place][0] <= at:
            heapq.heappush(waiting, (not come[place][1], come[place][0]))
            place += 1
        while busy and busy[0] <= at:
            heapq.heappop(busy)
        hands = _WORK[int(at % DAY_S // 3600)]
        while waiting and len(busy) < hands:
            _later, asked = heapq.heappop(waiting)
            done = at + dice.lognormvariate(math.log(_HANDLE_S), 0.6)
            heapq.heappush(busy, done)
            lives.append(Life(asked, done))
        at += 15.0
    return lives


def plain(waits: Sequence[Wait]) -> Expected | None:
    """Return what most dashboards say: the 90th percentile of the last hour's answers."""
    over = sorted(one.s for one in waits if one.is_over and one.ago_s <= 3600)
    if len(over) < LEAST:
        return None
    p90 = over[math.ceil(0.9 * len(over)) - 1]
    return Expected(0, math.ceil(p90), len(over), 0, 3600)


def told(kept: Kept) -> dict[str, object]:
    """Return a result as it is printed."""
    share = kept.share or 0.0
    return {"asked": kept.asked, "told": kept.told, "kept": round(share, 4), "holds": share >= BAR}


def main() -> int:
    """Play, replay, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    dice = random.Random(options.seed)  # noqa: S311  the same seed must be the same days
    lives, end = lived(dice, options.days), options.days * DAY_S
    by_day = [
        replayed([one for one in lives if day * DAY_S <= one.asked < (day + 1) * DAY_S], end=end)
        for day in range(options.days)
    ]
    shares = sorted(one.share for one in by_day if one.share is not None)
    median = sorted(one.answered - one.asked for one in lives if one.answered)[len(lives) // 2]
    print(
        json.dumps(
            {
                "days": options.days,
                "median_wait_min": round(median / 60, 1),
                "hearwell": told(replayed(lives, end=end, rule=expected)),
                "plain_p90": told(replayed(lives, end=end, rule=plain)),
                "worst_day": round(shares[0], 4),
                "days_below_bar": sum(share < BAR for share in shares),
                "bar": BAR,
            },
            indent=2,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""No bomb costs whoever reads it two seconds or 300 MB, or gets anything but a documented no."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from hearwell.config.environment import read_environment
from hearwell.config.wiring import wire
from tests.hostile.bombs import Bomb, all_bombs
from tests.hostile.readers import Reader, readers
from tests.hostile.weighing import Weight, weighed

wire(read_environment({}))
BOMBS = all_bombs()
CPU_S, MEGABYTES = 2.0, 300
# `HEARWELL_HOSTILE=all`: all of them, and not only each so many-th. Among them are archives whose
# import takes longer than this: that is work in the background, which tells how far it is.
IS_WHOLE, EVERY = os.environ.get("HEARWELL_HOSTILE") == "all", 23


def test_there_are_enough_of_them() -> None:
    counted = Counter(bomb.target for bomb in BOMBS)
    assert len({(bomb.target, bomb.name) for bomb in BOMBS}) == len(BOMBS) >= 200
    assert set(counted) == set(readers())


def test_none_costs_its_reader_too_much() -> None:
    """Processor seconds, so that a busy machine is nobody's fault; memory beyond what we are."""
    some = BOMBS if IS_WHOLE else [one for one in BOMBS if one.target != "archive"][::EVERY]
    who, faults, heaviest = readers(), list[str](), Weight("", 0.0, 0.0)
    for bomb in some:
        body = bomb.body()
        for reader in who[bomb.target]:
            weight = weighed(lambda reader=reader, body=body: reader.read(body[: reader.at_most]))
            faults += _faults(bomb, reader, weight)
            heaviest = max(heaviest, weight, key=lambda one: one.cpu_s)
    print(f"{len(some)} bombs, at most {heaviest.cpu_s:.1f} s")  # noqa: T201
    assert not faults, "\n".join(faults)


def _faults(bomb: Bomb, reader: Reader, weight: Weight) -> list[str]:
    told = f"{bomb.target} {bomb.name}, {reader.name}: {weight}"
    is_known = not weight.said or weight.said in reader.names
    is_quick = weight.cpu_s < CPU_S or bomb.target == "archive"
    return [] if is_known and is_quick and weight.megabytes < MEGABYTES else [told]


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda: bytearray(4 << 30), "MemoryError"),
        (lambda: 1 / 0, "ZeroDivisionError"),
        (os.abort, "ended by -6"),
        (lambda: None, ""),
    ],
)
def test_the_scales_weigh(work, said: str) -> None:
    assert weighed(work).said == said
    assert weighed(lambda: sum(range(30_000_000))).cpu_s > 0.1
    assert weighed(lambda: len(bytearray(100 << 20).replace(b"\0", b"\1"))).megabytes > 90

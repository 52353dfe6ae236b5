"""The database is started again, also where the first start is refused."""

from __future__ import annotations

import pytest

from hearwell.ops.cluster import ClusterError
from hearwell.ops.reviving import MOST_TRIES, Reviver

WHY = "A block of memory is still in use."


class Refusing:
    """A server that was killed, and that refuses to start so often."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.starts, self.runs = refusals, 0, False

    def has_ended(self) -> bool:
        return not self.runs

    def start(self) -> None:
        self.starts += 1
        if self.starts <= self.refusals:
            raise ClusterError(WHY)
        self.runs = True


def looked_after(server: Refusing, seconds: int) -> list[str]:
    said: list[str] = []
    at = [0.0]
    look = Reviver(server, said.append, lambda: at[0])
    for second in range(seconds):
        at[0] = float(second)
        look()
    return said


def test_a_killed_database_is_started_once() -> None:
    server = Refusing(0)
    assert looked_after(server, 10) == ["The database ended; starting it again."]
    assert server.starts == 1


def test_a_refusal_is_told_and_tried_again_after_a_pause() -> None:
    server = Refusing(3)
    said = looked_after(server, 20)
    assert (server.runs, server.starts) == (True, 4)
    assert said[1] == f"{WHY} Trying again in 1 s."
    assert looked_after(server, 5) == []


def test_it_is_not_tried_for_ever() -> None:
    server = Refusing(10**6)
    with pytest.raises(ClusterError):
        looked_after(server, 3600)
    assert server.starts == MOST_TRIES


def test_after_it_ran_again_the_tries_are_counted_anew() -> None:
    server = Refusing(MOST_TRIES - 1)
    at = [0.0]
    look = Reviver(server, lambda _: None, lambda: at[0])
    for second in range(1000):
        at[0] = float(second)
        look()
    assert server.runs
    server.runs, server.starts = False, 0
    for second in range(1000, 2000):
        at[0] = float(second)
        look()
    assert server.runs

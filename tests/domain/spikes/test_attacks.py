"""What people and clocks do that ordinary days do not: floods, jumps, new labels, two at once."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from hearwell.connect.model import Author
from hearwell.spikes import services
from hearwell.spikes.models import Spike
from tests.domain.spikes.stream import incident, ordinary, take_in
from tests.domain.spikes.test_looking import MINUTE, MONDAY, TUESDAY_NOON, play
from tests.factories import make_item


def flood(begins, count, every_s):
    """Return what one person writes without end, each text another."""
    return [
        make_item(
            f"you {n} never {n * 7} answer me {'abcdefghij'[n % 10] * 6} word{n} thing{n * 3}",
            occurred_at=begins + timedelta(seconds=n * every_s),
            author=Author("flooder", "flooder", "One Person"),
        )
        for n in range(count)
    ]


def test_one_person_makes_no_spike(channel):
    take_in(channel, [i for i in ordinary(MONDAY, 2, 80, seed=90) if i.occurred_at < TUESDAY_NOON])
    later = [i for i in ordinary(MONDAY, 2, 300, seed=90) if i.occurred_at >= TUESDAY_NOON]
    told = flood(TUESDAY_NOON + 5 * MINUTE, 2000, 0.9)
    found = play(channel, [*later, *told], TUESDAY_NOON, timedelta(minutes=45), 5 * MINUTE)
    assert found == []


def test_one_person_hides_no_spike(channel):
    take_in(channel, [i for i in ordinary(MONDAY, 2, 80, seed=90) if i.occurred_at < TUESDAY_NOON])
    noise = flood(TUESDAY_NOON, 3000, 0.9)
    told = incident(TUESDAY_NOON + 5 * MINUTE, 30, every_s=14)
    found = play(channel, [*noise, *told], TUESDAY_NOON, timedelta(minutes=25), 5 * MINUTE)
    assert [one.kind for one in found] == ["trouble"]


def test_after_a_clock_that_ran_ahead_it_learns_and_tells_again(channel):
    with time_machine.travel(MONDAY + timedelta(days=400), tick=False):
        take_in(channel, incident(MONDAY + timedelta(days=400, minutes=-9), 30, every_s=14))
        services.look(channel.workspace_id)
    assert Spike.objects.count() >= 1
    told = incident(TUESDAY_NOON + 5 * MINUTE, 30, every_s=14)
    found = play(channel, told, TUESDAY_NOON, timedelta(minutes=20), 2 * MINUTE)
    assert [one.kind for one in found] == ["trouble"]

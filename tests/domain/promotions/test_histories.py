"""Ten thousand lives of cases (HEARWELL_HISTORIES=10000; fewer by default), after every step."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from datetime import timedelta

import pytest
import time_machine

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.kit.clock import now
from hearwell.promotions import queries, services
from hearwell.promotions.held import Held
from hearwell.promotions.models import Change, HoldChoice
from tests.characters import NOON
from tests.domain.promotions.histories import Entry, Life, World, naive, number_events
from tests.factories import make_channel

HISTORIES = int(os.environ.get("HEARWELL_HISTORIES", "80"))
AT_ONCE, STEPS = min(HISTORIES, 80), 7


def plain(entries: Iterable[Held]) -> list[Entry]:
    return [
        (e.network, e.network_id, e.email_sha256, e.reason.value, e.since, e.until) for e in entries
    ]


def replayed(seq: int, known: set[tuple[str, str]]) -> tuple[int, set[tuple[str, str]]]:
    """Return what a program knows that has read every change once more than before."""
    for one in queries.changes_after(Change.objects.all()[0].workspace_id, seq, 1_000_000):
        key = (one.network, one.network_id)
        assert (key in known) is (one.verb == "ended"), (one.verb, key)
        known = known - {key} if one.verb == "ended" else known | {key}
        assert one.seq == seq + 1
        seq = one.seq
    return seq, known


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(max(1, HISTORIES // AT_ONCE)))
def test_the_list_is_the_record_after_every_step(
    workspace: Workspace, alice: User, seed: int
) -> None:
    dice = random.Random(seed)
    by = Membership.objects.get(user=alice)
    choice = HoldChoice.objects.create(
        workspace_id=workspace.id,
        cool_off_h=dice.choice((0, 1, 24, 48)),
        counts_praise=dice.random() < 0.7,
        email_basis=dice.choice(("", "consent")),
    )
    seq, known, seen = 0, set(), set()
    with time_machine.travel(NOON, tick=False) as clock:
        world = World([make_channel("sandbox"), make_channel("email")], by, dice)
        lives = [Life(seed * AT_ONCE + n, dice) for n in range(AT_ONCE)]
        for life in lives:
            world.write(life)
        world.come_in()
        for step in range(STEPS):
            for life in lives:
                world.step(life)
            world.come_in()
            clock.shift(timedelta(minutes=dice.choice((1, 40, 700, 3000))))
            expected = naive(choice, now())
            seen.update(entry[3] for entry in expected)
            found = plain(queries.held_now(workspace.id))
            assert len(found) == len(set(found)), "somebody is named twice"
            assert set(found) == expected, (seed, step)
            number_events()
            # Who was joined to somebody is found when the whole list is next looked at.
            services.catch_up(workspace.id) if dice.random() < 0.7 else look_again(workspace)
            if Change.objects.exists():
                seq, known = replayed(seq, known)
        look_again(workspace)
        if Change.objects.exists():
            seq, known = replayed(seq, known)
        assert known == {(e[0], e[1]) for e in naive(choice, now())}
    assert len(seen) > 2, "the histories are too tame"


def look_again(workspace: Workspace) -> None:
    from hearwell.promotions.models import Feed

    services.catch_up(workspace.id)
    Feed.objects.filter(workspace_id=workspace.id).update(counted_at=None)
    services.catch_up(workspace.id)

"""Three of each process on three machines, killed at random: nothing lost, doubled or astray."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.crash.machines import HOW_MANY, PATIENCE_S, Machines, machines
from tests.crash.network import PAGES
from tests.crash.scale import SCALE
from tests.gateway.watching import held_open
from tests.house import wait_until

pytestmark = pytest.mark.slow
UPGRADES, KILLS = 1, SCALE.kills or 4
_FAILED_JOBS = "SELECT task_name, id FROM procrastinate_jobs WHERE status = 'failed' ORDER BY id"
_TOLD_OF_LATENESS = """
SELECT count(*), count(DISTINCT payload->>'clock_id') FROM events_event
WHERE name = 'ClockBreached'
"""


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    with machines(tmp_path_factory.mktemp("machines"), SCALE.seed) as running:
        yield running


@pytest.mark.skipif(not SCALE.kills, reason="HEARWELL_LAB='kills=4' upgrades them, too")
def test_an_upgrade_and_the_way_back_fail_nobody_under_load(three: Machines) -> None:
    """What serves is the version before: the tables become those of the next one beneath it."""
    wait_until(lambda: all(s.lines for s in three.screens), seconds=PATIENCE_S, what="the doors")
    assert three.lab.settle(PATIENCE_S) == []
    refused, failed = three.lab.caller.refused, three.ask(_FAILED_JOBS)
    written, ends = three.lab.written, [screen.lines for screen in three.screens]

    assert three.upgrade_and_back(UPGRADES) == ""

    assert three.lab.written > written + UPGRADES
    assert three.lab.settle(PATIENCE_S) == []
    assert three.lab.caller.refused == refused, "a webhook was not answered with 200"
    assert three.ask(_FAILED_JOBS) == failed
    assert [screen.lines for screen in three.screens] == ends, "a screen lost its line"


def test_killed_at_random_under_load_nothing_is_lost_or_doubled(three: Machines) -> None:
    three.storm(KILLS)
    found = three.lab.settle(PATIENCE_S)
    sys.stdout.write(f"seed {SCALE.seed}: {dict(three.killed)}, {three.lab.written} messages\n")
    assert found == []
    assert three.killed["database"]

    served = three.lab.served
    assert served.lines.most == dict.fromkeys(PAGES, 1), "an account was heard by two"
    assert set(served.polls.most.values()) == {1}, "an account was polled by two"
    ((told, clocks),) = three.ask(_TOLD_OF_LATENESS)
    assert told == clocks, "a sweep told of the same clock twice"
    assert clocks

    check_every_screen_heard_all(three)
    check_presence_crosses_doors(three)


def check_every_screen_heard_all(three: Machines) -> None:
    last = three.last_number()
    cases = {str(row[0]) for row in three.ask("SELECT id FROM conversations_case")}
    for screen in three.screens:
        wait_until(lambda s=screen: s.watcher.told[-1].seq >= last, what=f"news at {screen.url}")
        assert screen.cases() >= cases
        assert screen.watcher.named("reload") == []


def check_presence_crosses_doors(three: Machines) -> None:
    """Who is at a case is told at every door, whichever door they told it at."""
    case = str(three.ask("SELECT id FROM conversations_case LIMIT 1")[0][0])
    body = {"case": case, "doing": "writing", "screen": str(uuid4())}
    for place in range(HOW_MANY):
        request = httpx.Request(
            "GET", f"{three.doors[place]}/live?case={case}", cookies=three.cookie
        )
        with held_open(request, "counts") as watcher:
            other = three.doors[(place + 1) % HOW_MANY]
            said = httpx.post(f"{other}/live/presence", json=body, cookies=three.cookie)
            assert said.status_code == httpx.codes.NO_CONTENT
            watcher.until(lambda w=watcher: w.named("presence"))

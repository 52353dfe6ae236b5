"""kill -9 of real workers at every step of an action: nothing done twice, nothing left open.

The checker knows only what arrived at the other side and the table of actions.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest

from hearwell.commerce.models import ToolRun
from hearwell.kit.scope import scope
from hearwell.powers.models import Grant
from tests.crash.laboratory import database_of_tests
from tests.crash.traps import Traps
from tests.domain.commerce.conftest import committed_desk
from tests.other_side import OtherSide, other_side

pytestmark = pytest.mark.slow
# Each kill takes up to four actions along that were under way beside it.
ACTIONS, PATIENCE_S = 40, 180
PLANS = {"D0": [1, 3], "D1": [1], "D2": [1, 3], "D3": [1]}
KILLS = ["kill_after", "kill_before", "cut_after", "kill_after"]


@dataclass
class Till:
    """A desk at which actions were meant, and the other side that they go to."""

    workspace_id: UUID
    side: OtherSide
    database: str
    traps: Traps

    @contextmanager
    def house(self, *, naive: str = "") -> Iterator[None]:
        """A worker that comes back whenever it dies."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "HEARWELL_ROLE": "worker",
            "DATABASE_URL": self.database,
            "DATABASE_WORKER_URL": self.database,
            "LAB_FOLDER": str(self.traps.folder),
            "NAIVE": naive,
        }
        command = [sys.executable, "-m", "tests.crash.doer_process"]
        worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(30)

    def runs(self) -> list[ToolRun]:
        with scope(self.workspace_id):
            return list(ToolRun.objects.all())

    def wait(self) -> None:
        """Until nothing is open, something is done twice, or patience ends."""
        deadline = time.monotonic() + PATIENCE_S
        while any(run.is_open for run in self.runs()) and time.monotonic() < deadline:
            if max(self.arrived().values(), default=0) > 1:
                break
            time.sleep(0.2)

    def arrived(self) -> Counter[str]:
        """How often each action came to the other side."""
        posts = [asked for asked in list(self.side.asked) if asked[0] == "POST"]
        return Counter(headers["Idempotency-Key"] for _verb, _path, headers, _body in posts)


@pytest.fixture
def till(transactional_db: None, settings, monkeypatch, tmp_path) -> Iterator[Till]:
    with other_side() as side:
        settings.HEARWELL_EGRESS_ALLOW = (side.origin,)
        monkeypatch.setenv("HEARWELL_EGRESS_ALLOW", side.origin)
        desk, refund = committed_desk(side, settle_s=2)
        with scope(desk.case.workspace_id):
            for number in range(ACTIONS):
                desk.mean(refund, amount=f"0.{number + 10}")
        side.faults.extend(KILLS)
        side.look_faults.append("kill")
        yield Till(desk.case.workspace_id, side, database_of_tests(), Traps(tmp_path))


def check_nothing_done_twice(till: Till) -> None:
    assert max(till.arrived().values()) == 1


def test_killed_at_every_step_nothing_is_done_twice_and_nothing_stays_open(till):
    for point, hits in PLANS.items():
        till.traps.set(point, hits)
    with till.house():
        till.wait()

    check_nothing_done_twice(till)
    runs = till.runs()
    assert {run.state for run in runs} <= {"done", "failed"}
    assert {str(run.key) for run in runs if run.state == "done"} == set(till.side.acts)
    assert {run.code for run in runs if run.state == "failed"} <= {"no_trace"}
    with scope(till.workspace_id):
        given = dict(Grant.objects.values_list("id", "state"))
    for run in runs:
        assert given[run.grant_id] == ("granted" if run.state == "done" else "returned")
    assert till.traps.sprung() == {point: len(hits) for point, hits in PLANS.items()}
    assert till.side.killed == 4, "in the middle of three calls and a look"


def test_a_build_that_does_again_what_was_under_way_is_caught(till):
    """The checker must be able to fail."""
    till.traps.set("D2", [1])
    with till.house(naive="1"):
        till.wait()
    with pytest.raises(AssertionError):
        check_nothing_done_twice(till)

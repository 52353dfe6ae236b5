"""kill -9 of real processes at every named point: nothing lost, nothing doubled, nothing astray.

Judged from outside (checker.py). The builds that are broken on purpose must not pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hearwell.kit.crashpoints import POINTS
from tests.crash.laboratory import Laboratory, laboratory
from tests.crash.traps import STOP

pytestmark = pytest.mark.slow
AT_THE_NETWORK = ("O3", "O4")
HERE = [*(point for point in POINTS if not point.startswith("D")), *AT_THE_NETWORK]
# At the first hit; TEST_LONG kills at the second and third, too.
KILLS = 3


@pytest.fixture
def lab(transactional_db: None, tmp_path: Path, request: Any) -> Iterator[Laboratory]:
    with laboratory(tmp_path, naive=getattr(request, "param", "")) as opened:
        yield opened


def test_killed_at_every_point_nothing_is_lost_or_doubled(lab: Laboratory) -> None:
    for point in HERE:
        lab.traps.set(point, list(range(1, KILLS + 1)))
        lab.spring(point)
        assert lab.doubled() == [], point
    assert lab.settle() == []
    assert lab.traps.sprung() == dict.fromkeys(HERE, KILLS)


def test_paused_beyond_its_lease_a_sender_posts_once_or_not_at_all(lab: Laboratory) -> None:
    """A paused process keeps its lock; once awake it is too late, or it is the only one."""
    for point in ("O2", "O7", "O5"):
        lab.traps.set(point, [1], STOP)
        lab.spring(point)
    assert lab.settle() == []


@pytest.mark.parametrize("lab", ["sender"], indirect=True)
def test_a_build_that_sends_again_on_expiry_is_caught(lab: Laboratory) -> None:
    lab.caller.prompt_share = 0.0  # no echo in time that would tell it better
    lab.traps.set("O4", [1, 2])
    lab.spring("O4")
    assert "posted 2 times" in "\n".join(lab.settle())


@pytest.mark.parametrize("lab", ["intake"], indirect=True)
def test_a_build_that_answers_before_the_commit_is_caught(lab: Laboratory) -> None:
    lab.traps.set("I0", [1, 2])
    lab.spring("I0")
    assert "lost: " in "\n".join(lab.settle(patience_s=8))

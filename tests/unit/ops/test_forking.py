"""A fork is a process of its own: nothing of its parent's is left in it."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hearwell.ops.forking import Fork
from tests.house import wait_until

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def ended(work, **options) -> int | None:
    process = Fork("probe", work, **options).begin()
    process.join(20)
    return process.exitcode


def test_how_it_ends_is_told():
    def fail() -> None:
        raise SystemExit(3)

    assert ended(lambda: None) == 0
    assert ended(fail) == 3


def test_what_is_printed_and_raised_is_seen_at_once():
    code = (
        "from hearwell.ops.forking import Fork\n"
        "def work():\n"
        "    print('at work'); raise SystemExit('Error: no database')\n"
        "p = Fork('probe', work).begin(); p.join(); print(p.exitcode)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "at work\n1\n"
    assert done.stderr == "Error: no database\n"


def test_it_has_its_own_name_session_and_variables(tmp_path):
    note = tmp_path / "note"

    def work() -> None:
        name = Path("/proc/self/comm").read_text().strip()
        words = (name, str(os.getsid(0) == os.getpid()), os.environ["PROBE"])
        note.write_text(" ".join((*words, os.environ["HEARWELL_SUPERVISOR"])))

    assert ended(work, variables={"PROBE": "7"}) == 0
    assert note.read_text() == f"hearwell-probe True 7 {os.getpid()}"
    assert "PROBE" not in os.environ


def test_a_lock_of_the_parent_is_free_when_the_parent_lets_go(tmp_path):
    """Else nobody could start again after a crash while a child is still on its way out."""
    path = tmp_path / "lock"
    with path.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        child = Fork("probe", lambda: time.sleep(60), lets_go=(held,)).begin()
    try:
        with path.open("a") as again:
            wait_until(lambda: is_free(again))
    finally:
        child.kill()
        child.join()


def is_free(lock) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def test_waiting_for_it_ends_in_time():
    child = Fork("probe", lambda: time.sleep(60)).begin()
    child.join(0.1)
    assert child.exitcode is None
    child.kill()
    child.join(20)
    assert child.exitcode == -signal.SIGKILL


def test_a_signal_that_comes_at_once_ends_it():
    """A parent's handler would only note it, and the child would live on."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        for _ in range(20):
            child = Fork("probe", lambda: time.sleep(60)).begin()
            child.terminate()
            child.join(20)
            assert child.exitcode == -signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)

"""Children are kept alive and ended in order: with real processes, and a parent to kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from hearwell.ops.forking import Fork
from hearwell.ops.supervisor import Child, Supervisor, pause_s

# The tests' own threads wait while we fork, and a child here needs none of them.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def sleep() -> None:
    time.sleep(60)


def stay() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(60)


def child_of(name: str, work=sleep) -> Child:
    return Child(name, Fork(name, work).begin)


@pytest.fixture
def supervise():
    """Start children under a supervisor; whatever happens, none outlives the test."""
    made: list[Supervisor] = []

    def start(*children: Child) -> tuple[Supervisor, list[str]]:
        lines: list[str] = []
        supervisor = Supervisor(children, lines.append)
        made.append(supervisor)
        supervisor.start()
        return supervisor, lines

    yield start
    for supervisor in made:
        for child in supervisor.children:
            if child.process:
                child.process.kill()
                child.process.join()


def pid_of(child: Child) -> int:
    assert child.process
    assert child.process.pid
    return child.process.pid


def test_a_killed_child_comes_back(supervise):
    child = child_of("web")
    supervisor, lines = supervise(child)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    supervisor.watch(until=lambda: bool(lines) and child.process is not None)
    assert pid_of(child) != first
    assert lines == ["web ended (signal SIGKILL); starting it again."]


def test_the_others_are_left_alone(supervise):
    web, worker = child_of("web"), child_of("worker")
    supervisor, lines = supervise(web, worker)
    kept = pid_of(worker)
    os.kill(pid_of(web), signal.SIGKILL)
    supervisor.watch(until=lambda: bool(lines))
    assert pid_of(worker) == kept


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (1, 0), (2, 1), (3, 2), (5, 8), (7, 30), (99, 30)]
)
def test_a_child_that_dies_at_once_is_started_more_and_more_slowly(failures, seconds):
    assert pause_s(failures) == seconds


def test_stopping_ends_every_child(supervise):
    children = [child_of("web"), child_of("worker")]
    supervisor, _lines = supervise(*children)
    pids = [pid_of(child) for child in children]
    supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_child_that_does_not_listen_is_killed(supervise, monkeypatch):
    monkeypatch.setattr("hearwell.ops.supervisor.GRACE_S", 0.3)
    child = child_of("web", stay)
    supervisor, lines = supervise(child)
    time.sleep(0.5)
    pid = pid_of(child)
    supervisor.stop()
    assert not psutil.pid_exists(pid)
    assert lines == ["web did not end within 0 s and was killed."]


def test_children_are_in_sessions_of_their_own(supervise):
    """Ctrl-C goes to everything in the terminal's group: the order is the supervisor's to keep."""
    child = child_of("web")
    supervise(child)
    wait_until(lambda: os.getsid(pid_of(child)) == pid_of(child))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word on a parent's death")
def test_a_child_ends_when_its_supervisor_is_killed(tmp_path: Path):
    note = tmp_path / "pid"
    parent = (
        "import os, pathlib, time;"
        "from hearwell.ops.forking import Fork;"
        "from hearwell.ops.parent import follow_supervisor;"
        "from hearwell.ops.supervisor import Child, Supervisor\n"
        "def live():\n"
        f"    follow_supervisor(); pathlib.Path({str(note)!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        "Supervisor([Child('x', Fork('x', live).begin)], print).start(); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        wait_until(lambda: note.exists() and note.read_text())
        process.kill()
    pid = int(note.read_text())
    wait_until(lambda: not psutil.pid_exists(pid) or is_zombie(pid))


def is_zombie(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def wait_until(holds, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)

"""Keeps a handful of child processes alive, and ends them in order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

LOOK_EVERY_S = 0.2
GRACE_S = 10.0
LONGEST_PAUSE_S = 30.0
# A child that lived this long was healthy: its next death is answered at once.
HEALTHY_AFTER_S = 20.0


class Process(Protocol):
    """A running child, as `multiprocessing` shows it; `exitcode` is None while it runs."""

    @property
    def pid(self) -> int | None:
        """Its number."""

    @property
    def exitcode(self) -> int | None:
        """How it ended: its code, or the signal below zero."""

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end, at most so many seconds."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """Make it end."""


@dataclass
class Child:
    """A process to keep alive: how to begin it and, while it runs, the process."""

    name: str
    begin: Callable[[], Process]
    process: Process | None = None
    started_at: float = 0.0
    failures: int = 0
    start_again_at: float = 0.0

    def start(self, now: float) -> None:
        """Start the process."""
        self.process = self.begin()
        self.started_at = now

    def has_ended(self) -> bool:
        """Tell whether the process was started and is gone."""
        return self.process is not None and self.process.exitcode is not None

    def note_end(self, now: float) -> int:
        """Forget the ended process, decide when to start again; return its exit code."""
        assert self.process is not None
        self.process.join()
        code = self.process.exitcode
        assert code is not None
        self.process = None
        was_healthy = now - self.started_at >= HEALTHY_AFTER_S
        self.failures = 0 if was_healthy else self.failures + 1
        self.start_again_at = now + pause_s(self.failures)
        return code


def pause_s(failures: int) -> float:
    """Return the pause before a start after so many quick deaths in a row, in seconds."""
    return 0.0 if failures <= 1 else min(2.0 ** (failures - 2), LONGEST_PAUSE_S)


@dataclass
class Supervisor:
    """Runs children until SIGINT or SIGTERM.

    `look_after` is called on every look, for what must be alive beneath the children (the
    database); `report` gets one line for the operator on every event.
    """

    children: Sequence[Child]
    report: Callable[[str], None]
    look_after: Callable[[], None] = lambda: None
    is_stopping: bool = False

    def catch_signals(self) -> None:
        """From now on SIGINT and SIGTERM mean: stop in order."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start(time.monotonic())

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Restart what ends, until told to stop or `until` holds."""
        while not self.is_stopping and not until():
            self.look_after()
            for child in self.children:
                self._look_at(child, time.monotonic())
            time.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """End every child: ask, wait, and only then insist."""
        for child in self.children:
            if child.process is not None and child.process.exitcode is None:
                child.process.terminate()
        deadline = time.monotonic() + GRACE_S
        for child in self.children:
            self._end(child, deadline)

    def _look_at(self, child: Child, now: float) -> None:
        if child.has_ended():
            code = child.note_end(now)
            self.report(f"{child.name} ended ({_cause(code)}); starting it again.")
        if child.process is None and now >= child.start_again_at:
            child.start(now)

    def _end(self, child: Child, deadline: float) -> None:
        if child.process is None:
            return
        child.process.join(max(0.0, deadline - time.monotonic()))
        if child.process.exitcode is None:
            self.report(f"{child.name} did not end within {GRACE_S:.0f} s and was killed.")
            child.process.kill()
            child.process.join()
        child.process = None

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True


def _cause(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name}"

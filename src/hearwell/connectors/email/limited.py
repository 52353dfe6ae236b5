"""Mail read in children with limits, behind a function that looks pure.

Same mail, same letter: what a mail may cost is bounded by its shape (`mime`, `html_text`), so a
child dies only of what these bounds do not foresee. Then the head alone is read, in a new child,
and the letter says that it is cut. See docs/decisions: mail in a limited child.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock

from hearwell.connectors.email.child import ANSWER, OUT_OF_MEMORY, REQUEST, exactly
from hearwell.connectors.email.letter import Letter, loaded
from hearwell.connectors.email.limits import CHILD_WALL_S

_AT_ONCE = max(2, os.cpu_count() or 2)
_LONGEST_ANSWER = 16 * 1024 * 1024
_COMMAND = [sys.executable, "-I", "-B", "-m", "hearwell.connectors.email.child"]


class TooHeavyError(Exception):
    """A mail could not be read within the limits, not even its head; or our reader is wrong."""


class _DiedError(Exception):
    """The child ended in the middle of a mail; `is_limit` where a limit of its own ended it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.is_limit = code in {OUT_OF_MEMORY, -signal.SIGXCPU}


class _RetiredError(Exception):
    """The child had ended by itself before it was asked: ask another one."""


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    line: socket.socket

    @classmethod
    def start(cls) -> _Child:
        ours, theirs = socket.socketpair()
        with theirs:
            # Raises OSError where this machine has no room for another process.
            process = subprocess.Popen(  # noqa: S603  our own module, no shell
                _COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                # What ends us (a terminal, a supervisor) must not look like a mail that ended it.
                start_new_session=True,
            )
        ours.settimeout(CHILD_WALL_S)
        return cls(process, ours)

    def ask(self, mail: bytes, *, is_frugal: bool) -> Letter:
        """Have a mail read. Raises TooHeavyError after the wall time, else as it ended."""
        try:
            self.line.sendall(REQUEST.pack(is_frugal, len(mail)) + mail)
            kind, said = self._answer()
        except TimeoutError as error:
            message = f"it took longer than {CHILD_WALL_S:.0f} s"
            raise TooHeavyError(message) from error
        except OSError as error:
            raise self._ended() from error
        if kind != b"L":
            message = f"reading it failed: {said[:80].decode('ascii', 'replace')}"
            raise TooHeavyError(message)
        try:
            return loaded(said)
        except (ValueError, TypeError, KeyError) as error:
            message = "its letter cannot be read"
            raise TooHeavyError(message) from error

    def _answer(self) -> tuple[bytes, bytes]:
        head = exactly(self.line, ANSWER.size)
        if len(head) < ANSWER.size:
            raise self._ended()
        kind, length = ANSWER.unpack(head)
        if length > _LONGEST_ANSWER:
            message = "its letter is too long"
            raise TooHeavyError(message)
        said = exactly(self.line, length)
        if len(said) < length:
            raise self._ended()
        return kind, said

    def _ended(self) -> Exception:
        code = self.process.wait(CHILD_WALL_S)
        return _RetiredError() if code == 0 else _DiedError(code)

    def stop(self) -> None:
        self.line.close()
        with suppress(OSError):
            self.process.kill()
        self.process.wait()


@dataclass(slots=True)
class Readers:
    """Children that wait for mail. As many work at once as there are processors."""

    _idle: list[_Child] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))
    _owner: int = field(default_factory=os.getpid)

    def read(self, mail: bytes) -> Letter:
        """Read a mail within the limits. Raises TooHeavyError."""
        with self._turns:
            # An end that no limit explains may be somebody else's doing: once more, whole.
            for is_last in (False, True):
                try:
                    return self._read(mail, is_frugal=False)
                except _DiedError as error:
                    if error.is_limit or is_last:
                        break
            try:
                return self._read(mail, is_frugal=True)
            except _DiedError as error:
                message = "not even its head could be read within the limits"
                raise TooHeavyError(message) from error

    def _read(self, mail: bytes, *, is_frugal: bool) -> Letter:
        while True:
            with suppress(_RetiredError), self._child() as child:
                return child.ask(mail, is_frugal=is_frugal)

    @contextmanager
    def _child(self) -> Iterator[_Child]:
        """A child, put back for the next mail unless something went wrong with it."""
        try:
            child = self._taken() or _Child.start()
        except OSError as error:
            message = "no child could be started"
            raise TooHeavyError(message) from error
        try:
            yield child
        except BaseException:
            child.stop()
            raise
        with self._lock:
            self._idle.append(child)

    def _taken(self) -> _Child | None:
        with self._lock:
            if self._owner != os.getpid():  # a fork: these children are our parent's
                self._owner, self._idle = os.getpid(), []
            while self._idle:
                child = self._idle.pop()
                if child.process.poll() is None:
                    return child
                child.stop()
        return None

    def close(self) -> None:
        """End all that wait."""
        with self._lock:
            while self._idle:
                self._idle.pop().stop()


_readers = Readers()
atexit.register(_readers.close)


def read(mail: bytes) -> Letter:
    """Read a mail in a child of this process. Raises TooHeavyError and nothing else."""
    return _readers.read(mail)

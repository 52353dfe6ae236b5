"""The child that reads strangers' mail: no secrets, no files to write, little memory, little time.

Started by `limited` with an empty environment and one socket as its standard input. A request is
``>BQ`` (frugal?, length) and the mail; an answer is ``>cQ`` (L letter, E error) and its bytes.
"""

from __future__ import annotations

import resource
import signal
import socket
import struct
import sys

from hearwell.connectors.email.letter import dumped
from hearwell.connectors.email.limits import (
    CHILD_CPU_S,
    CHILD_IDLE_S,
    CHILD_MEMORY,
    CHILD_WALL_S,
    MAX_MAIL,
)
from hearwell.connectors.email.reading import read

REQUEST, ANSWER = struct.Struct(">BQ"), struct.Struct(">cQ")
OUT_OF_MEMORY = 12


def main() -> int:
    """Read mail until nobody asks any more; returns the exit code."""
    _limit()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # we end when our line does
    with socket.socket(fileno=0) as line:
        while True:
            line.settimeout(CHILD_IDLE_S)
            try:
                asked = exactly(line, REQUEST.size)
            except TimeoutError:
                return 0
            if not asked:
                return 0
            line.settimeout(CHILD_WALL_S)
            is_frugal, length = REQUEST.unpack(asked)
            _allow_time()
            try:
                answer = _answer(line, min(length, MAX_MAIL), is_frugal=bool(is_frugal))
            except MemoryError:
                return OUT_OF_MEMORY
            line.sendall(answer)


def exactly(line: socket.socket, length: int) -> bytes:
    """Read so many bytes; fewer, or none, if the other end has gone. Raises TimeoutError."""
    found = bytearray()
    while len(found) < length:
        piece = line.recv(min(length - len(found), 1 << 20))
        if not piece:
            break
        found += piece
    return bytes(found)


def _answer(line: socket.socket, length: int, *, is_frugal: bool) -> bytes:
    mail = exactly(line, length)
    try:
        said, kind = dumped(read(mail, is_frugal=is_frugal)), b"L"
    # Our own mistake, told by its kind alone: what the mail says is nobody's business here.
    except Exception as error:
        if isinstance(error, MemoryError):
            raise
        said, kind = type(error).__name__.encode(), b"E"
    return ANSWER.pack(kind, len(said)) + said


def _limit() -> None:
    """Limits for the whole life; none can be raised again without privileges."""
    for what, most in (
        (resource.RLIMIT_AS, CHILD_MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def _allow_time() -> None:
    """Let the next mail have its processor time; the kernel ends us where that is over."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + CHILD_CPU_S + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main())

"""An IMAP and an SMTP server in this process: the same words over a line that is no socket.

As much of both protocols as a client like ours speaks, written from the RFCs and what Dovecot
answers; the real Dovecot examines both in tests/live.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

from hearwell.kit.sockets import Streams

IMAP_PORT, SMTP_PORT = 993, 465


@dataclass
class Folder:
    """A folder: mails by UID, with the time they came."""

    validity: int = 1
    next_uid: int = 1
    mails: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)

    def add(self, mail: bytes, at: datetime) -> int:
        """Put a mail in; returns its UID."""
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.mails[uid] = (mail, at)
        return uid

    def recount(self) -> None:
        """Give every mail another UID, as a server does that lost its index."""
        mails = list(self.mails.values())
        self.validity, self.next_uid, self.mails = self.validity + 1, 1, {}
        for mail, at in mails:
            self.add(mail, at)


@dataclass
class Post:
    """Both servers: their folders, what was handed in, and how they shall misbehave once.

    `refusals` maps a command to the answer it gets the next time, "" to hanging up instead.
    """

    user: str = "support@northwind.test"
    password: str = "secret"  # noqa: S105  a fake's
    folders: dict[str, Folder] = field(
        default_factory=lambda: {"INBOX": Folder(), "Sent": Folder()}
    )
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    contacted: set[str] = field(default_factory=set)
    unreachable: OSError | None = None
    on_append: Callable[[str, int], None] | None = None
    on_taken: Callable[[str, bytes], None] | None = None

    @property
    def context(self) -> ssl.SSLContext:
        """Never used: the fake's line is as good as TLS."""
        return ssl.create_default_context()

    def may_lie_inside(self, host: str, port: int) -> bool:
        """Nothing may."""
        return (host, port) == ("inside.test", 143)

    def open(self, host: str, port: int, *, tls: bool, timeout_s: float) -> socket.socket:
        """A line to one of the two."""
        del tls, timeout_s
        if self.unreachable is not None:
            raise self.unreachable
        self.contacted.add(f"{host}:{port}")
        from hearwell.connectors.email.fake_speakers import FakeImap, FakeSmtp

        server = FakeImap(self) if port in {143, IMAP_PORT} else FakeSmtp(self)
        return cast("socket.socket", Line(server))

    async def open_streams(self, host: str, port: int, *, tls: bool, timeout_s: float) -> Streams:
        """The fake cannot wait for news; real servers in tests can."""
        del host, port, tls, timeout_s
        raise ConnectionRefusedError

    def refusal(self, command: str) -> str | None:
        """What a command is answered with this once, instead of being done."""
        return self.refusals.pop(command, None)


class HangUpError(Exception):
    """The server ends the line."""


class Server:
    """Takes whole lines and literals, says lines."""

    def __init__(self, post: Post) -> None:
        self.post, self.said = post, bytearray()

    def say(self, line: str | bytes) -> None:
        """One line."""
        self.said += (line if isinstance(line, bytes) else line.encode()) + b"\r\n"

    def hear(self, line: bytes) -> None:
        """One line of the client's, a literal included."""
        raise NotImplementedError

    def wants(self, heard: bytes) -> int:
        """How many bytes more belong to what was heard, 0 if it is whole."""
        del heard
        return 0


class Line:
    """What looks like a connected socket to `imaplib` and `smtplib`."""

    def __init__(self, server: Server) -> None:
        self._server, self._heard, self._is_open = server, bytearray(), True

    def sendall(self, data: bytes) -> None:
        """Hand bytes to the server, a whole line at a time."""
        if not self._is_open:
            raise BrokenPipeError
        self._heard += data
        while self._is_open:
            end = self._whole()
            if end is None:
                return
            line, self._heard = bytes(self._heard[:end]), self._heard[end:]
            try:
                self._server.hear(line)
            except HangUpError:
                self._is_open = False

    def _whole(self) -> int | None:
        """Where the first thing that was said ends, if it has ended."""
        at = self._heard.find(b"\r\n")
        if at < 0:
            return None
        end = at + 2
        wanted = self._server.wants(bytes(self._heard[:end]))
        return end + wanted if len(self._heard) >= end + wanted else None

    def makefile(self, _mode: str = "rb", *_: object, **__: object) -> Line:
        """Itself: it can be read from."""
        return self

    def readline(self, limit: int = -1) -> bytes:
        """A line of the server's, nothing when it has hung up."""
        at = self._server.said.find(b"\n")
        end = at + 1 if at >= 0 else len(self._server.said)
        return self._take(end if limit < 0 else min(end, limit))

    def read(self, size: int = -1) -> bytes:
        """Some bytes of the server's."""
        return self._take(len(self._server.said) if size < 0 else size)

    recv = read

    def _take(self, size: int) -> bytes:
        found = bytes(self._server.said[:size])
        del self._server.said[:size]
        return found

    def settimeout(self, _seconds: float | None) -> None:
        """It never waits."""

    def shutdown(self, _how: int) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


def ago(minutes: float) -> datetime:
    """A time that a server could have noted, which counts in whole seconds."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).replace(microsecond=0)

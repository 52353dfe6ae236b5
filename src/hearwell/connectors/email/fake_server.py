"""An IMAP and an SMTP server in this process: the same words over a line that is no socket.

As much of both protocols as a client like ours speaks, written from the RFCs and what Dovecot
answers; the real Dovecot examines both in tests/live.
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hearwell.kit.sockets import Streams

IMAP_PORT, SMTP_PORT = 993, 465
_DATE = "%d-%b-%Y %H:%M:%S +0000"
_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")


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


# --- IMAP ----------------------------------------------------------------------------------------


class FakeImap(Server):
    """An IMAP server with one user."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self._open: Folder | None = None
        self._waits_for: tuple[str, str] | None = None
        self.say(post.refusal("greeting") or "* OK ready")

    def wants(self, heard: bytes) -> int:
        """A literal and the line end after it."""
        literal = _LITERAL.search(heard)
        if literal is None:
            return 0
        if b"+ go on\r\n" not in self.said:
            self.say("+ go on")
        return int(literal[1]) + 2

    def hear(self, line: bytes) -> None:
        """Do one command."""
        if self._waits_for is not None:
            (waiting, way), self._waits_for = self._waits_for, None
            self._proven(waiting, way, base64.b64decode(line.strip()))
            return
        tag, _, rest = line.removesuffix(b"\r\n").partition(b" ")
        name, _, given = rest.partition(b" ")
        command = name.decode().upper()
        if command == "UID":
            name, _, given = given.partition(b" ")
            command = name.decode().upper()  # of mail we speak by UID only
        refusal = self.post.refusal(command)
        if refusal == "":
            raise HangUpError
        if refusal is not None:
            self.say(f"{tag.decode()} {refusal}")
            return
        getattr(self, f"_do_{command.lower()}", self._do_unknown)(tag.decode(), given)

    def _do_unknown(self, tag: str, _given: bytes) -> None:
        self.say(f"{tag} BAD unknown command")

    def _do_capability(self, tag: str, _given: bytes) -> None:
        self.say("* CAPABILITY IMAP4rev1 IDLE QUOTA AUTH=PLAIN AUTH=XOAUTH2")
        self.say(f"{tag} OK done")

    def _do_authenticate(self, tag: str, given: bytes) -> None:
        self._waits_for = (tag, given.decode())
        self.say("+ ")

    def _proven(self, tag: str, way: str, word: bytes) -> None:
        plain = f"\0{self.post.user}\0{self.post.password}".encode()
        token = f"user={self.post.user}\x01auth=Bearer {self.post.password}\x01\x01".encode()
        if word == (plain if way == "PLAIN" else token):
            self.say(f"{tag} OK in")
        else:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] no")

    def _do_list(self, tag: str, _given: bytes) -> None:
        for name in self.post.folders:
            mark = r"\HasNoChildren \Sent" if name == "Sent" else r"\HasNoChildren"
            self.say(f'* LIST ({mark}) "/" "{name}"')
        self.say(f"{tag} OK done")

    def _do_create(self, tag: str, given: bytes) -> None:
        self.post.folders.setdefault(given.decode().strip('"'), Folder())
        self.say(f"{tag} OK done")

    def _do_examine(self, tag: str, given: bytes) -> None:
        self._open = self.post.folders.get(given.decode().strip('"'))
        if self._open is None:
            self.say(f"{tag} NO [NONEXISTENT] no such folder")
            return
        self.say(f"* {len(self._open.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self._open.validity}] UIDs valid")
        self.say(f"* OK [UIDNEXT {self._open.next_uid}] next")
        self.say(f"{tag} OK [READ-ONLY] done")

    def _do_search(self, tag: str, given: bytes) -> None:
        found = [uid for uid in self._mails() if self._fits(uid, given.decode())]
        self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())
        self.say(f"{tag} OK done")

    def _mails(self) -> dict[int, tuple[bytes, datetime]]:
        return self._open.mails if self._open else {}

    def _fits(self, uid: int, asked: str) -> bool:
        mail, at = self._mails()[uid]
        head = mail.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        if (span := re.search(r"UID (\d+):\*", asked)) and uid < int(span[1]):
            return uid == max(self._mails())  # as servers do: the last one is always in "n:*"
        if since := re.search(r"SINCE (\d+-\w+-\d+)", asked):
            first = datetime.strptime(since[1], "%d-%b-%Y").replace(tzinfo=UTC)
            if at < first:
                return False
        if (own := re.search(r'HEADER Message-ID "(.*?)"', asked)) and own[1] not in head:
            return False
        to = re.search(r' TO "(.*?)"', asked)
        return to is None or f"To: {to[1]}" in head or f"<{to[1]}>" in head

    def _do_fetch(self, tag: str, given: bytes) -> None:
        numbers, _, asked = given.decode().partition(" ")
        for word in numbers.split(","):
            mail = self._mails().get(int(word))
            if mail is not None:
                self._fetch(int(word), *mail, asked)
        self.say(f"{tag} OK done")

    def _fetch(self, uid: int, mail: bytes, at: datetime, asked: str) -> None:
        if "SIZE" in asked:
            facts = f'UID {uid} RFC822.SIZE {len(mail)} INTERNALDATE "{at:{_DATE}}"'
            self.say(f"* {uid} FETCH ({facts})")
            return
        cut = re.search(r"<0\.(\d+)>", asked)
        body = mail[: int(cut[1])] if cut else mail
        if section := re.search(r"BODY\.PEEK\[([\d.]+?)(\.MIME)?\]", asked):
            found = _section(mail, section[1], is_head=bool(section[2]))
            if found is None:
                self.say(f"* {uid} FETCH (UID {uid} BODY[{section[1]}] NIL)")
                return
            body = found
        self.say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(body)}}}")
        self.said += body
        self.say(")")

    def _do_append(self, tag: str, given: bytes) -> None:
        command, _, mail = given.partition(b"\r\n")
        name = command.decode().split(" ")[0].strip('"')
        uid = self.post.folders[name].add(mail, datetime.now(UTC).replace(microsecond=0))
        self.say(f"{tag} OK done")
        if self.post.on_append is not None:
            self.post.on_append(name, uid)

    def _do_getquotaroot(self, tag: str, _given: bytes) -> None:
        self.say('* QUOTAROOT "INBOX" "user"')
        self.say('* QUOTA "user" (STORAGE 10 1000)')
        self.say(f"{tag} OK done")

    def _do_logout(self, tag: str, _given: bytes) -> None:
        self.say("* BYE")
        self.say(f"{tag} OK done")


def _section(mail: bytes, section: str, *, is_head: bool) -> bytes | None:
    from hearwell.connectors.email.mime import tree_of

    for part in tree_of(mail)[0].walk():
        if part.section == section:
            lines = [name.encode() + b": " + value for name, value in part.head.fields]
            return b"\r\n".join(lines) if is_head else mail[part.start : part.end]
    return None


# --- SMTP ----------------------------------------------------------------------------------------


class FakeSmtp(Server):
    """An SMTP server that takes what its one user hands in."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self._sender = self._recipient = ""
        self._data: list[bytes] | None = None
        self.say(post.refusal("smtp greeting") or "220 mail.northwind.test ESMTP")

    def hear(self, line: bytes) -> None:
        """Do one command, or take one line of a mail."""
        if self._data is not None:
            self._take_line(line)
            return
        words = line.decode().strip()
        command = words.split(" ")[0].upper()
        refusal = self.post.refusal(command)
        if refusal == "":
            raise HangUpError
        self.say(refusal or self._answer(command, words))

    def _answer(self, command: str, words: str) -> str:
        answers: dict[str, Callable[[str], str]] = {
            "EHLO": lambda _: "250-mail.northwind.test\r\n250-8BITMIME\r\n250 AUTH PLAIN XOAUTH2",
            "AUTH": self._sign_in,
            "MAIL": self._from,
            "RCPT": self._to,
            "DATA": self._begin,
            "QUIT": lambda _: "221 bye",
        }
        answer: Any = answers.get(command)
        return str(answer(words)) if answer else "500 5.5.1 unknown command"

    def _sign_in(self, words: str) -> str:
        given = base64.b64decode(words.split(" ")[2])
        plain = f"\0{self.post.user}\0{self.post.password}".encode()
        token = f"user={self.post.user}\x01auth=Bearer {self.post.password}\x01\x01".encode()
        return "235 2.7.0 in" if given in {plain, token} else "535 5.7.8 no"

    def _from(self, words: str) -> str:
        self._sender = words.partition("<")[2].partition(">")[0]
        return "250 2.1.0 ok"

    def _to(self, words: str) -> str:
        self._recipient = words.partition("<")[2].partition(">")[0]
        return "250 2.1.5 ok"

    def _begin(self, _words: str) -> str:
        self._data = []
        return "354 go on"

    def _take_line(self, line: bytes) -> None:
        if self._data is None:
            return
        if line != b".\r\n":
            self._data.append(line.removeprefix(b".") if line.startswith(b".") else line)
            return
        mail, self._data = b"".join(self._data), None
        refusal = self.post.refusal("mail")
        if refusal == "":
            raise HangUpError
        if refusal is not None and not refusal.startswith("taken"):
            self.say(refusal)
            return
        self.post.taken.append((self._sender, self._recipient, mail))
        if self.post.on_taken is not None:
            self.post.on_taken(self._recipient, mail)
        if refusal is not None:  # taken, and then the line breaks
            raise HangUpError
        self.say("250 2.0.0 queued")


def ago(minutes: float) -> datetime:
    """A time that a server could have noted, which counts in whole seconds."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).replace(microsecond=0)

"""Wait for news with IMAP's IDLE (RFC 2177): one quiet line an account, no thread of its own.

It never fetches: a server's "* OK Still here" is no news, and which mails are new only the UID
tells. It ends when the line ends, and the caller comes back.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field

from hearwell.connect import failures
from hearwell.connect.model import Nudge
from hearwell.connectors.email.imap import is_on_one_line, xoauth2
from hearwell.connectors.email.imap_words import failure_for, folder_encoded
from hearwell.connectors.email.lines import Opens, check_security, unreachable
from hearwell.connectors.email.mailbox import Mailbox, Security, SignIn
from hearwell.kit import clock

RENEW_S = 25 * 60.0
"""Servers may hang up after half an hour of silence."""
_STEP_S = 30.0
_LONGEST_LINE = 64 * 1024
_NEWS = (b"EXISTS", b"RECENT")


async def nudges(
    opener: Opens, box: Mailbox, secrets: Mapping[str, str], folder: str
) -> AsyncIterator[Nudge]:
    """A nudge whenever the folder says that something came. Raises contract failures.

    Ends at once where the server cannot wait.
    """
    line = await _connected(opener, box)
    try:
        await line.sign_in(box, secrets)
        if "IDLE" not in await line.capabilities():
            return
        await line.do(f"EXAMINE {folder_encoded(folder)}")
        # What came before the folder was open is the poll's to find: it asks at the same time.
        async with contextlib.aclosing(line.idle()) as waiting:
            async for nudge in waiting:
                yield nudge
    finally:
        await line.close()


async def _connected(opener: Opens, box: Mailbox) -> _Line:
    server = box.imap
    try:
        check_security(opener, server)
        is_tls = server.security is Security.TLS
        reader, writer = await opener.open_streams(
            server.host, server.port, tls=is_tls, timeout_s=_STEP_S
        )
    except OSError as error:  # TimeoutError is one of them
        raise unreachable(server, error) from error
    line = _Line(reader, writer)
    try:
        await line.greeting()
        if server.security is Security.STARTTLS:
            await line.do("STARTTLS")
            await line.secure(opener.context, server.host)
    except BaseException as error:
        await line.close()
        if isinstance(error, OSError):
            raise unreachable(server, error) from error
        raise
    return line


@dataclass(slots=True)
class _Line:
    """As much of an IMAP client as waiting needs: tags, no literals."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _count: int = 0
    _said: list[bytes] = field(default_factory=list)

    async def greeting(self) -> None:
        """The first line. Raises what a server that does not want us stands for."""
        first = await self._line()
        if not first.startswith((b"* OK", b"* PREAUTH")):
            raise failure_for(first.decode("utf-8", "replace"), clock.now())

    async def secure(self, context: ssl.SSLContext, name: str) -> None:
        """Begin TLS; what was said before it is forgotten."""
        self._said.clear()
        async with asyncio.timeout(_STEP_S):
            await self.writer.start_tls(context, server_hostname=name)

    async def sign_in(self, box: Mailbox, secrets: Mapping[str, str]) -> None:
        """By OAuth2, SASL PLAIN, or LOGIN where a server knows nothing else."""
        password = secrets.get("password", "")
        if not is_on_one_line(box.user, password):
            raise failures.NeedsReauth(network_code="line")
        if box.sign_in is SignIn.OAUTH2:
            await self._prove("XOAUTH2", xoauth2(box.user, secrets.get("access", "")))
        elif "AUTH=PLAIN" in await self.capabilities():
            await self._prove("PLAIN", f"\0{box.user}\0{password}".encode())
        else:
            words = " ".join(_quoted(word) for word in (box.user, password))
            await self.do(f"LOGIN {words}", is_sign_in=True)

    async def _prove(self, way: str, word: bytes) -> None:
        coded = base64.b64encode(word)
        await self.do(f"AUTHENTICATE {way}", answers=[coded, b""], is_sign_in=True)

    async def capabilities(self) -> set[str]:
        """What the server can do."""
        await self.do("CAPABILITY")
        rows = [row for row in self._said if row.upper().startswith(b"* CAPABILITY")]
        return set(b" ".join(rows).decode("ascii", "replace").upper().split())

    async def do(
        self, command: str, *, answers: list[bytes] | None = None, is_sign_in: bool = False
    ) -> None:
        """One command to its tagged end; `answers` are given to its continuations in turn."""
        tag = self._send(command)
        given = iter(answers or [])
        self._said.clear()
        while True:
            said = await self._line()
            if said.startswith(b"+"):
                self.writer.write(next(given, b"") + b"\r\n")
            elif said.startswith(tag):
                break
            else:
                self._said.append(said)
        if not said[len(tag) :].strip().upper().startswith(b"OK"):
            words = said.decode("utf-8", "replace")
            raise failure_for(words, clock.now(), while_signing_in=is_sign_in)

    async def idle(self) -> AsyncGenerator[Nudge, None]:
        """Wait, and begin to wait anew before the server grows tired of it."""
        while True:
            tag = self._send("IDLE")
            async with contextlib.aclosing(self._until_renewal(tag)) as lines:
                async for said in lines:
                    if said.startswith(b"* BYE"):
                        raise failure_for(said.decode("utf-8", "replace"), clock.now())
                    if said.startswith(b"*") and said.split(b" ")[-1].strip().upper() in _NEWS:
                        yield Nudge()

    async def _until_renewal(self, tag: bytes) -> AsyncGenerator[bytes, None]:
        """Lines until it is time to say DONE, and those until that is confirmed."""
        end = asyncio.get_running_loop().time() + RENEW_S
        is_done = False
        while True:
            left = end - asyncio.get_running_loop().time()
            try:
                said = await self._line(left if not is_done else _STEP_S)
            except TimeoutError:
                if is_done:
                    raise failures.Unavailable(network_code="IDLE") from None
                self.writer.write(b"DONE\r\n")
                is_done = True
                continue
            if said.startswith(tag):
                if not said[len(tag) :].strip().upper().startswith(b"OK"):
                    raise failure_for(said.decode("utf-8", "replace"), clock.now())
                return
            yield said

    def _send(self, command: str) -> bytes:
        self._count += 1
        tag = f"H{self._count:04}".encode()
        self.writer.write(tag + b" " + command.encode() + b"\r\n")
        return tag + b" "

    async def _line(self, timeout_s: float = _STEP_S) -> bytes:
        """One line. Raises TimeoutError, and Unavailable when there are no more."""
        try:
            async with asyncio.timeout(max(timeout_s, 0.0)):
                said = await self.reader.readline()
        except TimeoutError:
            raise
        # ValueError: a line longer than any server has a reason to send.
        except (OSError, ValueError) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        if not said.endswith(b"\n") or len(said) > _LONGEST_LINE:
            raise failures.Unavailable(network_code="EOF")
        return said

    async def close(self) -> None:
        """Hang up without a word, and wait until that is done."""
        self.writer.transport.abort()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self.writer.wait_closed()


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

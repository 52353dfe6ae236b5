"""Waiting for news on a real line: a small IMAP server on loopback that says what a test wants."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import cast

import pytest

from hearwell.connect import failures
from hearwell.connect.model import Account, Nudge
from hearwell.connectors.email import idle
from hearwell.connectors.email.connector import EmailConnector
from hearwell.kit.sockets import Opener

Say = Callable[[str], Awaitable[None]]
SECRETS = {"password": "secret"}


class Server:
    """Answers every command with OK; IDLE as the test says."""

    def __init__(self, idle_lines: Sequence[str], **answers: str) -> None:
        self.idle_lines, self.answers = list(idle_lines), answers
        self.heard: list[str] = []
        self.port = 0
        self.lines: list[asyncio.StreamWriter] = []
        self.tasks: list[asyncio.Task[None]] = []

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Server]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self.lines:
                writer.transport.abort()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.append(writer)
        task = asyncio.current_task()
        assert task is not None
        self.tasks.append(task)
        with contextlib.suppress(ConnectionError):
            writer.write((self.answers.get("greeting", "* OK ready") + "\r\n").encode())
            while line := (await reader.readline()).decode().rstrip():
                self.heard.append(line)
                await self._answer(line, reader, writer)
        writer.close()

    async def _answer(
        self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        tag, _, command = line.partition(" ")
        word = command.split(" ")[0]
        if word == "CAPABILITY":
            writer.write(self.answers.get("caps", "* CAPABILITY IMAP4rev1 IDLE").encode() + b"\r\n")
        if word == "AUTHENTICATE":
            writer.write(b"+ \r\n")
            self.heard.append((await reader.readline()).decode().rstrip())
        if word == "IDLE" and "IDLE" not in self.answers:
            await self._idle(reader, writer)
        writer.write(f"{tag} {self.answers.get(word, 'OK done')}\r\n".encode())
        await writer.drain()

    async def _idle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"+ idling\r\n")
        for said in self.idle_lines:
            writer.write(said.encode() + b"\r\n")
        self.idle_lines.clear()
        await writer.drain()
        if "hang up" in self.answers:
            writer.close()
            return
        self.heard.append((await reader.readline()).decode().rstrip())


def _account(port: int) -> Account:
    settings = {
        "address": "support@northwind.test", "imap_host": "127.0.0.1", "imap_port": str(port),
        "imap_security": "none", "smtp_host": "127.0.0.1",
    }  # fmt: skip
    return Account("support@northwind.test", settings=settings, secrets=SECRETS)


async def _nudged(server: Server, wanted: int, **more: str) -> list[Nudge]:
    """Listen until so many nudges came, or the line ended."""
    async with server.running():
        opener = Opener([f"imap://127.0.0.1:{server.port}"], ports=())
        account = _account(server.port)
        found: list[Nudge] = []
        stream = cast("AsyncGenerator[object, None]", EmailConnector(opener).listen(account))
        async with asyncio.timeout(10), contextlib.aclosing(stream):
            async for said in stream:
                assert isinstance(said, Nudge)
                found.append(said)
                if len(found) == wanted:
                    break
        return found


def test_news_is_a_nudge_and_a_sign_of_life_is_not() -> None:
    server = Server(["* OK Still here", "* 3 EXISTS", "* 2 EXPUNGE", "* 4 EXISTS", "* 1 RECENT"])
    assert len(asyncio.run(_nudged(server, 3))) == 3
    commands = [line.split(" ")[1] for line in server.heard if " " in line]
    assert commands == ["CAPABILITY", "LOGIN", "CAPABILITY", "EXAMINE", "IDLE"]
    assert server.heard[1].endswith('"support@northwind.test" "secret"')


def test_waiting_begins_anew_before_the_server_grows_tired(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(idle, "RENEW_S", 0.05)
    server = Server([])

    async def until_renewed() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await _nudged(server, 1)

    asyncio.run(until_renewed())
    assert server.heard.count("DONE") > 1
    assert [line.split(" ")[-1] for line in server.heard].count("IDLE") > 1


def test_sasl_where_the_server_has_it() -> None:
    server = Server(["* 1 EXISTS"], caps="* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN")
    asyncio.run(_nudged(server, 1))
    assert not any("LOGIN" in line for line in server.heard)
    assert any("AUTHENTICATE PLAIN" in line for line in server.heard)


def test_a_server_that_cannot_wait_ends_the_stream_at_once() -> None:
    assert asyncio.run(_nudged(Server([], caps="* CAPABILITY IMAP4rev1"), 1)) == []


@pytest.mark.parametrize(
    ("server", "expects"),
    [
        (Server([], greeting="* BYE [UNAVAILABLE] later"), failures.Unavailable),
        (Server([], LOGIN="NO [AUTHENTICATIONFAILED] no"), failures.NeedsReauth),
        (Server([], LOGIN="NO no"), failures.NeedsReauth),
        (Server([], EXAMINE="NO [NOPERM] no"), failures.ScopeMissing),
        (Server([], IDLE="NO [LIMIT] no"), failures.Throttled),
        (Server(["* BYE [UNAVAILABLE] restart"]), failures.Unavailable),
        (Server([], **{"hang up": "1"}), failures.Unavailable),
        (Server(["* " + "x" * 200_000]), failures.Unavailable),
    ],
)
def test_what_goes_wrong_is_a_failure_of_the_contract(
    server: Server, expects: type[failures.Failure]
) -> None:
    with pytest.raises(failures.Failure) as caught:
        asyncio.run(_nudged(server, 1))
    assert type(caught.value) is expects
    assert "secret" not in repr(caught.value)


def test_nobody_there_is_unavailable_and_inside_is_refused() -> None:
    account = _account(1)

    async def first(connector: EmailConnector) -> object:
        return await anext(aiter(connector.listen(account)))

    with pytest.raises(failures.Unavailable):
        asyncio.run(first(EmailConnector(Opener(["imap://127.0.0.1:1"], ports=()))))
    with pytest.raises(failures.NotAllowed):
        asyncio.run(first(EmailConnector(Opener((), ports=[1]))))


def test_an_abandoned_stream_hangs_up() -> None:
    server = Server(["* 1 EXISTS"])

    async def abandon() -> int:
        async with server.running():
            opener = Opener([f"imap://127.0.0.1:{server.port}"], ports=())
            stream = EmailConnector(opener).listen(_account(server.port))
            await anext(aiter(stream))
            await stream.aclose()  # type: ignore[attr-defined]
            await asyncio.sleep(0.2)
        return len(asyncio.all_tasks())

    assert asyncio.run(abandon()) == 1

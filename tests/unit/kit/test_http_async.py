"""The safe client in a loop: the same refusals as its sibling's, and lines as they come."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator

import httpx
import pytest

from hearwell.kit.http import EgressDeniedError
from hearwell.kit.http_async import async_client


class Drips(http.server.BaseHTTPRequestHandler):
    heard = threading.Event()

    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(b"one\n")
        self.wfile.flush()
        # The second line is only said once the first was heard.
        self.heard.wait(10)
        self.wfile.write(b"two\n")

    def log_message(self, *args: object) -> None:
        """Keep the test output clean."""


@pytest.fixture
def origin() -> Iterator[str]:
    Drips.heard.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Drips)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Drips.heard.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_lines_come_while_the_connection_is_open(origin: str) -> None:
    async def read() -> list[str]:
        lines = []
        async with async_client([], origins=[origin]) as client, client.stream("GET", origin) as a:
            async for line in a.aiter_lines():
                lines.append(line)
                Drips.heard.set()
        return lines

    assert asyncio.run(read()) == ["one", "two"]


async def _status(url: str, hosts: list[str], origins: list[str]) -> int:
    async with async_client(hosts, origins=origins) as client:
        return (await client.get(url)).status_code


@pytest.mark.parametrize("spelling", ["localhost", "127.1", "0x7f000001", "[::1]", "127.0.0.1"])
def test_a_listed_host_that_resolves_inside_is_refused(spelling: str) -> None:
    with pytest.raises(httpx.ConnectError):
        asyncio.run(_status(f"https://{spelling}/", [spelling.strip("[]")], []))


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example.com/", "http://api.example.com/", "https://api.example/"]
)
def test_what_is_not_listed_is_refused_before_any_connection(url: str) -> None:
    with pytest.raises(EgressDeniedError):
        asyncio.run(_status(url, ["api.example.com"], []))


def test_redirects_are_not_followed(origin: str) -> None:
    Drips.heard.set()
    assert asyncio.run(_status(f"{origin}/away", [], [origin])) == 302


def test_a_name_that_cannot_be_one_is_a_failed_connection() -> None:
    with pytest.raises(httpx.ConnectError):
        asyncio.run(_status("https://a..example/", ["a..example"], []))

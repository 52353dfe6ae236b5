"""The safe client: what it must refuse, and what it may reach."""

from __future__ import annotations

import gzip
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from hearwell.kit.http import (
    AnswerTooLargeError,
    EgressDeniedError,
    client,
    is_public,
    retry_after_s,
)
from hearwell.kit.http_async import async_client, lines
from tests.aside import run_aside

INSIDE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.192", "0.0.0.1", "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "::7f00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_not_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30), ("0", 0), ("999999", 999_999), ("1000000", 0), ("-5", 0), ("1.5", 0),
     ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("", 0), (None, 0)],
)  # fmt: skip
def test_a_wait_is_seconds_or_nothing(said: str | None, seconds: int):
    headers = {} if said is None else {"Retry-After": said}
    assert retry_after_s(httpx.Headers(headers)) == seconds


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111"])
def test_public_addresses_are_public(address: str):
    assert is_public(address)


PACKED = {"/bomb": "gzip", "/packed": "gzip", "/twice": "gzip, gzip", "/broken": "br"}


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            return
        body = b"x" * (10_000 if self.path == "/large" else 2)
        packing = PACKED.get(self.path)
        if packing:
            body = gzip.compress(b"x" * (10_000_000 if self.path == "/bomb" else 900))
        self.send_response(200)
        if packing:
            self.send_header("Content-Encoding", packing)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep the test output clean."""


@pytest.fixture
def origin() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_allowed_origin_is_reached(origin: str):
    with client([], origins=[origin]) as http_client:
        assert http_client.get(f"{origin}/").text == "xx"


def test_the_same_host_on_another_port_is_refused(origin: str):
    with (
        client([], origins=["http://127.0.0.1:1"]) as http_client,
        pytest.raises(EgressDeniedError),
    ):
        http_client.get(f"{origin}/")


@pytest.mark.parametrize(
    "spelling", ["localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "127.0.0.1"]
)
def test_a_listed_host_that_resolves_inside_is_refused(spelling: str):
    with client([spelling.strip("[]")]) as http_client, pytest.raises(httpx.ConnectError):
        http_client.get(f"https://{spelling}/")


@pytest.mark.parametrize("name", ["a..example", f"{'x' * 64}.example"])
def test_a_name_that_cannot_be_one_is_a_failed_connection(name: str):
    with client([name]) as http_client, pytest.raises(httpx.ConnectError):
        http_client.get(f"https://{name}/")


def test_an_unlisted_host_is_refused_before_any_connection():
    with client(["api.example.com"]) as http_client, pytest.raises(EgressDeniedError):
        http_client.get("https://elsewhere.example.com/")


def test_plain_http_to_a_listed_host_is_refused():
    with client(["api.example.com"]) as http_client, pytest.raises(EgressDeniedError):
        http_client.get("http://api.example.com/")


def test_redirects_are_not_followed(origin: str):
    with client([], origins=[origin]) as http_client:
        assert http_client.get(f"{origin}/away").status_code == 302


def test_a_packed_answer_is_cut_by_what_it_holds(origin: str):
    with client([], origins=[origin], max_bytes=20_000) as http:
        assert http.get(f"{origin}/packed").content == b"x" * 900
        with pytest.raises(AnswerTooLargeError):
            http.get(f"{origin}/bomb")


@pytest.mark.parametrize("path", ["/twice", "/broken"])
def test_a_packing_that_was_not_asked_for_is_no_answer(origin: str, path: str):
    with client([], origins=[origin]) as http, pytest.raises(httpx.DecodingError):
        http.get(f"{origin}{path}")


def test_an_endless_answer_is_cut(origin: str):
    with (
        client([], origins=[origin], max_bytes=1000) as http_client,
        pytest.raises(AnswerTooLargeError),
    ):
        http_client.get(f"{origin}/large")


# --- lines held open ---------------------------------------------------------------------------


def test_an_answer_that_comes_drop_by_drop_is_cut():
    """Each drop is in time, all of them are not: the head of an answer can drip, too."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def drip() -> None:
            line, _ = listener.accept()
            with line, suppress(OSError):
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                for number in range(40):
                    line.sendall(f"X-{number}: y\r\n".encode())
                    time.sleep(0.05)
                line.sendall(b"\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{port}"
        with client(None, origins=[url], lasts_s=0.3) as http, pytest.raises(httpx.ReadTimeout):
            http.get(url)
        thread.join()


def test_one_that_takes_what_is_sent_drop_by_drop_is_left():
    """Each drop is taken in time, all of them are not."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        port, is_over = listener.getsockname()[1], threading.Event()

        def sip() -> None:
            line, _ = listener.accept()
            with line, suppress(OSError):
                while not is_over.wait(0.05):
                    line.recv(65_536)

        thread = threading.Thread(target=sip)
        thread.start()
        url = f"http://127.0.0.1:{port}"
        try:
            with (
                client(None, origins=[url], lasts_s=0.3) as http,
                pytest.raises(httpx.WriteTimeout),
            ):
                http.post(url, content=b"x" * 50_000_000)
        finally:
            is_over.set()
            thread.join()


async def _lines(url: str, *, origins: list[str], max_bytes: int = 1000) -> list[str]:
    async with async_client([], origins=origins) as held, held.stream("GET", url) as answer:
        return [line async for line in lines(answer, max_bytes=max_bytes)]


def test_a_line_that_is_held_open_is_guarded_alike(origin: str):
    assert run_aside(_lines(f"{origin}/", origins=[origin])) == ["xx"]
    with pytest.raises(EgressDeniedError):
        run_aside(_lines(f"{origin}/", origins=["http://127.0.0.1:1"]))


@pytest.mark.parametrize("spelling", ["localhost", "127.1", "2130706433", "127.0.0.1"])
def test_held_open_or_not_nothing_leads_inside(spelling: str):
    async def ask() -> None:
        async with async_client([spelling]) as held:
            await held.get(f"https://{spelling}/")

    with pytest.raises(httpx.ConnectError):
        run_aside(ask())


def test_a_line_without_an_end_is_cut(origin: str):
    with pytest.raises(AnswerTooLargeError):
        run_aside(_lines(f"{origin}/large", origins=[origin], max_bytes=100))


def test_lines_are_cut_at_line_feeds_alone_however_they_arrive():
    async def pieces():
        for piece in (b"on", b"e\r\ntw\xc3", b"\xb6\xe2\x80\xa8\n\n", b"last"):
            yield piece

    async def read() -> list[str]:
        return [line async for line in lines(httpx.Response(200, content=pieces()))]

    assert run_aside(read()) == ["one", "twö\u2028", "", "last"]

"""The safe client: what it must refuse, and what it may reach."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import httpx
import pytest

from hearwell.kit.http import AnswerTooLargeError, EgressDeniedError, client, is_public

INSIDE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.192", "0.0.0.1", "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "::7f00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_not_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111"])
def test_public_addresses_are_public(address: str):
    assert is_public(address)


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            return
        body = b"x" * (10_000 if self.path == "/large" else 2)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep the test output clean."""


@pytest.fixture
def origin() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
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


def test_an_unlisted_host_is_refused_before_any_connection():
    with client(["api.example.com"]) as http_client, pytest.raises(EgressDeniedError):
        http_client.get("https://elsewhere.example.com/")


def test_plain_http_to_a_listed_host_is_refused():
    with client(["api.example.com"]) as http_client, pytest.raises(EgressDeniedError):
        http_client.get("http://api.example.com/")


def test_redirects_are_not_followed(origin: str):
    with client([], origins=[origin]) as http_client:
        assert http_client.get(f"{origin}/away").status_code == 302


def test_an_endless_answer_is_cut(origin: str):
    with (
        client([], origins=[origin], max_bytes=1000) as http_client,
        pytest.raises(AnswerTooLargeError),
    ):
        http_client.get(f"{origin}/large")

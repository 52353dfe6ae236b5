"""Nobody talks the guarded clients into calling inside: refused, with a reason, not connected."""

from __future__ import annotations

import asyncio
import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from hearwell.kit.http import EgressDeniedError, InsideError, client, is_public
from hearwell.kit.http_async import async_client
from hearwell.kit.outside import wrong_with
from hearwell.kit.sockets import AddressRefusedError, Opener
from tests.unit.kit.inside_urls import ALL, LITERAL, NAMES, SCHEMES

PUBLIC = "93.184.215.14"
REAL = socket.getaddrinfo


class Connections(list[tuple[str, int]]):
    """Where somebody tried to connect; nobody gets there."""


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> Connections:
    """Keep what is connected to, and let none of it through."""
    seen = Connections()

    def refuse(_self: socket.socket, address: Any) -> None:
        seen.append(address[:2])
        raise ConnectionRefusedError

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    return seen


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Say what a name leads to, one answer after the other; return the names asked for."""

    def say(**answers: list[tuple[str, ...]]) -> list[str]:
        asked: list[str] = []

        def resolve(host: Any, port: int, *args: Any, **more: Any) -> list[Any]:
            name = host.decode() if isinstance(host, bytes) else str(host)
            left = answers.get(name.lower())
            if left is None:
                return REAL(host, port, *args, **{**more, "flags": socket.AI_NUMERICHOST})
            asked.append(name)
            found = left.pop(0) if len(left) > 1 else left[0]
            return [(0, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        return asked

    return say


def host_of(url: str) -> str:
    return httpx.URL(url).host


def is_url(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def is_plain(url: str) -> bool:
    """Say whether the host is an address as everybody writes it."""
    try:
        ipaddress.ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return False
    return True


def is_reason(error: BaseException) -> bool:
    """Say whether this is a refusal that says why, and not some accident."""
    causes = (error, error.__cause__, error.__context__)
    kinds = (EgressDeniedError, InsideError, httpx.InvalidURL, httpx.UnsupportedProtocol)
    is_known = any(isinstance(one, kinds) for one in causes)
    return bool(str(error)) and (is_known or "could not be resolved" in str(error))


def test_there_are_enough_of_them():
    assert len(set(ALL)) >= 120


@pytest.mark.parametrize("url", [*LITERAL, *SCHEMES])
def test_an_address_inside_is_refused_with_a_reason_and_not_connected_to(url, names, connected):
    names()
    with client(None) as asking, pytest.raises((httpx.HTTPError, httpx.InvalidURL)) as refused:
        asking.get(url)
    assert is_reason(refused.value), refused.value
    assert connected == []


@pytest.mark.parametrize("url", LITERAL)
def test_nor_where_a_connector_lists_it(url, names, connected):
    """A manifest's hosts may be named by a server's answer or by an owner."""
    names()
    with (
        pytest.raises((httpx.HTTPError, httpx.InvalidURL)) as refused,
        client([host_of(url)]) as asking,
    ):
        asking.get(url)
    assert is_reason(refused.value), refused.value
    assert connected == []


@pytest.mark.parametrize("url", [*LITERAL, *SCHEMES])
def test_nor_by_a_stream(url, names, connected):
    names()

    async def ask() -> None:
        async with async_client([host_of(url)]) as asking:
            await asking.get(url)

    with pytest.raises((httpx.HTTPError, httpx.InvalidURL)) as refused:
        asyncio.run(ask())
    assert str(refused.value)
    assert connected == []


@pytest.mark.parametrize("url", [url for url in LITERAL if is_url(url)])
def test_nor_by_a_socket(url, names, connected):
    names()
    host = urlsplit(url).hostname or ""
    with pytest.raises(OSError, match=r"not a public address|could not be resolved"):
        Opener(ports={443}).open(host, 443, tls=True, timeout_s=1)
    assert connected == []


@pytest.mark.parametrize("url", [url for url in LITERAL if not is_url(url) or is_plain(url)])
def test_nor_may_people_name_it_where_they_name_addresses(url):
    """What is one by its look is refused before it is kept; other spellings, when called."""
    assert wrong_with(url, [], []) is not None


@pytest.mark.parametrize(("url", "leads_to"), NAMES.items())
def test_a_name_that_leads_inside_is_refused(url, leads_to, names, connected):
    names(**{host_of(url).lower(): [leads_to]})
    with client(None) as asking, pytest.raises(httpx.ConnectError) as refused:
        asking.get(url)
    assert is_reason(refused.value)
    with pytest.raises(AddressRefusedError):
        Opener(ports={443}).open(host_of(url), 443, tls=True, timeout_s=1)

    async def ask() -> None:
        async with async_client([host_of(url)]) as streaming:
            await streaming.get(url)

    with pytest.raises(httpx.ConnectError):
        asyncio.run(ask())
    assert connected == []


def test_a_name_that_changes_its_mind_gains_nothing(names, connected):
    """Rebinding: public when it is checked, inside when it would be asked for again."""
    asked = names(**{"rebind.example": [(PUBLIC,), ("127.0.0.1",)]})
    with client(None) as asking, pytest.raises(httpx.ConnectError):
        asking.get("https://rebind.example/")
    assert asked == ["rebind.example"]
    assert connected == [(PUBLIC, 443)]


def test_nor_does_it_at_a_socket(names, connected):
    asked = names(**{"rebind.example": [(PUBLIC,), ("127.0.0.1",)]})
    with pytest.raises(ConnectionRefusedError):
        Opener(ports={993}).open("rebind.example", 993, tls=True, timeout_s=1)
    assert asked == ["rebind.example"]
    assert connected == [(PUBLIC, 993)]


def test_nor_at_the_next_request_of_a_client_that_is_kept(names, connected):
    names(**{"rebind.example": [(PUBLIC,), ("127.0.0.1",)]})
    with client(None) as asking:
        for _ in range(3):
            with pytest.raises(httpx.ConnectError):
                asking.get("https://rebind.example/")
    assert connected == [(PUBLIC, 443)]


@pytest.fixture
def sending_away() -> Iterator[Callable[[str], str]]:
    """A server, listed by the operator, that sends whoever asks somewhere else."""
    places: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("location", places[int(self.path.strip("/"))])
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Keep the test output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()

    def to(place: str) -> str:
        places.append(place)
        return f"http://127.0.0.1:{server.server_port}/{len(places) - 1}"

    yield to
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:1/", "http://169.254.169.254/latest/", "https://127.0.0.1/",
        "https://[::1]/", "https://0x7f000001/", "//169.254.169.254/", "https://10.0.0.1/",
        "https://[64:ff9b::7f00:1]/", "file:///etc/passwd", "gopher://127.0.0.1:6379/",
    ],
)  # fmt: skip
def test_who_is_sent_inside_does_not_go_there(place, sending_away, monkeypatch):
    url = sending_away(place)
    origin = url.rpartition("/")[0]
    with client(None, origins=[origin]) as asking:
        answer = asking.get(url)
        assert (answer.status_code, answer.headers["location"]) == (302, place)
        # Even where somebody asks for it, each step is checked.
        with pytest.raises((httpx.HTTPError, httpx.InvalidURL)) as refused:
            asking.get(url, follow_redirects=True)
    assert is_reason(refused.value), refused.value


def test_a_listed_origin_lists_its_port_alone(names, connected):
    names()
    with client(None, origins=["http://127.0.0.1:9000"]) as asking:
        for url in ("http://127.0.0.1:9001/", "https://127.0.0.1/", "http://localhost:9000/"):
            with pytest.raises(httpx.ConnectError):
                asking.get(url)
    assert connected == []


def test_tls_is_verified_against_the_name_not_the_address():
    with client(None) as asking:
        context = asking._transport._pool._ssl_context  # type: ignore[attr-defined]
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("address", ["2606:4700::1111", "2a00:1450:4001::1", "1.1.1.1", PUBLIC])
def test_the_public_internet_stays_open(address):
    assert is_public(address)

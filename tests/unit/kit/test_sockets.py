"""The guarded socket: what it refuses, what it reaches, and that TLS is about the name."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hearwell.kit import sockets
from hearwell.kit.sockets import AddressRefusedError, Opener

MAIL = (143, 993)


@pytest.fixture
def greeter() -> Iterator[Callable[..., int]]:
    """Start a server that greets, with TLS where a context is given; gives its port."""
    ends: list[tuple[socket.socket, threading.Thread]] = []

    def start(context: ssl.SSLContext | None = None) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=_greet, args=(server, context), daemon=True)
        thread.start()
        ends.append((server, thread))
        return int(server.getsockname()[1])

    yield start
    for server, thread in ends:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def _greet(server: socket.socket, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            peer, _ = server.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(peer, server_side=True) if context else peer as line:
                line.sendall(b"* OK ready\r\n")
        except OSError:
            peer.close()


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for the name mail.test, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("mail.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "mail.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say what names resolve to, and count how often they are asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: object, **more: object) -> list[tuple[object, ...]]:
        if host not in known:  # an address is looked up, too, yet asks nobody
            return real(host, port, *args, **more)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in known[host]]

    known: dict[str, list[str]] = {}

    def say(host: str, *addresses: str) -> list[str]:
        known[host] = list(addresses)
        monkeypatch.setattr(sockets.socket, "getaddrinfo", resolve)
        return asked

    return say


def _both(opener: Opener, host: str, port: int, *, tls: bool = False) -> bytes:
    """Open it in both ways, read the greeting, expect the same."""
    with opener.open(host, port, tls=tls, timeout_s=5) as line:
        greeting = line.recv(64)

    async def stream() -> bytes:
        reader, writer = await opener.open_streams(host, port, tls=tls, timeout_s=5)
        try:
            return await reader.readline()
        finally:
            writer.close()
            await writer.wait_closed()

    assert asyncio.run(stream()) == greeting
    return greeting


def test_an_address_on_the_list_is_reached_also_inside(greeter):
    port = greeter()
    assert _both(Opener([f"imap://127.0.0.1:{port}"], ports=MAIL), "127.0.0.1", port)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1"])
def test_an_inside_address_is_refused(address: str):
    opener = Opener(ports=MAIL)
    with pytest.raises(AddressRefusedError, match="not a public"):
        opener.open(address, 993, tls=True, timeout_s=1)
    with pytest.raises(AddressRefusedError):
        asyncio.run(opener.open_streams(address, 993, tls=True, timeout_s=1))


def test_one_inside_answer_among_public_ones_is_enough_to_refuse(names):
    asked = names("mail.test", "93.184.215.14", "192.168.1.7")
    with pytest.raises(AddressRefusedError):
        Opener(ports=MAIL).open("mail.test", 993, tls=True, timeout_s=1)
    assert asked == ["mail.test"]


def test_the_checked_address_is_the_one_connected_to(names, greeter):
    """A second look-up could be answered otherwise."""
    port = greeter()
    asked = names("mail.test", "127.0.0.1")
    opener = Opener([f"imap://mail.test:{port}"], ports=MAIL)
    with opener.open("mail.test", port, tls=False, timeout_s=5) as line:
        assert line.getpeername()[0] == "127.0.0.1"
    assert asked == ["mail.test"]


def test_the_next_address_is_tried_when_the_first_is_dead(names, greeter):
    port = greeter()
    names("mail.test", "127.0.0.9", "127.0.0.1")
    assert _both(Opener([f"imap://mail.test:{port}"], ports=MAIL), "mail.test", port)


def test_other_ports_are_refused_without_asking_for_the_name(names):
    asked = names("mail.test", "93.184.215.14")
    with pytest.raises(AddressRefusedError, match="port 22"):
        Opener(ports=MAIL).open("mail.test", 22, tls=False, timeout_s=1)
    assert asked == []


def test_tls_is_verified_by_name(names, greeter, certified):
    server, trusting = certified
    port = greeter(server)
    names("mail.test", "127.0.0.1")
    names("other.test", "127.0.0.1")
    allowed = [f"imaps://mail.test:{port}", f"imaps://other.test:{port}"]
    opener = Opener(allowed, ports=MAIL, context=trusting)
    assert _both(opener, "mail.test", port, tls=True) == b"* OK ready\r\n"
    with pytest.raises(ssl.SSLCertVerificationError):
        opener.open("other.test", port, tls=True, timeout_s=5)
    with pytest.raises(ssl.SSLCertVerificationError):
        asyncio.run(opener.open_streams("other.test", port, tls=True, timeout_s=5))


def test_a_certificate_nobody_vouches_for_is_refused(names, greeter, certified):
    port = greeter(certified[0])
    names("mail.test", "127.0.0.1")
    opener = Opener([f"imaps://mail.test:{port}"], ports=MAIL)
    with pytest.raises(ssl.SSLCertVerificationError):
        opener.open("mail.test", port, tls=True, timeout_s=5)


def test_a_name_that_is_none_is_no_bug():
    for name in ("", "a..b", "x" * 300, "no-such-name.invalid"):
        with pytest.raises(ConnectionError, match="could not be resolved"):
            Opener(ports=MAIL).open(name, 993, tls=False, timeout_s=1)


def test_addresses_without_names_are_compared_as_written():
    opener = Opener(["imap://MAIL.test:143"], ports=MAIL)
    assert opener.may_lie_inside("mail.test", 143)
    assert not opener.may_lie_inside("mail.test", 993)

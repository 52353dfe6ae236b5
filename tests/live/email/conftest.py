"""Real mail servers, a certificate for them, our connector, and people who write."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hearwell.connect.model import Account
from hearwell.connectors.email.connector import EmailConnector, opener_for
from hearwell.kit.sockets import Opener
from tests.live.email.people import Customer
from tests.live.email.servers import MailServers, running_servers


def certify(folder: Path) -> None:
    """Write a certificate for the name localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    """Both servers, for all tests of this folder."""
    with running_servers(certify) as running:
        yield running


@pytest.fixture(scope="session")
def connector(servers: MailServers) -> EmailConnector:
    """Our connector, allowed to talk to them."""
    return EmailConnector(opener_for(servers.origins))


@pytest.fixture(scope="session")
def trusting(servers: MailServers) -> EmailConnector:
    """Our connector where the operator trusts their certificate."""
    context = ssl.create_default_context(cafile=str(servers.imap.folder / "cert.pem"))
    return EmailConnector(Opener(servers.origins, ports=(), context=context))


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """A mailbox that no other test has."""
    name = request.node.name.removeprefix("test_").partition("[")[0].replace("_", "-")
    return f"{name[:50]}@northwind.test"


@pytest.fixture
def connected(connector: EmailConnector, servers: MailServers) -> Callable[..., Account]:
    """Connect a mailbox as a person does; gives the account."""

    def connect(address: str, **more: str) -> Account:
        given = {field.name: field.default for field in connector.fields}
        found = connector.connect(given | servers.form(address) | more)
        return Account(
            external_id=found.external_id,
            handle=found.handle,
            settings=found.settings,
            secrets=found.secrets,
            scopes=found.scopes,
        )

    return connect


@pytest.fixture
def lena(servers: MailServers, request: pytest.FixtureRequest) -> Customer:
    """A customer with a mailbox of her own."""
    return Customer(servers, f"lena-{abs(hash(request.node.name)) % 10**8}@customers.test")

"""A real network, a brand on it, and customers as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hearwell.connect.model import Account
from hearwell.connectors.bluesky.connector import BlueskyConnector, client_for
from hearwell.connectors.bluesky.session import Places
from tests.live.bluesky.ears import Ears
from tests.live.bluesky.network import Network, running_network
from tests.live.bluesky.people import Person, arrive


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    """One network for all tests of this folder."""
    with running_network() as started:
        yield started


@pytest.fixture(scope="session")
def connector(network: Network) -> BlueskyConnector:
    """Our connector, at home on this network."""
    open_client = client_for([network.url, network.directory])
    return BlueskyConnector(open_client, Places(network.url, network.directory))


@pytest.fixture
def join(network: Network) -> Iterator[Callable[[str], Person]]:
    """Somebody new on the network."""
    people: list[Person] = []

    def arrived(name: str) -> Person:
        people.append(arrive(network.url, name))
        return people[-1]

    yield arrived
    for person in people:
        person.leave()


@pytest.fixture
def brand(join: Callable[[str], Person]) -> Person:
    """The brand, with an app of its own beside ours."""
    return join("brand")


@pytest.fixture
def lena(join: Callable[[str], Person]) -> Person:
    """A customer."""
    return join("lena")


@pytest.fixture
def account(connector: BlueskyConnector, brand: Person) -> Account:
    """The brand's account, connected as a person connects it."""
    given = {"handle": f"@{brand.handle}", "password": brand.app_password(), "service": ""}
    connected = connector.connect(given)
    return Account(
        external_id=connected.external_id,
        handle=connected.handle,
        settings=connected.settings,
        secrets=connected.secrets,
        scopes=connected.scopes,
    )


@pytest.fixture
def ears(connector: BlueskyConnector, account: Account) -> Ears:
    """Ears that have heard what there was before."""
    made = Ears(connector, account)
    for stream in connector.streams(account):
        made.poll(stream)
    return made

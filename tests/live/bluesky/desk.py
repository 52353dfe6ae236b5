"""A real house with accounts of the network in it, worked at through its API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hearwell.connectors.bluesky.connector import BlueskyConnector
from tests.house import House, running_house
from tests.live import desk
from tests.live.bluesky.network import Network
from tests.live.bluesky.people import Person


class Desk(desk.Desk):
    """The desk of an account on this network."""

    @classmethod
    def open(
        cls, house: House, connector: BlueskyConnector, brand: Person, stream: str = ""
    ) -> Desk:
        """Connect the brand's account as its owner would."""
        given = {"handle": brand.handle, "password": brand.app_password(), "stream": stream}
        found = connector.connect(given)
        facts = {
            "network": "bluesky",
            "handle": found.handle,
            "external_id": found.external_id,
            "settings": dict(found.settings),
            "secrets": dict(found.secrets),
            "scopes": sorted(found.scopes),
        }
        told = desk.in_house(house, "connect", facts)
        return cls.at(house, told["channel_id"], told["token"])


@contextmanager
def house_beside(network: Network) -> Iterator[House]:
    """A house that may call this network, which lies inside."""
    inside = f"{network.url} {network.stream.replace('ws:', 'http:')}"
    with running_house(variables={"HEARWELL_EGRESS_ALLOW": inside}) as house:
        house.owner().close()
        yield house

"""Which connectors there are. Filled once at start by the wiring and by entry points.

Third parties plug in by the entry point group ``hearwell.connectors``, each naming a connector
class (or a function without arguments that returns a connector).
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hearwell.connect.contract import Connector

ENTRY_POINT_GROUP = "hearwell.connectors"

_connectors: dict[str, Connector] = {}


class UnknownNetworkError(LookupError):
    """No connector is registered under this network's key."""


class NetworkTakenError(ValueError):
    """Another connector already has this network's key."""


def register(connector: Connector) -> None:
    """Make a connector known under its manifest's network key; the same class twice is fine."""
    network = connector.manifest.network
    known = _connectors.get(network)
    if known is not None and type(known) is not type(connector):
        message = f"{network!r} is {type(known).__qualname__}, not {type(connector).__qualname__}"
        raise NetworkTakenError(message)
    _connectors[network] = connector


def register_entry_points() -> list[str]:
    """Register what installed packages offer; returns their network keys."""
    found = [entry.load()() for entry in entry_points(group=ENTRY_POINT_GROUP)]
    for connector in found:
        register(connector)
    return [connector.manifest.network for connector in found]


def connector_for(network: str) -> Connector:
    """The connector of a network. Raises ``UnknownNetworkError``."""
    try:
        return _connectors[network]
    except KeyError:
        raise UnknownNetworkError(network) from None


def all_connectors() -> tuple[Connector, ...]:
    """Every registered connector, by network key."""
    return tuple(_connectors[network] for network in sorted(_connectors))

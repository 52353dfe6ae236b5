"""Connect from what a person typed: ask the network outside any transaction, then keep.

Asking (`try_connect`, `finish_consent` in `consent`) goes to the network, takes seconds and writes
nothing. Keeping (`keep_trial`) is one transaction and goes nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

import structlog

from hearwell.accounts.models import User
from hearwell.channels.models import Channel, ChannelState, Purpose
from hearwell.channels.services.connecting import connect_channel
from hearwell.channels.services.health import report_health, report_success
from hearwell.channels.services.subscribing import ask_to_subscribe
from hearwell.connect.connecting import Connected
from hearwell.connect.contract import Authorizes, Connector, Connects, Subscribes
from hearwell.connect.failures import ContractChanged, Failure
from hearwell.connect.health import Health, HealthState
from hearwell.connect.registry import connector_for

log = structlog.get_logger(__name__)
T = TypeVar("T")


class NotConnectableError(LookupError):
    """A person cannot connect this network in the browser."""


class ConnectorBroke(Failure):
    """A connector raised what the contract does not know: a bug of ours, and loud."""

    code = "connector_bug"
    default_message = "The connector failed in a way it should not. It has been noted."


class OtherAccountError(Exception):
    """The network says that we are another account than the one to be connected anew."""

    def __init__(self, signed_in_as: str, wanted: str) -> None:
        super().__init__(signed_in_as, wanted)
        self.signed_in_as, self.wanted = signed_in_as, wanted


class SameNameError(Exception):
    """An account of this name is connected already, under another id of the network."""

    def __init__(self, handle: str, network_id: str) -> None:
        super().__init__(handle, network_id)
        self.handle, self.network_id = handle, network_id


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person chose. ``channel_id`` is the account to be connected anew, if it is one."""

    network: str
    brand: str
    purpose: str = Purpose.CARE
    channel_id: UUID | None = None
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """What the network said, before anything of it was kept."""

    connected: Connected
    health: Health

    @property
    def is_good(self) -> bool:
        """Whether it can be kept: nothing that was checked is bad."""
        return self.health.state is not HealthState.BAD


@dataclass(frozen=True, slots=True)
class Kept:
    """An account that is connected now; ``is_new`` if it was not known before."""

    channel: Channel
    is_new: bool = field(default=True)


def try_connect(network: str, given: Mapping[str, str]) -> Trial:
    """Ask the network with what was typed. Never call it inside a transaction.

    Raises NotConnectableError, registry.UnknownNetworkError, ``FieldRefused`` and other failures.
    """
    connector = connector_for(network)
    if not isinstance(connector, Connects):
        raise NotConnectableError(network)
    return examined(connector, lambda: connector.connect(given))


def examined(connector: Connector, connect: Callable[[], Connected]) -> Trial:
    """Connect and have the account's health checked with the secrets at hand.

    Whether a network calls us is not looked at where it has yet to be told to.
    """
    network = connector.manifest.network
    connected = carefully(network, connect)
    if not connected.external_id:
        log.error("connector_bug", network=network, what="no external id")
        raise ConnectorBroke
    health = carefully(network, lambda: connector.health(connected.account))
    if isinstance(connector, Subscribes):
        looked_at = (check for check in health.checks if check.name != "subscription")
        health = replace(health, checks=tuple(looked_at))
    return Trial(connected, health)


def carefully(network: str, ask: Callable[[], T]) -> T:
    """Run a call of a connector's: a bug in it is logged and becomes a failure with words."""
    try:
        return ask()
    except Failure:
        raise
    except Exception as error:
        log.exception("connector_bug", network=network)
        raise ConnectorBroke from error


def ways_in(network: str) -> Connects | Authorizes:
    """Return the connector of a network that a person can connect.

    Raises NotConnectableError, registry.UnknownNetworkError.
    """
    connector = connector_for(network)
    if not isinstance(connector, Connects | Authorizes):
        raise NotConnectableError(network)
    return connector


def keep_trial(workspace_id: UUID, trial: Trial, wish: Wish, *, actor: User | None = None) -> Kept:
    """Store an account that the network has confirmed, in the caller's scope; audited.

    One that is known keeps history, cursors and endpoint, and every secret that is not replaced.
    Raises OtherAccountError, SameNameError; ContractChanged for a trial that was not good.
    """
    if not trial.is_good:
        raise ContractChanged
    connected = trial.connected
    known = _known(workspace_id, wish, connected)
    channel = connect_channel(
        workspace_id=workspace_id,
        network=wish.network,
        handle=connected.handle or connected.external_id,
        external_id=connected.external_id,
        brand=wish.brand,
        purpose=wish.purpose,
        settings=connected.settings,
        secrets=connected.secrets,
        ingress=connected.ingress,
        tier=connected.tier,
        scopes=connected.scopes,
        is_demo=known.is_demo if known else False,
        actor=actor,
    )
    _begin_health(channel, trial.health)
    return Kept(channel, is_new=known is None)


def _known(workspace_id: UUID, wish: Wish, connected: Connected) -> Channel | None:
    """Return the account as it is known, after making sure that it is the one that is meant."""
    ours = Channel.objects.filter(workspace_id=workspace_id, network=wish.network)
    wanted = ours.filter(id=wish.channel_id).first() if wish.channel_id else None
    if wanted is not None and wanted.external_id != connected.external_id:
        raise OtherAccountError(connected.handle or connected.external_id, wanted.handle)
    known = ours.filter(external_id=connected.external_id).first()
    if known is None and connected.handle and not wish.is_sure:
        twin = (
            ours.filter(handle__iexact=connected.handle)
            .exclude(state__in=[ChannelState.DISCONNECTED, ChannelState.READ_ONLY])
            .first()
        )
        if twin is not None:
            raise SameNameError(twin.handle, twin.external_id)
    return known


def _begin_health(channel: Channel, health: Health) -> None:
    """Begin with what the network said just now; old failures are over."""
    report_success(channel)
    report_health(channel, health)
    ask_to_subscribe(channel)

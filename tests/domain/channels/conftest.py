"""A pigeon channel, and takers that only remember."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django import Settings

from hearwell.accounts.models import Workspace
from hearwell.channels import intake
from hearwell.channels.models import Channel, RawDelivery, RawState
from hearwell.channels.services import RawRow, connect_channel, keep
from hearwell.channels.services.draining import drain_endpoint
from hearwell.connect import registry
from hearwell.connect.model import (
    Inbound,
    InboundMessage,
    IngressSecrets,
    MessageDeleted,
    MessageEdited,
    Raw,
)
from hearwell.kit.clock import now
from hearwell.kit.seal import make_keys
from tests.pigeon import SECRET, Pigeon, body_of, signed


@dataclass
class Loft:
    """What the takers were given, and which texts they choke on."""

    seen: list[tuple[Channel, Inbound]] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    poison: dict[str, Exception] = field(default_factory=dict)

    def take(self, channel: Channel, items: Sequence[Inbound]) -> None:
        """Remember the items, or raise what the test asked for."""
        for item in items:
            if item.external_id in self.poison:
                raise self.poison[item.external_id]
        self.batches.append(len(items))
        self.seen.extend((channel, item) for item in items)

    @property
    def ids(self) -> list[str]:
        """Ids in the order they were taken in."""
        return [item.external_id for _, item in self.seen]


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    """The network's connector, registered."""
    connector = Pigeon()
    monkeypatch.setitem(registry._connectors, "pigeon", connector)
    return connector


@pytest.fixture
def loft(monkeypatch: pytest.MonkeyPatch) -> Loft:
    """Takers for messages, edits and deletions that remember."""
    made = Loft()
    kinds: tuple[type[Inbound], ...] = (InboundMessage, MessageEdited, MessageDeleted)
    monkeypatch.setattr(intake, "TAKERS", dict.fromkeys(kinds, made.take))
    return made


@pytest.fixture(autouse=True)
def _keys(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder)
    settings.HEARWELL_KEYS = folder
    return


@pytest.fixture
def channel(workspace: Workspace, pigeon: Pigeon, loft: Loft) -> Channel:
    """An account of the workspace on the pigeon network."""
    return connected(workspace)


def connected(workspace: Workspace, **changes: Any) -> Channel:
    """Connect a pigeon account to the workspace in scope."""
    facts: dict[str, Any] = {
        "network": "pigeon",
        "handle": "@northwind",
        "external_id": "loft",
        "brand": "Northwind",
        "secrets": {"token": "t", "refresh": "r"},
        "ingress": IngressSecrets((SECRET,), "hello"),
    }
    return connect_channel(workspace_id=workspace.id, **{**facts, **changes})


def row_of(channel: Channel, body: bytes) -> RawRow:
    """Return a webhook's row as the gateway makes it."""
    assert channel.endpoint_id is not None
    raw = Raw("POST", "/hooks/x", signed(body), body, now())
    return RawRow.of(channel.endpoint_id, raw)


def deliver(channel: Channel, *items: Any) -> None:
    """Keep one delivery with these items."""
    keep([row_of(channel, body_of(*items))])


def drain(channel: Channel) -> int:
    """Take in what waits."""
    assert channel.endpoint_id is not None
    return drain_endpoint(channel.endpoint_id)


def states() -> list[RawState]:
    """Return the states of all deliveries, in order."""
    return [RawState(s) for s in RawDelivery.objects.order_by("id").values_list("state", flat=True)]

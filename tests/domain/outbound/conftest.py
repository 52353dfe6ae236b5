"""A workspace with a real channel, and the whole way of a delivery at hand. Real commits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Brand, Channel
from hearwell.connect import registry
from hearwell.connect.model import Account, Audience, Draft
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import reader, sender, services
from hearwell.outbound.models import Delivery, Transition
from hearwell.outbound.rules import State
from tests.harbour_wire import ACCOUNT, ShyWire, Wire


@dataclass
class Desk:
    """A care desk with one channel; `queue` and `send` are what agents and workers do."""

    workspace: Workspace
    channel: Channel
    owner: User
    wire: Wire
    secrets: dict[str, str] = field(default_factory=lambda: {"token": "t0"})

    def draft(self, text: str = "On our way.", thread: str = "t1", **more: Any) -> Draft:
        fields = {"audience": Audience.PUBLIC, "account": ACCOUNT, "thread_key": thread, **more}
        return Draft(text=text, **fields)

    def queue(
        self, text: str = "On our way.", *, lane: UUID | None = None, **more: Any
    ) -> Delivery:
        """Queue a reply that is due at once, and let its job be forgotten."""
        draft = more.pop("draft", None) or self.draft(text)
        with scope(self.workspace.id):
            return services.queue(
                services.Submission(
                    **{
                        "workspace_id": self.workspace.id,
                        "lane_id": lane or uuid7(),
                        "channel": self.channel,
                        "draft": draft,
                        "key": uuid7(),
                        "author_id": self.owner.id,
                        "undo_s": 0,
                        **more,
                    }
                )
            )

    def send(self, row: Delivery) -> Delivery:
        sender.deliver(self.workspace.id, row.id)
        return self.now(row)

    def read_back(self, row: Delivery) -> Delivery:
        """Let the settle time pass and ask the network."""
        self.change(row, read_back_after=now() - timedelta(seconds=1))
        reader.reconcile(self.workspace.id, row.id)
        return self.now(row)

    def due(self, row: Delivery) -> None:
        """Let a backoff pass."""
        self.change(row, not_before=now() - timedelta(seconds=1))

    def change(self, row: Delivery, **columns: Any) -> None:
        with scope(self.workspace.id):
            Delivery.objects.filter(workspace_id=self.workspace.id, id=row.id).update(**columns)

    def now(self, row: Delivery) -> Delivery:
        with scope(self.workspace.id):
            return Delivery.objects.get(workspace_id=self.workspace.id, id=row.id)

    def state(self, row: Delivery) -> State:
        return State(self.now(row).state)

    def way(self, row: Delivery) -> list[str]:
        """The states a delivery has been through."""
        with scope(self.workspace.id):
            lines = Transition.objects.filter(workspace_id=self.workspace.id, delivery_id=row.id)
            return list(lines.order_by("at", "id").values_list("after", flat=True))


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire()
    monkeypatch.setitem(registry._connectors, "wire", made)
    monkeypatch.setitem(registry._connectors, "shy", ShyWire())
    return made


@pytest.fixture
def desk(transactional_db: None, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Desk:
    sender._identities.clear()
    made = make_desk(wire)
    monkeypatch.setattr(sender, "opened_account", lambda channel: _account(made, channel))

    def renew(channel: Channel, stale: Account) -> Account:
        made.secrets = dict(made.wire.refresh(stale))
        return _account(made, channel)

    monkeypatch.setattr(sender, "renew_secrets", renew)
    return made


def make_desk(wire: Wire, network: str = "wire", name: str = "Northwind Air") -> Desk:
    workspace = create_workspace(name)
    owner = User.objects.create_user(f"{workspace.slug}@example.com", name="Alice Adams")
    add_member(workspace, owner, "owner")
    with scope(workspace.id):
        brand = Brand.objects.create(workspace_id=workspace.id, name=name)
        channel = Channel.objects.create(
            workspace_id=workspace.id,
            brand=brand,
            network=network,
            handle="northwind",
            external_id=ACCOUNT,
        )
    return Desk(workspace, channel, owner, wire)


def _account(desk: Desk, channel: Channel) -> Account:
    return Account(external_id=channel.external_id, secrets=dict(desk.secrets))


@pytest.fixture
def another_desk(desk: Desk) -> Callable[..., Desk]:
    return lambda **more: make_desk(desk.wire, **more)

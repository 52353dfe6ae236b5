"""A brand on the fake Harbour that is watched through our own account there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hearwell.benchmarks.handlers import on_found
from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel
from hearwell.connect import registry
from hearwell.connectors.sandbox.fake import Fake, FakeHarbour
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.watching import services
from hearwell.watching.events import BrandFound
from hearwell.watching.models import Watch

SKERRY = {"id": "skerry-1", "handle": "skerryjet", "name": "SkerryJet", "is_page": False}


def customer(number: int) -> dict[str, Any]:
    """One of many."""
    return {"id": f"c-{number}", "handle": f"c{number}", "name": f"C {number}", "is_page": False}


@dataclass
class Harbour:
    """The fake network, our account on it, and the steps that jobs do otherwise."""

    workspace_id: UUID
    by: Any
    panel_id: UUID = field(default_factory=uuid7)
    fake: Fake = field(default_factory=Fake)
    channel: Channel = field(init=False)

    def __post_init__(self) -> None:
        account, self.network.page_size = self.fake.account, 10
        self.channel = connect_channel(
            workspace_id=self.workspace_id,
            network="sandbox",
            handle=account.handle,
            external_id=account.external_id,
            brand="Northwind Air",
            settings=dict(account.settings),
            secrets=dict(account.secrets),
        )

    @property
    def network(self) -> FakeHarbour:
        """Where people talk."""
        return self.fake.harbour

    def says(self, who: dict[str, Any], text: str, at: datetime, **more: Any) -> dict[str, Any]:
        """Something is said in public; posts must come in the order of their times."""
        return self.network.post(who, text, created_at=at.isoformat(), on_page=False, **more)

    def answers(self, item: dict[str, Any], at: datetime, text: str = "On it.") -> dict[str, Any]:
        """The brand answers."""
        return self.says(SKERRY, text, at, parent_id=item["id"], root_id=item["root_id"])

    def asked(self, handle: str = "@skerryjet", name: str = "") -> Watch:
        """Somebody asks for it and the worker looks it up."""
        wish = services.Wish(self.panel_id, self.channel.id, handle, name)
        return self.looked_up(services.ask(self.workspace_id, wish, by=self.by))

    def looked_up(self, watch: Watch) -> Watch:
        """The worker has been there."""
        services.look_up(self.workspace_id, watch.id)
        for row in Event.objects.filter(name=BrandFound.name).order_by("id"):
            on_found([BrandFound.restored(self.workspace_id, row.payload)])
        return self.again(watch)

    def again(self, watch: Watch) -> Watch:
        """The row as it is now."""
        return Watch.objects.filter(id=watch.id).first() or Watch.objects.get(handle="skerryjet")

    def read(self, watch: Watch, pages: int = 200) -> Watch:
        """The worker reads what is due, now."""
        Watch.objects.filter(id=watch.id).update(next_at=now() - timedelta(seconds=1))
        services.read_some(self.workspace_id, watch.id, pages)
        return self.again(watch)


def harbour(workspace_id: UUID, by: Any, patch: pytest.MonkeyPatch, **more: Any) -> Harbour:
    """Put the fake in the place of the network."""
    made = Harbour(workspace_id, by, **more)
    patch.setitem(registry._connectors, "sandbox", made.fake.connector)
    return made


def well_known(town: Harbour) -> None:
    """Forty people ask three days ago; thirty are answered, the n-th after n minutes."""
    day = now() - timedelta(days=3)
    asked = [
        town.says(customer(n), f"@skerryjet where is bag {n}?", day + timedelta(seconds=n))
        for n in range(1, 41)
    ]
    for n, item in enumerate(asked[:30], start=1):
        town.answers(item, day + timedelta(seconds=n) + timedelta(minutes=n))
    town.says(SKERRY, "New routes from Oslo!", day + timedelta(hours=2))

"""A page on Harbour whose network can be searched, and a term to search for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.searching import search_next
from hearwell.connect import registry
from hearwell.connect.model import IngressSecrets
from hearwell.connectors.sandbox.fake import LENA, Fake
from hearwell.conversations.models import Case, Message
from hearwell.kit.clock import now
from hearwell.kit.seal import make_keys
from hearwell.listening.models import Hit, Term
from hearwell.listening.services import TermFacts, save_term
from hearwell.sla import services as sla


@dataclass
class Ground:
    """The workspace, its page, the fake network behind it."""

    workspace: Workspace
    channel: Channel
    fake: Fake
    alice: User
    minutes: int = 0

    def term(self, name: str = "Northwind", **facts: Any) -> Term:
        return save_term(self.workspace.id, TermFacts(name=name, **facts), by=self.alice)

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Lena says something in public, and nobody tells the page."""
        self.fake.harbour._now = now()
        return self.fake.harbour.post(LENA, text, on_page=False, **more)

    def look(self) -> None:
        """Search for every term once, and take in what came."""
        for _ in range(20):
            with time_machine.travel(now() + timedelta(seconds=1), tick=False):
                pause = search_next(self.workspace.id, self.channel.id)
            self.drain()
            if pause != 2.0:
                return
        pytest.fail("the searches never rested")

    def look_later(self) -> None:
        """Do so when every search is due again."""
        self.minutes += 2
        with time_machine.travel(now() + timedelta(minutes=self.minutes)):
            self.look()

    def drain(self) -> None:
        assert self.channel.endpoint_id is not None
        drain_endpoint(self.channel.endpoint_id)

    def webhook(self, item: dict[str, Any]) -> None:
        """Harbour tells the page of an item: it was addressed to it."""
        from hearwell.channels.services import RawRow, keep

        told = [r for r in self.fake.delivered() if f'"{item["id"]}"'.encode() in r.body]
        assert self.channel.endpoint_id is not None
        keep([RawRow.of(self.channel.endpoint_id, raw) for raw in told])
        self.drain()

    def membership(self, user: User) -> Membership:
        return Membership.objects.get(user=user, workspace=self.workspace)

    @property
    def cases(self) -> list[Case]:
        return list(Case.objects.order_by("number"))

    @property
    def texts(self) -> list[str]:
        return list(Message.objects.order_by("sent_at").values_list("text", flat=True))

    @property
    def hits(self) -> list[Hit]:
        return list(Hit.objects.order_by("said_at"))


@pytest.fixture
def ground(
    workspace: Workspace,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ground:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder)
    settings.HEARWELL_KEYS = folder
    fake = Fake()
    monkeypatch.setitem(registry._connectors, "sandbox", fake.connector)
    sla.ensure_defaults(workspace)
    channel = connect_channel(
        workspace_id=workspace.id,
        network="sandbox",
        handle="northwindair",
        external_id="page-1",
        brand="Northwind Air",
        settings=dict(fake.account.settings),
        secrets=dict(fake.account.secrets),
        ingress=IngressSecrets(("s",), "c"),
    )
    return Ground(workspace, channel, fake, alice)

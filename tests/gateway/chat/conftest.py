"""A chat on a real port, in front of real tables; visitors are clients with a token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel, Endpoint, RawDelivery
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.secrets import opened_ingress
from hearwell.channels.services.trying import Wish, keep_trial, try_connect
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.tokens import signed
from tests.gateway.conftest import Server
from tests.gateway.watching import Watcher, held_open

PAGE = "https://www.northwind.example"


@dataclass
class Chat:
    """A connected chat and the door in front of it."""

    url: str
    workspace: Workspace
    channel: Channel
    endpoint: Endpoint

    @property
    def secret(self) -> str:
        """What the site's server signs identities with."""
        return opened_ingress(self.endpoint).signing[0]

    def identity(self, sub: Any = "customer-7", minutes: float = 5, **claims: Any) -> str:
        """An identity as the site's server signs it."""
        ends = (now() + timedelta(minutes=minutes)).timestamp()
        return signed({"sub": sub, "exp": ends, **claims}, self.secret)

    def come(self, **facts: Any) -> Guest:
        """Begin a session."""
        guest = Guest(self)
        guest.begin(**facts)
        return guest

    def take_in(self) -> None:
        """Drain what was kept, as the worker does."""
        drain_endpoint(self.endpoint.id)

    def kept(self) -> list[dict[str, Any]]:
        """Return the items that were kept, in order."""
        bodies = RawDelivery.objects.order_by("id").values_list("body", flat=True)
        return [item for body in bodies for item in json.loads(bytes(body))["items"]]


@dataclass
class Guest:
    """A visitor's page."""

    chat: Chat
    token: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    origin: str = PAGE

    def call(self, method: str, what: str, **options: Any) -> httpx.Response:
        """Call the door as a page does."""
        headers = {"origin": self.origin, **options.pop("headers", {})}
        if self.token:
            headers.setdefault("authorization", f"Bearer {self.token}")
        url = f"{self.chat.url}/chat/{self.chat.endpoint.token}/{what}"
        return httpx.request(method, url, headers=headers, timeout=20, **options)

    def begin(self, **facts: Any) -> httpx.Response:
        """Ask for a session."""
        answer = self.call("POST", "session", json=facts)
        assert answer.status_code == 200, answer.text
        self.told = answer.json()
        self.token = self.told["token"]
        return answer

    def say(self, text: str, key: str = "", **more: Any) -> httpx.Response:
        """Write."""
        facts = {"id": key or str(uuid4()), "text": text, "page": f"{PAGE}/help", **more}
        return self.call("POST", "messages", json=facts)

    def texts(self) -> list[str]:
        """Return what stands in the conversation."""
        return [line["text"] for line in self.call("GET", "lines").json()["lines"]]

    @contextmanager
    def watching(self, after: int = 0) -> Iterator[Watcher]:
        """Hold the stream open."""
        headers = {"origin": PAGE, "authorization": f"Bearer {self.token}"}
        url = f"{self.chat.url}/chat/{self.chat.endpoint.token}/stream?after={after}"
        with held_open(httpx.Request("GET", url, headers=headers), "hello") as watcher:
            yield watcher


@pytest.fixture
def chat(transactional_db: None, server: Server) -> Chat:
    """Northwind's chat, connected as a person connects it."""
    workspace = Workspace.objects.create(name="Northwind Air", slug="northwind")
    return connected(server, workspace, PAGE)


def connected(server: Server, workspace: Workspace, origins: str) -> Chat:
    """Connect a chat for a site."""
    trial = try_connect("webchat", {"origins": origins, "title": "Ask Northwind"})
    with scope(workspace.id):
        wish = Wish("webchat", "Northwind")
        channel = keep_trial(workspace.id, trial, wish).channel
    endpoint = Endpoint.objects.get(id=channel.endpoint_id)
    return Chat(server.url, workspace, channel, endpoint)

"""Browsers of a kind: signed-in people and the streams that they watch."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel
from hearwell.conversations.models import Case
from hearwell.events.services import emit
from hearwell.inbox.events import MessageReceived
from tests import factories
from tests.gateway.conftest import Server


@dataclass
class Told:
    """One event as a browser gets it."""

    name: str
    seq: int
    data: dict[str, Any]


@dataclass
class Watcher:
    """A browser's EventSource, in a thread of its own."""

    status: int = 0
    told: list[Told] = field(default_factory=list)
    is_closed: bool = False

    def named(self, name: str) -> list[dict[str, Any]]:
        """Return the data of all events of a name."""
        return [one.data for one in self.told if one.name == name]

    def until(self, condition: Callable[[], object], within_s: float = 10) -> None:
        """Wait for something to be told."""
        end = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end, [(one.name, one.data) for one in self.told]
            time.sleep(0.01)

    def read(self, lines: Iterator[str]) -> None:
        """Take the stream apart until it ends."""
        event: dict[str, str] = {}
        for line in lines:
            if line:
                key, _, value = line.partition(": ")
                event[key] = value
            elif event:
                data = json.loads(event["data"])
                self.told.append(Told(event["event"], int(event.get("id", 0)), data))
                event = {}
        self.is_closed = True


@dataclass
class Desk:
    """A workspace with a person signed in."""

    workspace: Workspace
    user: User
    cookie: dict[str, str]
    channel: Channel

    @property
    def membership(self) -> Membership:
        """Their membership."""
        return Membership.objects.get(user=self.user, workspace=self.workspace)


def new_desk(name: str) -> Desk:
    workspace = create_workspace(name)
    user = User.objects.create_user(f"{name.lower()}@example.com", "correct horse", name=name)
    add_member(workspace, user, "agent")
    with scope(workspace.id):
        channel = factories.make_channel()
    return Desk(workspace, user, signed_in(user), channel)


def signed_in(user: User) -> dict[str, str]:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}


@contextmanager
def watching(server: Server, desk: Desk, **params: str) -> Iterator[Watcher]:
    headers = params.pop("headers", {})
    request = httpx.Request(
        "GET", f"{server.url}/live", params=params, headers=headers, cookies=desk.cookie
    )
    with held_open(request, "counts") as watcher:
        yield watcher


@contextmanager
def held_open(request: httpx.Request, first: str) -> Iterator[Watcher]:
    """Read a stream in a thread, from its first event of this name until the block ends."""
    watcher = Watcher()
    client = httpx.Client(timeout=30)

    def read() -> None:
        try:
            answer = client.send(request, stream=True)
            watcher.status = answer.status_code
            watcher.read(answer.iter_lines())
        except (httpx.TransportError, httpx.StreamError):
            watcher.is_closed = True

    thread = threading.Thread(target=read)
    thread.start()
    try:
        watcher.until(lambda: watcher.named(first) or watcher.is_closed)
        yield watcher
    finally:
        hang_up(client)
        thread.join(10)


def hang_up(client: httpx.Client) -> None:
    """Close the socket under a blocked read, as a closed tab does."""
    import socket

    pool = client._transport._pool  # type: ignore[attr-defined]
    for one in pool.connections:
        raw = one._connection._network_stream.get_extra_info("socket")
        with_open = raw is not None and raw.fileno() >= 0
        if with_open:
            raw.shutdown(socket.SHUT_RDWR)
    client.close()


def arrive(desk: Desk, text: str = "Where is my bag?") -> Case:
    """A customer writes: the case as the story would make it, and its event."""
    with scope(desk.workspace.id):
        message = factories.make_message(text, desk.channel)
        case = Case.objects.get(id=message.case_id)
        emit([_received(desk, case, message.id)])
    return case


def _received(desk: Desk, case: Case, message_id: UUID) -> MessageReceived:
    return MessageReceived(
        workspace_id=desk.workspace.id,
        case_id=case.id,
        message_id=message_id,
        channel_id=desk.channel.id,
        duty="answer",
        kind=case.kind,
        urgency=case.urgency,
        audience="public",
        is_new_case=True,
    )


def say(server: Server, desk: Desk, case_id: UUID, doing: str, **headers: str) -> int:
    return httpx.post(
        f"{server.url}/live/presence",
        json={"case": str(case_id), "doing": doing},
        cookies=desk.cookie,
        headers=headers,
    ).status_code

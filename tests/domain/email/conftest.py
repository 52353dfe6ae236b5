"""Mailboxes of Northwind Air on in-process servers, in the real house on a real database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pytest_django import Settings

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel, opened_account
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.polling import poll_once
from hearwell.connect import registry
from hearwell.connectors.email.connector import EmailConnector
from hearwell.connectors.email.fake import CUSTOMER, mail
from hearwell.connectors.email.fake_server import Folder, Post, ago
from hearwell.conversations.models import Case, Message
from hearwell.events.models import Event
from hearwell.events.tasks import handle
from hearwell.inbox import attaching, handlers, reply
from hearwell.inbox.reply import Reply
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.kit.seal import make_keys
from hearwell.outbound import sender
from hearwell.outbound.models import Delivery
from hearwell.sla import services as sla
from tests.domain.email.chats import Chat, begun

SUPPORT, INFO = "support@northwind.test", "info@northwind.test"


class Posts:
    """One server with a mailbox for each address: whose it is, the sign-in tells."""

    def __init__(self, *posts: Post) -> None:
        self.by_host = {f"imap.{post.user.partition('@')[0]}.test": post for post in posts}

    def __getattr__(self, name: str) -> object:
        return getattr(next(iter(self.by_host.values())), name)

    def open(self, host: str, port: int, *, tls: bool, timeout_s: float) -> object:
        return self.by_host[host].open(host, port, tls=tls, timeout_s=timeout_s)


@dataclass
class Desk:
    """A care desk with two mailboxes."""

    anna: Membership
    support: Channel
    info: Channel
    posts: dict[str, Post]

    @property
    def ws(self) -> UUID:
        return self.support.workspace_id

    def comes(
        self,
        body: bytes,
        *,
        to: Channel | None = None,
        minutes_ago: float = 0,
        folder: str = "INBOX",
    ) -> None:
        """A mail comes into a mailbox."""
        self.posts[(to or self.support).external_id].folders[folder].add(body, ago(minutes_ago))

    def polls(self, *channels: Channel) -> None:
        """The listener asks every mailbox once, and the worker takes in what it brought."""
        for channel in channels or (self.support, self.info):
            for stream in ("INBOX", "sent"):
                while poll_once(self.ws, channel.id, stream) == 0:
                    pass
            assert channel.endpoint_id
            drain_endpoint(channel.endpoint_id)

    def cases(self) -> list[Case]:
        with scope(self.ws):
            return list(Case.objects.order_by("number"))

    def messages(self, **which: object) -> list[Message]:
        with scope(self.ws):
            return list(Message.objects.filter(**which).order_by("sent_at", "id"))

    def answers(
        self, case: Case, text: str = "We have found it.", files: Mapping[str, bytes] | None = None
    ) -> Delivery:
        """Anna answers, with files by their names, and the worker sends it."""
        with scope(self.ws):
            case.refresh_from_db()
            key = uuid7()
            for name, body in (files or {}).items():
                attaching.add_file(case.id, key, name, body, self.anna)
            what = Reply(
                case_id=case.id, text=text, audience="private", key=key,
                seen_version=case.version, undo_s=0, confirm=True,
            )  # fmt: skip
            row = reply.send_reply(what, self.anna)
        sender.deliver(self.ws, row.id)
        self.hear("DeliverySent", "on_delivered")
        with scope(self.ws):
            return Delivery.objects.get(id=row.id)

    def hear(self, event: str, handler: str) -> None:
        with scope(self.ws):
            ids = [str(row[0]) for row in Event.objects.filter(name=event).values_list("id")]
        handle(workspace_id=str(self.ws), handler=f"{handlers.__name__}.{handler}", event_ids=ids)

    def sent(self, channel: Channel | None = None) -> list[bytes]:
        """What left the house."""
        return [taken[2] for taken in self.posts[(channel or self.support).external_id].taken]


def letter(number: int, text: str = "Where is my bag?", **more: object) -> bytes:
    """A mail of Lena's."""
    fields: dict[str, object] = {"message_id": f"mail-number-{number}@example.test"} | more
    return mail(text, **fields)  # type: ignore[arg-type]


@pytest.fixture
def desk(
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Desk:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder)
    settings.HEARWELL_KEYS = folder
    sender._identities.clear()
    posts = {address: Post(user=address) for address in (SUPPORT, INFO)}
    for post in posts.values():
        post.folders = {"INBOX": Folder(), "Sent": Folder()}
    connector = EmailConnector(Posts(*posts.values()))  # type: ignore[arg-type]
    monkeypatch.setitem(registry._connectors, "email", connector)
    workspace = create_workspace("Northwind Air")
    anna = add_member(workspace, User.objects.create_user("anna@x.org", name="Anna"), "agent")
    with scope(workspace.id):
        sla.ensure_defaults(workspace)
        channels = [_connected(workspace.id, address, post) for address, post in posts.items()]
        assert opened_account(channels[0]).secrets["password"]
    return Desk(anna, *channels, posts)


def _connected(workspace_id: UUID, address: str, post: Post) -> Channel:
    host = f"imap.{address.partition('@')[0]}.test"
    return connect_channel(
        workspace_id=workspace_id,
        network="email",
        handle=address,
        external_id=address,
        brand="Northwind Air",
        settings={
            "address": address,
            "name": "Northwind Air",
            "imap_host": host,
            "smtp_host": host,
            "sent": "Sent",
            "trusted": "mx.northwind.test",
            "since": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        },
        secrets={"password": post.password, "stamp": f"stamp of {address}"},
        scopes=["read", "write"],
    )


@pytest.fixture
def chat(desk: Desk) -> Chat:
    return begun(desk)


__all__ = ["CUSTOMER", "Desk", "letter"]

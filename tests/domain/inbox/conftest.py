"""A care desk where Lena has written, for the story of an answer. Real commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Brand, Channel
from hearwell.connect import registry
from hearwell.connect.model import Account, Audience, Author, InboundMessage, MessageKind
from hearwell.conversations.models import Case, Message
from hearwell.events.models import Event
from hearwell.events.tasks import handle
from hearwell.inbox import handlers, reply
from hearwell.inbox.intake import take_in
from hearwell.inbox.reply import Reply
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import sender
from hearwell.outbound.models import Delivery
from hearwell.sla import services as sla
from tests.factories import make_channel
from tests.harbour_wire import ACCOUNT, Wire


@dataclass
class Care:
    """A care desk where Lena has written in public and in private."""

    anna: Membership
    ben: Membership
    vera: Membership
    channel: Channel
    wire: Wire
    case_id: UUID
    private_case_id: UUID

    @property
    def ws(self) -> UUID:
        return self.channel.workspace_id

    def inside(self) -> Any:
        return scope(self.ws)

    def reply(self, **more: Any) -> Reply:
        """What Anna would submit having seen the case as it is now."""
        with self.inside():
            case = Case.objects.get(id=more.get("case_id", self.case_id))
        fields = {
            "case_id": case.id,
            "text": "On our way.",
            "audience": "public",
            "key": uuid7(),
            "seen_version": case.version,
            "undo_s": 0,
        }
        return Reply(**(fields | more))

    def send(self, what: Reply, by: Membership | None = None) -> Delivery:
        with self.inside():
            return reply.send_reply(what, by or self.anna)

    def deliver(self, row: Delivery) -> Delivery:
        """Let the worker post it and the handlers hear of it."""
        sender.deliver(self.ws, row.id)
        self.hear()
        with self.inside():
            return Delivery.objects.get(id=row.id)

    def hear(self) -> None:
        with self.inside():
            names = ["DeliverySent", "DeliveryFailed", "DeliveryHeld", "DeliveryStale"]
            ids = Event.objects.filter(name__in=[*names, "DeliveryCancelled"]).values_list("id")
            events = [str(row[0]) for row in ids]
        for name in ("on_delivered", "on_failed", "on_held", "on_stale", "on_cancelled"):
            handler = f"{handlers.__name__}.{name}"
            handle(workspace_id=str(self.ws), handler=handler, event_ids=events)

    def hears_from_lena(self, text: str = "Hello?", *, private: bool = False) -> Sequence[Message]:
        return arrive(self.channel, text, private=private)

    def case(self) -> Case:
        with self.inside():
            return Case.objects.get(id=self.case_id)


def arrive(channel: Channel, text: str, *, private: bool = False) -> Sequence[Message]:
    """Lena writes."""
    remote_id = f"m-{uuid7()}"
    item = InboundMessage(
        external_id=remote_id,
        dedup_key=remote_id,
        occurred_at=now() - timedelta(seconds=5),
        account=ACCOUNT,
        thread_key="dm-lena" if private else "post-1",
        kind=MessageKind.DM if private else MessageKind.MENTION,
        audience=Audience.PRIVATE if private else Audience.PUBLIC,
        author=Author("lena-1", "lena", "Lena Hoff"),
        text=text,
    )
    with scope(channel.workspace_id):
        return take_in(channel, [item])


@pytest.fixture
def care(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Care:
    wire = Wire()
    sender._identities.clear()
    monkeypatch.setitem(registry._connectors, "wire", wire)
    monkeypatch.setattr(
        sender, "opened_account", lambda channel: Account(channel.external_id, secrets={"t": "0"})
    )
    workspace = create_workspace("Northwind Air")
    people = {
        name: add_member(workspace, User.objects.create_user(f"{name}@x.org", name=name), role)
        for name, role in (("Anna Berg", "agent"), ("Ben Cole", "agent"), ("Vera Dunn", "viewer"))
    }
    with scope(workspace.id):
        sla.ensure_defaults(workspace)
        brand = Brand.objects.create(workspace_id=workspace.id, name="Northwind Air")
        channel = Channel.objects.create(
            workspace_id=workspace.id,
            brand=brand,
            network="wire",
            handle="northwind",
            external_id=ACCOUNT,
        )
    cases = [arrive(channel, "Where is my bag?", private=p)[0].case_id for p in (False, True)]
    return Care(*people.values(), channel, wire, *cases)


@pytest.fixture
def anna(bob: User) -> Membership:
    """An agent, in the workspace in scope."""
    return Membership.objects.select_related("user").get(user=bob)


@pytest.fixture
def channel(workspace: Workspace) -> Channel:
    """An account of the brand."""
    return make_channel()


@pytest.fixture
def other(workspace: Workspace) -> Channel:
    """Another account of the same brand."""
    return make_channel("sandbox", "NorthwindCare")

"""A chat on Northwind's site whose visitor has left, for the tests of letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db.models import F

from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel
from hearwell.connect.model import Audience, Author, MessageKind, Receipt, ReceiptState
from hearwell.connect.rooms import thread_of
from hearwell.connectors.email.fake import CUSTOMER
from hearwell.conversations.models import Case, CaseLog
from hearwell.inbox import intake, onward
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound import sender
from hearwell.outbound.models import Delivery
from hearwell.webchat import services
from hearwell.webchat.models import Line, Visitor
from tests.factories import make_item, receive

if TYPE_CHECKING:
    from tests.domain.email.conftest import Desk

SITE = "www.northwind.example"


@dataclass
class Chat:
    """A chat on Northwind's site, and Lena in it, who has left."""

    desk: Desk
    channel: Channel
    lena: UUID
    case_id: UUID

    @property
    def ws(self) -> UUID:
        return self.desk.ws

    def answers(
        self, text: str = "We have found it.", files: Mapping[str, bytes] | None = None
    ) -> Delivery:
        """Anna answers where the customer last wrote, and the worker sends it."""
        with scope(self.ws):
            case = Case.objects.get(id=self.case_id)
        return self.desk.answers(case, text, files)

    def wait(self, minutes: float = 3) -> int:
        """Time goes by, and the worker looks; returns how many mails were queued."""
        ago = timedelta(minutes=minutes)
        with scope(self.ws):
            Line.objects.update(at=F("at") - ago, read_by=F("read_by") - ago)
            Visitor.objects.update(seen_at=F("seen_at") - ago, left_at=F("left_at") - ago)
        return onward.hand_over_due()

    def sends(self) -> None:
        """The worker sends what is due, and the house hears of it."""
        with scope(self.ws):
            due = list(Delivery.objects.filter(state="queued").values_list("id", flat=True))
        for delivery_id in due:
            sender.deliver(self.ws, delivery_id)
        self.desk.hear("DeliverySent", "on_delivered")

    def mails(self) -> list[Delivery]:
        with scope(self.ws):
            return list(Delivery.objects.filter(network="email").order_by("id"))

    def sees(self) -> None:
        """Lena comes back and reads all there is; the page's envelope is taken in."""
        with scope(self.ws):
            seen = services.note_seen(self.ws, self.lena, 2**40)
            receipts = [
                Receipt(
                    external_id=str(line.id), dedup_key=f"seen:{line.id}", occurred_at=now(),
                    account=SITE, state=ReceiptState.READ, target_id=str(line.id),
                )
                for line in seen
            ]  # fmt: skip
            intake.take_receipts(self.channel, receipts)

    def log(self) -> list[str]:
        with scope(self.ws):
            return list(CaseLog.objects.filter(case_id=self.case_id).values_list("verb", flat=True))


def begun(desk: Desk) -> Chat:
    """A chat with Lena, who asked about her bag, left her address, and has gone."""
    with scope(desk.ws):
        channel = connect_channel(
            workspace_id=desk.ws,
            network="webchat",
            handle=SITE,
            external_id=SITE,
            brand="Northwind Air",
            settings={"origins": f"https://{SITE}", "title": "Ask Northwind"},
        )
        visitor = services.arrive(desk.ws, channel.id, None)
        services.introduce(visitor, name="Lena Vik", email=CUSTOMER)
        case_id = writes(channel, visitor.id, "Where is my bag?")
        services.note_here(desk.ws, visitor.id, has_left=True)
    return Chat(desk, channel, visitor.id, case_id)


def writes(channel: Channel, visitor_id: UUID, text: str) -> UUID:
    """A visitor writes; returns the case that it came into."""
    key = str(uuid4())
    services.write_in(channel.workspace_id, visitor_id, key, text)
    item = make_item(
        text,
        kind=MessageKind.CHAT,
        audience=Audience.PRIVATE,
        external_id=f"{visitor_id}:{key}",
        thread_key=thread_of(str(visitor_id)),
        account=SITE,
        author=Author(str(visitor_id), "", "Lena Vik"),
    )
    (message,) = receive(channel, [item])
    return message.case_id

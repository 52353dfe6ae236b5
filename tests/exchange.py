"""A brand and its customers talking, through the real verbs: no rows made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel
from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.contacts import services as contacts
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.sla import services as sla
from hearwell.triage.models import Verdict


@dataclass(frozen=True)
class Judged:
    """A verdict as the capabilities below triage read it."""

    duty: str = "answer"
    kind: str = "question"
    urgency: int = 1
    certainty: float = 0.9
    is_thanks: bool = False

    def of(self, message: Message) -> Verdict:
        """The verdict on a message, as triage would give it; not kept."""
        return Verdict(
            workspace_id=message.workspace_id,
            message=message,
            case_id=message.case_id,
            duty=self.duty,
            kind=self.kind,
            urgency=self.urgency,
            certainty=self.certainty,
            is_thanks=self.is_thanks,
            engine="test",
        )


ANSWER, URGENT = Judged(), Judged(kind="complaint", urgency=4)
PRAISE = Judged(duty="acknowledge", kind="praise", urgency=0)
THANKS = Judged(duty="acknowledge", kind="praise", urgency=0, is_thanks=True)
CHATTER = Judged(duty="none", kind="chatter", urgency=0)


@dataclass
class Exchange:
    """Lets customers write and the brand answer, in one channel of a workspace in scope."""

    workspace_id: UUID
    network: str = "pigeon"
    handle: str = "northwind"
    channel: Channel = field(init=False)
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.channel = connect_channel(
            workspace_id=self.workspace_id,
            network=self.network,
            handle=self.handle,
            external_id=self.handle,
            brand="Northwind Air",
        )

    def item(
        self, thread: str = "t1", at: datetime | None = None, *, is_echo: bool = False, **more: Any
    ) -> InboundMessage:
        """One message as a network would bring it."""
        number = next(self.numbers)
        person = more.pop("by", "lena")
        remote_id = more.pop("remote_id", f"m{number}")
        values: dict[str, Any] = {
            "external_id": remote_id,
            "dedup_key": remote_id,
            "version": 1,
            "occurred_at": at or now(),
            "account": self.channel.external_id,
            "raw_index": None,
            "kind": MessageKind.POST,
            "audience": Audience.PUBLIC,
            "thread_key": thread,
            "author": Author(person, person, person.title()),
            "text": f"message {number}",
            "is_echo": is_echo,
        }
        return InboundMessage(**{**values, **more})

    def take(
        self,
        items: Sequence[InboundMessage],
        verdict: Judged = ANSWER,
        *,
        historic: bool = False,
    ) -> list[Message]:
        """Take customers' messages in, as the story does, with a verdict given."""
        people = contacts.identify(
            self.workspace_id,
            self.network,
            list({i.author.external_id: i.author for i in items}.values()),
        )
        threads = conversations.thread(self.channel, items, people, historic=historic)
        fresh = conversations.record_inbound(
            self.channel, items, threads, people, historic=historic
        )
        verdicts = {m.id: verdict.of(m) for m in fresh if m.direction == "in"}
        conversations.apply_verdicts(verdicts)
        sla.start_clocks(self.workspace_id, fresh, verdicts, historic=historic)
        return fresh

    def ask(
        self,
        thread: str = "t1",
        at: datetime | None = None,
        verdict: Judged = ANSWER,
        **more: Any,
    ) -> Message:
        """A customer writes."""
        (message,) = self.take([self.item(thread, at, **more)], verdict)
        return message

    def reply(
        self, to: Message, at: datetime | None = None, *, is_holding: bool = False, **more: Any
    ) -> Message:
        """We answer through the product; the network says when."""
        said = conversations.record_outbound(
            conversations.OutboundMessage(
                conversation_id=to.conversation_id,
                remote_id=more.pop("remote_id", f"r{next(self.numbers)}"),
                text=more.pop("text", "an answer"),
                sent_at=at or now(),
                audience=to.audience,
                parent_remote_id=more.pop("parent", to.remote_id),
                is_holding=is_holding,
                **more,
            )
        )
        sla.meet(
            said.case_id,
            said.sent_at,
            reply_id=said.id,
            is_holding=is_holding,
            is_automatic=said.is_automatic,
        )
        return said

    def echo(self, thread: str = "t1", at: datetime | None = None, **more: Any) -> list[Message]:
        """A colleague answered in the network itself."""
        sent = self.take([self.item(thread, at, is_echo=True, by=self.handle, **more)])
        sla.meet_all(self.workspace_id, [sla.Answered(m.case_id, m.sent_at, m.id) for m in sent])
        return sent


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)

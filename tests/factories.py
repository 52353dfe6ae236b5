"""Makes what a test needs, through the same services as the product; sensible without arguments.

Everything is made in the workspace in scope (the `workspace` fixture). Texts are Northwind Air's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hearwell.channels.models import Brand, Channel
from hearwell.connect.model import (
    Audience,
    Author,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
)
from hearwell.contacts import services as contacts
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Conversation, Message
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import current_workspace
from hearwell.triage import services as triage

_numbers = count(1)
LENA = Author("lena", "lenavik_nw", "Lena Vik")
DUARTE = Author("duarte", "duarte.reis", "Duarte Reis")
BRAND = Author("northwind", "NorthwindAir", "Northwind Air")


def here() -> UUID:
    """Return the workspace in scope."""
    workspace_id = current_workspace()
    assert workspace_id is not None, "ask for the `workspace` fixture"
    return workspace_id


def make_channel(network: str = "sandbox", handle: str = "NorthwindAir", **values: Any) -> Channel:
    """Make a connected account, of the brand Northwind Air unless told otherwise."""
    brand = (
        values.pop("brand", None)
        or Brand.objects.get_or_create(workspace_id=here(), name="Northwind Air")[0]
    )
    values.setdefault("external_id", f"account-{next(_numbers)}")
    return Channel.objects.create(
        workspace_id=here(), brand=brand, network=network, handle=handle, **values
    )


def make_item(text: str = "Where is my bag?", **values: Any) -> InboundMessage:
    """Make what a connector would have parsed: a public mention by Lena, just now."""
    number = next(_numbers)
    external_id = values.pop("external_id", f"m{number}")
    item = InboundMessage(
        external_id=external_id,
        dedup_key=external_id,
        occurred_at=now(),
        account="northwind",
        thread_key=external_id,
        kind=MessageKind.MENTION,
        audience=Audience.PUBLIC,
        author=LENA,
        text=text,
    )
    return replace(item, **values)


def make_dm(text: str = "Hello, can you help me?", **values: Any) -> InboundMessage:
    """Make a private message."""
    return make_item(text, kind=MessageKind.DM, audience=Audience.PRIVATE, **values)


def make_echo(text: str = "We are on it. ^AA", **values: Any) -> InboundMessage:
    """Make a message of the brand's own, as the network shows it."""
    return make_item(text, author=BRAND, is_echo=True, **values)


def make_edit(item: InboundMessage, text: str, version: int = 2, **values: Any) -> MessageEdited:
    """Make an edit of an item."""
    at = item.occurred_at + timedelta(seconds=version)
    edit = MessageEdited(
        external_id=item.external_id,
        dedup_key=f"{item.external_id}/{version}",
        occurred_at=at,
        account=item.account,
        version=version,
        thread_key=item.thread_key,
        text=text,
        edited_at=at,
    )
    return replace(edit, **values)


def make_deletion(item: InboundMessage, *, must_purge: bool = False) -> MessageDeleted:
    """Make the deletion of an item."""
    return MessageDeleted(
        external_id=item.external_id,
        dedup_key=f"{item.external_id}/deleted",
        occurred_at=item.occurred_at + timedelta(minutes=5),
        account=item.account,
        thread_key=item.thread_key,
        must_purge=must_purge,
    )


def receive(
    channel: Channel, items: Sequence[InboundMessage], *, historic: bool = False
) -> list[Message]:
    """Take items in as far as the case: identified, threaded, recorded, judged. No clocks."""
    people = contacts.identify(
        channel.workspace_id, channel.network, [item.author for item in items]
    )
    threads = conversations.thread(channel, items, people, historic=historic)
    fresh = conversations.record_inbound(channel, items, threads, people, historic=historic)
    conversations.apply_verdicts(triage.assess(fresh))
    return fresh


def make_message(
    text: str = "Where is my bag?", channel: Channel | None = None, **values: Any
) -> Message:
    """Make a customer's message, in a case of its own unless `thread_key` says otherwise."""
    (message,) = receive(channel or make_channel(), [make_item(text, **values)])
    return message


def make_case(
    text: str = "Where is my bag?", channel: Channel | None = None, **values: Any
) -> Case:
    """Make a case of one message that needs an answer."""
    return Case.objects.get(id=make_message(text, channel, **values).case_id)


def make_reply(
    case: Case, text: str = "It is on its way. ^AA", at: datetime | None = None, **values: Any
) -> Message:
    """Record a reply of ours as sent, to the whole of the case's only conversation."""
    home = values.pop("conversation", None) or Conversation.objects.get(case_id=case.id)
    said = conversations.OutboundMessage(
        conversation_id=home.id,
        remote_id=values.pop("remote_id", f"r{next(_numbers)}"),
        text=text,
        sent_at=at or now(),
        audience=values.pop("audience", home.audience),
        delivery_id=values.pop("delivery_id", uuid7()),
        **values,
    )
    return conversations.record_outbound(said)

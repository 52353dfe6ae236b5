"""What went out: our own messages, once the network has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hearwell.conversations.models import Conversation, Direction, Message
from hearwell.conversations.services.place import here
from hearwell.conversations.services.standing import answered_by, settle
from hearwell.conversations.words import vector
from hearwell.kit import rows
from hearwell.kit.text import clean

_REPLIED = """
    UPDATE conversations_case SET version = version + 1,
        last_message_at = greatest(last_message_at, %s),
        last_reply_at = CASE WHEN %s THEN last_reply_at ELSE greatest(last_reply_at, %s) END
    WHERE workspace_id = %s AND id = %s
"""
# A holding reply whose echo came first was taken for an answer: those whom it seemed to answer
# wait again, from our answer before it on.
_WAIT_AGAIN = """
    INSERT INTO conversations_waiting
        (id, workspace_id, case_id, conversation_id, identity_id, since, kind, urgency)
    SELECT m.id, m.workspace_id, m.case_id, m.conversation_id, m.author_identity_id, m.sent_at,
        c.kind, c.urgency
    FROM conversations_message m
    JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
    WHERE m.workspace_id = %s AND m.case_id = %s AND m.conversation_id = %s
        AND m.direction = 'in' AND m.deleted_at IS NULL AND m.sent_at <= %s
        AND m.sent_at > coalesce((
            SELECT max(o.sent_at) FROM conversations_message o
            WHERE o.workspace_id = m.workspace_id AND o.conversation_id = m.conversation_id
                AND o.direction = 'out' AND NOT o.is_holding AND NOT o.is_automatic
        ), '-infinity')
    ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True, kw_only=True)
class OutboundMessage:
    """One of our messages as it stands on the network.

    `sent_at` is the network's time. `delivery_id` makes recording it twice harmless. `about` is
    what else the thread is to tell of it, `subject` its heading where the network has one.
    `media` are its files as Message.media holds them. `channel_id` is the account that spoke, where
    it is another of ours than the thread's own.
    """

    conversation_id: UUID
    remote_id: str
    text: str
    sent_at: datetime
    audience: str
    kind: str = "comment"
    subject: str = ""
    author_user_id: UUID | None = None
    author_name: str = ""
    delivery_id: UUID | None = None
    parent_remote_id: str = ""
    root_remote_id: str = ""
    permalink: str = ""
    is_holding: bool = False
    is_automatic: bool = False
    is_sent_outside: bool = False
    about: Mapping[str, Any] = field(default_factory=dict)
    media: Sequence[Mapping[str, Any]] = ()
    channel_id: UUID | None = None


@transaction.atomic
def record_outbound(said: OutboundMessage) -> Message:
    """Record a message of ours; return it, old or new.

    The same delivery or remote id twice is one message. If its echo came first and looked as if
    somebody had sent it outside, that row becomes this one. A human answer ends the waiting of
    those it is meant for; a holding reply only shows that we have seen them.
    """
    workspace_id = here()
    home = Conversation.objects.select_for_update().get(
        workspace_id=workspace_id, id=said.conversation_id
    )
    known = _known(workspace_id, said.channel_id or home.channel_id, said)
    message = known or _new(home, said)
    if known is not None:
        if known.delivery_id == said.delivery_id and known.author_user_id == said.author_user_id:
            return known
        _own(known, said)
    else:
        rows.insert([message])
    spoke = [said.sent_at, said.is_automatic, said.sent_at, workspace_id, message.case_id]
    rows.fetch(_REPLIED, spoke, is_read=False)
    answered_by(workspace_id, [message.id])
    settle(workspace_id, [message.case_id])
    return message


def _known(workspace_id: UUID, channel_id: UUID, said: OutboundMessage) -> Message | None:
    ours = Message.objects.filter(workspace_id=workspace_id).defer("search")
    by_delivery = said.delivery_id and ours.filter(delivery_id=said.delivery_id).first()
    remote_id = clean(said.remote_id)[0]
    return by_delivery or ours.filter(channel_id=channel_id, remote_id=remote_id).first()


def _new(home: Conversation, said: OutboundMessage) -> Message:
    text, is_replaced = clean(said.text)
    return Message(
        workspace_id=home.workspace_id,
        conversation_id=home.id,
        case_id=home.case_id,
        channel_id=said.channel_id or home.channel_id,
        remote_id=clean(said.remote_id)[0],
        direction=Direction.OUT.value,
        kind=said.kind,
        audience=said.audience,
        parent_remote_id=clean(said.parent_remote_id)[0],
        root_remote_id=clean(said.root_remote_id)[0],
        subject=clean(said.subject)[0],
        text=text,
        replaced=is_replaced,
        media=[dict(one) for one in said.media],
        sent_at=said.sent_at,
        permalink=clean(said.permalink)[0],
        search=vector(text, said.author_name),
        **_ownership(said),
    )


def _ownership(said: OutboundMessage) -> dict[str, Any]:
    return {
        "author_user_id": said.author_user_id,
        "author_name": clean(said.author_name)[0],
        "delivery_id": said.delivery_id,
        "is_holding": said.is_holding,
        "is_automatic": said.is_automatic,
        "sent_outside": said.is_sent_outside,
        **({"about": dict(said.about)} if said.about else {}),
    }


def _own(message: Message, said: OutboundMessage) -> None:
    """Make the echo that came first ours."""
    values = _ownership(said)
    if said.media:  # ours are kept, and described; the network's copies need not be fetched
        values["media"] = [dict(one) for one in said.media]
    Message.objects.filter(workspace_id=message.workspace_id, id=message.id).update(**values)
    for name, value in values.items():
        setattr(message, name, value)
    if said.is_holding or said.is_automatic:
        again = [message.workspace_id, message.case_id, message.conversation_id, message.sent_at]
        rows.fetch(_WAIT_AGAIN, again, is_read=False)

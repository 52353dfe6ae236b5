"""Who asked for no more messages: remembered, told before anybody writes, and kept to.

Where a network takes a word for it (STOP), the word itself is the wish, and START takes it back.
A network that refuses because of one that we never saw (it was made with another sender) is
believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.channels.models import Channel
from hearwell.connect.failures import OptedOut
from hearwell.connect.optout import HeedsWishes
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.contacts import services as contacts
from hearwell.contacts.models import Identity
from hearwell.conversations.models import Direction, Message
from hearwell.events.registry import on
from hearwell.kit.clock import now
from hearwell.outbound.events import DeliveryFailed


def heed(channel: Channel, fresh: Sequence[Message]) -> None:
    """Keep to what customers have just asked for; the last word of each counts."""
    try:
        connector = connector_for(channel.network)
    except UnknownNetworkError:
        return
    if not isinstance(connector, HeedsWishes):
        return
    last: dict[UUID, Message] = {}
    for message in sorted(fresh, key=lambda one: one.sent_at):
        if message.author_identity_id and connector.wish(message.text) is not None:
            last[message.author_identity_id] = message
    for person, message in last.items():
        if connector.wish(message.text):
            contacts.leave_in_peace(channel.workspace_id, [person], message.sent_at)
        else:
            contacts.welcome_back(channel.workspace_id, [person], message.sent_at)


def why_left_in_peace(person: Identity | None) -> str:
    """Return why nothing is written to somebody; empty if they asked for nothing of the kind."""
    if person is None or person.no_messages_since is None:
        return ""
    words = _(
        "%(name)s asked for no more messages on %(day)s. Only they can take that back, by writing "
        "START."
    )
    day = person.no_messages_since.date().isoformat()
    return words % {"name": person.name or person.handle or person.external_id, "day": day}


@on(DeliveryFailed)
def believe_refusals(events: Sequence[DeliveryFailed]) -> None:
    """Remember whom the network does not let us write to because they asked it."""
    for event in events:
        if event.code == OptedOut.code and "conversation_id" in event.context:
            people = Message.objects.filter(
                workspace_id=event.workspace_id,
                conversation_id=UUID(event.context["conversation_id"]),
                direction=Direction.IN,
                author_identity__isnull=False,
            )
            ids = set(people.order_by().values_list("author_identity_id", flat=True))
            contacts.leave_in_peace(event.workspace_id, ids, now())

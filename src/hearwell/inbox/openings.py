"""Whether a message can be answered at all, seen before anybody writes.

Some networks take an answer from an account only under conditions that the answered message meets
or does not meet, whatever is said. Then the composer says so at once, and where else it can be
done.
"""

from __future__ import annotations

from typing import Final

from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.connect.model import Audience, Author, Draft, MessageKind, Problem
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.conversations.models import Message
from hearwell.kit.clock import now

# What other words would not change. What is due to files, length or time is said as one writes.
_STANDING: Final = frozenset({"not_allowed"})


def kind_of(parent: Message | None) -> MessageKind | None:
    """What the answered message is on its network, where that is known."""
    known = MessageKind.__members__.values()
    return next((one for one in known if parent and one.value == parent.kind), None)


def author_of(parent: Message | None) -> Author | None:
    """Who wrote the answered message."""
    identity = parent.author_identity if parent else None
    return Author(identity.external_id, identity.handle, identity.name) if identity else None


def closed_by(channel: Channel, audience: Audience, parent: Message) -> Problem | None:
    """Return why no answer to this message would be taken from the account; None where one may."""
    try:
        connector = connector_for(channel.network)
    except UnknownNetworkError:
        return None
    draft = Draft(
        text="",
        audience=audience,
        account=channel.external_id,
        parent_id=parent.remote_id,
        root_id=parent.root_remote_id or parent.remote_id,
        to=author_of(parent),
        parent_seen_at=parent.sent_at,
        parent_kind=kind_of(parent),
    )
    found = connector.preflight(account_of(channel), draft, now())
    return next((one for one in found if one.blocking and one.code in _STANDING), None)

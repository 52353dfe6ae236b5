"""What a network brings again of people who were erased is let go, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hearwell.channels.intake import raw_of
from hearwell.channels.models import Channel
from hearwell.channels.services.leftovers import note_leftovers
from hearwell.connect.model import Inbound, InboundMessage, Reacted
from hearwell.contacts.tombstones import Graves, graves_among

I = TypeVar("I", bound=Inbound)  # noqa: E741 -- the type variable of "item"


def left_of(channel: Channel, items: Sequence[I]) -> list[I]:
    """Return the items without those of erased people from before they were erased.

    The raw deliveries of what is left out are noted, to be emptied when they are done with. What
    such a person says afterwards stays: it is the first that is known of them. One query.
    """
    people = {name for item in items if (name := _person(item))}
    messages = {_message(item) for item in items}
    if not items:
        return []
    graves = graves_among(channel.workspace_id, channel.network, people, messages)
    if not graves:
        return list(items)
    gone = [item for item in items if _is_gone(item, graves)]
    note_leftovers({raw.id for item in gone if (raw := raw_of(item)) is not None})
    mine = {id(item) for item in gone}
    return [item for item in items if id(item) not in mine]


def _person(item: Inbound) -> str:
    if isinstance(item, Reacted):
        return item.actor.external_id
    return item.author.external_id if isinstance(item, InboundMessage) else ""


def _message(item: Inbound) -> str:
    return item.target_id if isinstance(item, Reacted) else item.external_id


def _is_gone(item: Inbound, graves: Graves) -> bool:
    return _message(item) in graves.messages or graves.is_old(_person(item), item.occurred_at)

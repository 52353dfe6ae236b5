"""What others' public accounts say and are told: kept as history, and nothing follows from it.

As an archive, less even that: none of our promises ever applied, so no clock is reckoned. What was
said is judged, for figures compare what needed an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from hearwell.channels.models import Channel
from hearwell.connect.model import Author, InboundMessage, MessageDeleted, MessageEdited
from hearwell.contacts import services as contacts
from hearwell.contacts.tombstones import graves_among
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Message
from hearwell.inbox import forgotten
from hearwell.kit.overlap import overlapping
from hearwell.triage import services as triage


def without_erased(
    channel: Channel, network: str, items: Sequence[InboundMessage]
) -> list[InboundMessage]:
    """Return the items without those of people who were erased on the network itself."""
    people = {item.author.external_id for item in items}
    graves = graves_among(
        channel.workspace_id, network, people, {item.external_id for item in items}
    )
    return [
        item
        for item in items
        if item.external_id not in graves.messages
        and not graves.is_old(item.author.external_id, item.occurred_at)
    ]


@transaction.atomic
def take_watched(channel: Channel, items: Sequence[InboundMessage]) -> list[Message]:
    """Keep both sides of what was said in public; return what was new. Repeats add nothing."""
    items = forgotten.left_of(channel, items)
    if not items:
        return []
    with overlapping():
        mind = triage.mind_for(channel.workspace_id)
        people = contacts.identify(channel.workspace_id, channel.network, _people(items))
        threads = conversations.thread(channel, items, people, historic=True)
        fresh = conversations.record_inbound(channel, items, threads, people, historic=True)
        conversations.apply_verdicts(triage.assess(fresh, mind=mind))
    return fresh


def _people(items: Sequence[InboundMessage]) -> list[Author]:
    """Return who wrote to the brand; the brand itself is nobody's customer."""
    return list({one.author.external_id: one.author for one in items if not one.is_echo}.values())


@transaction.atomic
def take_watched_edits(channel: Channel, items: Sequence[MessageEdited]) -> list[Message]:
    """Keep what messages say now and judge them anew; those that are not known stay unknown."""
    changed = conversations.record_edit(channel, items) if items else []
    conversations.apply_verdicts(triage.assess(changed))
    return changed


@transaction.atomic
def take_watched_deletions(channel: Channel, items: Sequence[MessageDeleted]) -> int:
    """Take the words of deleted messages away; return how many messages that were."""
    return len(conversations.record_deletion(channel, items)) if items else 0


def known_among(channel: Channel, ids: Collection[str]) -> set[str]:
    """Return those ids of the network that are in the record."""
    found = Message.objects.filter(
        workspace_id=channel.workspace_id, channel_id=channel.id, remote_id__in=ids
    )
    return set(found.values_list("remote_id", flat=True))

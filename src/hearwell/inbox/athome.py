"""Which of our accounts a message belongs to, where several of them see the same one.

A mail to two of our addresses lies in both mailboxes under one id; a post that names two of our
accounts is told to both. It is one message in one case: that of the account which had it first, and
what follows in its thread goes there, too. What one of our accounts says in a thread of another is
an answer of ours and no customer's word. Networks whose ids are an account's own know no such
thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from hearwell.channels.models import Channel, ChannelState
from hearwell.connect.model import Audience, InboundMessage
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.conversations import queries as conversations
from hearwell.inbox.handles import CARING, is_one_place
from hearwell.kit import rows
from hearwell.kit.text import clean
from hearwell.outbound import services as outbound

Parcels = list[tuple[Channel, list[InboundMessage]]]


def at_home(channel: Channel, items: Sequence[InboundMessage]) -> Parcels:
    """Give each item to the account where its thread is; leave out what another one has.

    Only one of such accounts takes anything in at a time, until the commit: else both would have
    it first.
    """
    others = _others(channel)
    if not others:
        return [(channel, list(items))]
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    whose = f"inbox.athome.{channel.workspace_id}.{channel.network}"
    rows.fetch(lock, [whose], is_read=False)
    own = [item for item in items if _is_private_to(channel, item)]
    public = [item for item in items if not _is_private_to(channel, item)]
    told = _ours_apart(channel, others, public)
    seen = conversations.seen_on(
        channel.workspace_id, list(others), [clean(item.external_id)[0] for item in told]
    )
    told = [item for item in told if clean(item.external_id)[0] not in seen]
    told = _in_their_threads(channel, told, others)
    homes = _homes(channel, told, others)
    parcels: dict[UUID, tuple[Channel, list[InboundMessage]]] = {}
    if own:
        parcels[channel.id] = (channel, own)
    for item in told:
        home = homes.get(clean(item.thread_key)[0], channel)
        parcels.setdefault(home.id, (home, []))[1].append(item)
    return list(parcels.values())


def _others(channel: Channel) -> dict[UUID, Channel]:
    """Our other accounts that may see the same messages."""
    try:
        manifest = connector_for(channel.network).manifest
    except UnknownNetworkError:
        return {}
    if not manifest.has_global_ids and not manifest.shares_threads:
        return {}
    found = Channel.objects.filter(workspace_id=channel.workspace_id, network=channel.network)
    others = found.exclude(id=channel.id).in_bulk()
    if manifest.has_global_ids:
        return others
    return {
        key: other
        for key, other in others.items()
        if other.brand_id == channel.brand_id and is_one_place(channel, other)
    }


def _is_private_to(channel: Channel, item: InboundMessage) -> bool:
    """Say whether a message is the account's alone: where threads are shared, private ones are."""
    is_shared = connector_for(channel.network).manifest.shares_threads
    return is_shared and item.audience is Audience.PRIVATE


def _ours_apart(
    channel: Channel, others: Mapping[UUID, Channel], items: Sequence[InboundMessage]
) -> list[InboundMessage]:
    """Settle what deliveries of any of our accounts put there, and return the rest.

    What another account of ours said is ours as well. Mail has its own way with such letters.
    """
    if not connector_for(channel.network).manifest.shares_threads:
        return list(items)
    speakers = {one.external_id: one for one in (channel, *others.values())}
    said: dict[UUID, list[InboundMessage]] = {}
    for item in items:
        speaker = channel if item.is_echo else speakers.get(item.author.external_id)
        if speaker is not None:
            said.setdefault(speaker.id, []).append(item)
    known: set[str] = set()
    for speaker_id, echoes in sorted(said.items()):
        known |= outbound.match_echoes(channel.workspace_id, speaker_id, echoes)
    return [
        replace(item, is_echo=True) if item.author.external_id in speakers else item
        for item in items
        if item.external_id not in known
    ]


def _in_their_threads(
    channel: Channel, items: Sequence[InboundMessage], others: Mapping[UUID, Channel]
) -> list[InboundMessage]:
    """Give what answers a message that we have the thread in which we have it.

    A thread may go by another name in another account's eyes, and an answer to what one account
    said in a thread of another is told to the one that spoke.
    """
    parents = [clean(item.parent_id)[0] for item in items if item.parent_id]
    if not parents or not connector_for(channel.network).manifest.shares_threads:
        return list(items)
    keys = conversations.threads_of(channel.workspace_id, [channel.id, *others], parents)
    return [
        replace(item, thread_key=keys[parent])
        if (parent := clean(item.parent_id or "")[0]) in keys
        else item
        for item in items
    ]


def _homes(
    channel: Channel, items: Sequence[InboundMessage], others: Mapping[UUID, Channel]
) -> dict[str, Channel]:
    """Thread key → the account that has this thread and can still be answered from.

    Where this account can answer for the others, their threads stay what they were.
    """
    keys = list({clean(item.thread_key)[0] for item in items})
    cares = connector_for(channel.network).manifest.shares_threads and channel.purpose in CARING
    active = [o.id for o in others.values() if cares or o.state == ChannelState.ACTIVE]
    own, found = (
        channel.id,
        conversations.threads_on(channel.workspace_id, [channel.id, *active], keys),
    )
    return {key: others[homes[0]] for key, homes in found.items() if homes and own not in homes}

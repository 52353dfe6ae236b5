"""Which of our accounts a message belongs to, where several of them see the same one.

A mail to two of our addresses lies in both mailboxes under one id. It is one message in one case:
that of the account which had it first, and what follows in its thread goes there, too. Networks
whose ids are an account's own know no such thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from hearwell.channels.models import Channel, ChannelState
from hearwell.connect.model import InboundMessage
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.conversations import queries as conversations
from hearwell.kit import rows
from hearwell.kit.text import clean

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
    seen = conversations.seen_on(
        channel.workspace_id, list(others), [clean(item.external_id)[0] for item in items]
    )
    homes = _homes(channel, items, others)
    parcels: dict[UUID, tuple[Channel, list[InboundMessage]]] = {}
    for item in items:
        if clean(item.external_id)[0] not in seen:
            home = homes.get(clean(item.thread_key)[0], channel)
            parcels.setdefault(home.id, (home, []))[1].append(item)
    return list(parcels.values())


def _others(channel: Channel) -> dict[UUID, Channel]:
    """Our other accounts that may see the same messages."""
    try:
        if not connector_for(channel.network).manifest.has_global_ids:
            return {}
    except UnknownNetworkError:
        return {}
    found = Channel.objects.filter(workspace_id=channel.workspace_id, network=channel.network)
    return found.exclude(id=channel.id).in_bulk()


def _homes(
    channel: Channel, items: Sequence[InboundMessage], others: Mapping[UUID, Channel]
) -> dict[str, Channel]:
    """Thread key → the account that has this thread and can still be answered from."""
    keys = list({clean(item.thread_key)[0] for item in items})
    active = [other.id for other in others.values() if other.state == ChannelState.ACTIVE]
    own, found = (
        channel.id,
        conversations.threads_on(channel.workspace_id, [channel.id, *active], keys),
    )
    return {key: others[homes[0]] for key, homes in found.items() if homes and own not in homes}

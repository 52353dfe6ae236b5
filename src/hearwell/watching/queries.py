"""Reads of watching. All run in the caller's scope and name its workspace."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hearwell.channels.models import Channel, ChannelState, NetworkTerms
from hearwell.channels.queries import channels_of
from hearwell.connect.contract import Connector, Receives, Searches
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.connect.terms import Retention
from hearwell.connect.timelines import ReadsTimelines
from hearwell.kit.clock import now
from hearwell.watching.models import Pace, Watch, WatchState
from hearwell.watching.rules import EVERY_H, KEPT, UNDO

KEPT_STATES = (WatchState.ACTIVE, WatchState.PAUSED, WatchState.STOPPED)


@dataclass(frozen=True, slots=True)
class Way:
    """An account of ours, and whether others can be watched through it.

    `item_micros` is what a message costs to read, `page_units` what a page takes of the day's
    quota. `hears_all`: what is said to a brand can be searched for. `words_for` is how long its
    network lets words be kept, None where as long as everything.
    """

    channel: Channel
    can: bool
    item_micros: int = 0
    page_units: int = 0
    hears_all: bool = False
    words_for: timedelta | None = None
    is_connected: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """What is known completely of a watched account: from when to when, and whether of all."""

    begins_at: datetime | None
    ends_at: datetime | None
    hears_all: bool
    words_for: timedelta | None


def pace_of(workspace_id: UUID) -> int:
    """Return the hours between two readings."""
    found = Pace.objects.filter(workspace_id=workspace_id).values_list("hours", flat=True)
    return found.first() or EVERY_H


def watch_by_id(workspace_id: UUID, watch_id: UUID) -> Watch | None:
    """Return a watch of the workspace, or None."""
    return Watch.objects.filter(workspace_id=workspace_id, id=watch_id).first()


def watches_of(workspace_id: UUID, channel_ids: Collection[UUID] | None = None) -> list[Watch]:
    """Return what is watched, or was and can be brought back; by brand."""
    found = Watch.objects.filter(workspace_id=workspace_id, state__in=KEPT_STATES)
    if channel_ids is not None:
        found = found.filter(channel_id__in=channel_ids)
    return list(found.order_by("brand_name", "network", "id"))


def shown_for(workspace_id: UUID, panel_id: UUID, channel_ids: Collection[UUID]) -> list[Watch]:
    """Return what a panel's page shows: its brands, those being looked up, those just stopped."""
    found = Watch.objects.filter(workspace_id=workspace_id).order_by("brand_name", "network", "id")
    since = now() - UNDO
    return [
        one
        for one in found
        if (one.state in {WatchState.ACTIVE, WatchState.PAUSED} and one.channel_id in channel_ids)
        or (one.state == WatchState.LOOKING and one.panel_id == panel_id)
        or (
            one.state == WatchState.STOPPED
            and one.changed_at > since
            and (one.channel_id in channel_ids or _was_in(one, panel_id))
        )
    ]


def _was_in(one: Watch, panel_id: UUID) -> bool:
    return any(str(panel_id) == row[0] for row in one.left)


def refused_for(workspace_id: UUID, panel_id: UUID, user_id: UUID) -> Watch | None:
    """Return what this person asked for last and what is not there, or None."""
    mine = Watch.objects.filter(workspace_id=workspace_id, panel_id=panel_id, by_id=user_id)
    return mine.filter(state=WatchState.REFUSED).order_by("-changed_at").first()


def records_of(workspace_id: UUID, channel_ids: Collection[UUID]) -> dict[UUID, Record]:
    """Return channel id -> what is known completely, of those that are records of a watch."""
    rows = Watch.objects.filter(workspace_id=workspace_id, channel_id__in=channel_ids)
    return {
        one.channel_id: Record(
            one.begins_at, one.ends_at, one.hears_all, words_for(retention_of(one.network))
        )
        for one in rows
        if one.channel_id is not None
    }


def ways_of(workspace_id: UUID) -> list[Way]:
    """Return our accounts, those first through which others can be watched."""
    paid = dict(
        NetworkTerms.objects.filter(workspace_id=workspace_id).values_list("network", "prices")
    )
    found = [way_of(one, paid.get(one.network)) for one in channels_of(workspace_id)]
    known = [one for one in found if one is not None]
    return sorted(known, key=lambda one: (not one.can, one.channel.network, one.channel.handle))


def way_of(channel: Channel, paid: Mapping[str, int] | None = None) -> Way | None:
    """Say what an account can be used for; None for what is no account of a network.

    `paid` are the prices that the workspace really pays, where they differ from the list.
    """
    connector = connector_or_none(channel.network)
    if connector is None or channel.state == ChannelState.READ_ONLY:
        return None
    is_connected = channel.state == ChannelState.ACTIVE
    if not isinstance(connector, ReadsTimelines) or not isinstance(connector, Receives):
        return Way(channel, can=False, is_connected=is_connected)
    manifest = connector.manifest
    prices = {one.what: one.micros for one in manifest.prices} | dict(paid or {})
    units = dict(manifest.quota.costs) if manifest.quota else {}
    return Way(
        channel,
        can=is_connected,
        item_micros=prices.get(connector.item_charge, 0),
        page_units=units.get(connector.page_charge, 0),
        hears_all=isinstance(connector, Searches),
        words_for=words_for(manifest.retention),
        is_connected=is_connected,
    )


def connector_or_none(network: str) -> Connector | None:
    """Return a network's connector, None where none is installed."""
    try:
        return connector_for(network)
    except UnknownNetworkError:
        return None


def retention_of(network: str) -> Retention | None:
    """Return a network's rule about what may be kept."""
    connector = connector_or_none(network)
    return connector.manifest.retention if connector else None


def words_for(rule: Retention | None) -> timedelta | None:
    """Return how long words may be kept that nobody looks at again; None: as all the rest."""
    limits = [one for one in (rule.text, rule.unchecked) if one is not None] if rule else []
    shortest = min(limits, default=None)
    return shortest if shortest is not None and shortest < KEPT else None

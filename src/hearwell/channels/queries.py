"""Reads of channels. All run in the caller's scope and name its workspace."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from hearwell.channels.models import (
    Brand,
    Channel,
    ChannelHealth,
    ChannelState,
    Endpoint,
    EndpointCounter,
    ImportRun,
    ImportState,
    ParkedDelivery,
    ParkedState,
    StreamCursor,
)
from hearwell.channels.rules import NEVER_LOOKED, SEARCH_STREAM
from hearwell.connect.health import HealthState
from hearwell.connect.model import Account

HOOKS = "/hooks/"
_REFUSED: Final = Q(name__in=("forged", "oversized")) | Q(name__startswith="unknown:")


@dataclass(frozen=True)
class HealthRow:
    """A channel with its health and what waits for a person."""

    channel: Channel
    health: ChannelHealth | None
    parked: int


def channel_by_id(workspace_id: UUID, channel_id: UUID) -> Channel | None:
    """Return a channel of the workspace, or None; a foreign one is none."""
    return (
        Channel.objects.select_related("brand")
        .filter(workspace_id=workspace_id, id=channel_id)
        .first()
    )


def channels_of(workspace_id: UUID) -> list[Channel]:
    """Return all channels of the workspace, by brand, network and handle."""
    rows = Channel.objects.select_related("brand").filter(workspace_id=workspace_id)
    return list(rows.order_by("brand__name", "network", "handle"))


def fit_channels(workspace_id: UUID) -> list[Channel]:
    """Return the active channels whose health is not bad, the longest connected first."""
    bad = ChannelHealth.objects.filter(workspace_id=workspace_id, state=HealthState.BAD)
    active = Channel.objects.filter(workspace_id=workspace_id, state=ChannelState.ACTIVE)
    fit = active.exclude(id__in=bad.values("channel_id"))
    return list(fit.order_by("connected_at", "id"))


def channels_by_id(workspace_id: UUID, ids: Collection[UUID]) -> dict[UUID, Channel]:
    """Return id -> channel for those ids that exist in the workspace."""
    rows = Channel.objects.select_related("brand").filter(workspace_id=workspace_id, id__in=ids)
    return {row.id: row for row in rows}


def channels_around(workspace_id: UUID, ids: Collection[UUID]) -> dict[UUID, Channel]:
    """Return id -> channel for these and for all others of their networks; one query."""
    rows = Channel.objects.select_related("brand").filter(workspace_id=workspace_id)
    near = Channel.objects.filter(workspace_id=workspace_id, id__in=ids).values("network")
    return {row.id: row for row in rows.filter(network__in=near)}


def account_of(channel: Channel) -> Account:
    """Return the account as its connector sees it, without secrets: enough for a preflight."""
    return Account(
        external_id=channel.external_id,
        handle=channel.handle,
        settings={str(key): str(value) for key, value in channel.settings.items()},
        tier=channel.tier,
        scopes=frozenset(channel.scopes),
    )


def hook_path(channel: Channel) -> str | None:
    """Return the path at which the network is to call us, or None if there is none."""
    if channel.endpoint_id is None:
        return None
    return f"{HOOKS}{Endpoint.objects.only('token').get(id=channel.endpoint_id).token}"


def health_rows(workspace_id: UUID) -> list[HealthRow]:
    """Return every channel with its health and the number of parked rows, in three queries."""
    channels = channels_of(workspace_id)
    health = {
        row.channel_id: row for row in ChannelHealth.objects.filter(workspace_id=workspace_id)
    }
    parked = dict(
        _unsettled(workspace_id)
        .values("channel_id")
        .annotate(n=Count("id"))
        .values_list("channel_id", "n")
    )
    return [HealthRow(c, health.get(c.id), parked.get(c.id, 0)) for c in channels]


def health_row(channel: Channel) -> HealthRow:
    """Return one channel with its health and the number of its parked rows, in two queries."""
    health = ChannelHealth.objects.filter(workspace_id=channel.workspace_id, channel=channel)
    parked = _unsettled(channel.workspace_id).filter(channel=channel).count()
    return HealthRow(channel, health.first(), parked)


def searched_at(workspace_id: UUID) -> dict[str, datetime]:
    """Return network -> when something was last looked for there."""
    cursors = StreamCursor.objects.filter(
        workspace_id=workspace_id,
        stream__startswith=SEARCH_STREAM,
        polled_at__gt=NEVER_LOOKED,
    )
    newest = cursors.values("channel__network").annotate(at=Max("polled_at"))
    return dict(newest.values_list("channel__network", "at"))


def failing_searches(workspace_id: UUID) -> list[StreamCursor]:
    """Return the searches of active channels that failed when last tried; one query."""
    rows = StreamCursor.objects.select_related("channel").filter(
        workspace_id=workspace_id,
        stream__startswith=SEARCH_STREAM,
        failing_since__isnull=False,
        channel__state=ChannelState.ACTIVE,
    )
    return list(rows.order_by("failing_since", "id"))


def brand_names(workspace_id: UUID) -> list[str]:
    """Return the names of the workspace's brands."""
    brands = Brand.objects.filter(workspace_id=workspace_id)
    return list(brands.order_by("name").values_list("name", flat=True))


def parked_rows(
    workspace_id: UUID, channel_id: UUID | None = None, *, limit: int = 200
) -> list[ParkedDelivery]:
    """Return what waits for a person, oldest first, with its reason."""
    rows = _unsettled(workspace_id).select_related("channel")
    if channel_id is not None:
        rows = rows.filter(channel_id=channel_id)
    return list(rows.order_by("parked_at", "raw_id", "item_index")[:limit])


def counts_of(channel: Channel) -> dict[str, int]:
    """Return what was counted at the channel's endpoint: forged, oversized, unknown:…, …."""
    if channel.endpoint_id is None:
        return {}
    rows = EndpointCounter.objects.filter(endpoint_id=channel.endpoint_id)
    return dict(rows.values("name").annotate(n=Sum("count")).values_list("name", "n"))


def _unsettled(workspace_id: UUID) -> QuerySet[ParkedDelivery]:
    return ParkedDelivery.objects.filter(
        Q(state=ParkedState.OPEN) | Q(state=ParkedState.REPLAYING), workspace_id=workspace_id
    )


def import_runs(workspace_id: UUID, limit: int = 20) -> list[ImportRun]:
    """Return the newest imports of the workspace, with how far they have come."""
    runs = ImportRun.objects.filter(workspace_id=workspace_id).order_by("-started_at", "-id")
    return list(runs[:limit])


def import_run(workspace_id: UUID, run_id: UUID) -> ImportRun | None:
    """Return an import of the workspace, or None."""
    return ImportRun.objects.filter(workspace_id=workspace_id, id=run_id).first()


def import_of_file(workspace_id: UUID, fingerprint: str) -> ImportRun | None:
    """Return the newest import of a file with these wishes that ended well or may still end."""
    states = [ImportState.DONE, ImportState.QUEUED, ImportState.RUNNING, ImportState.PAUSED]
    runs = ImportRun.objects.filter(
        workspace_id=workspace_id, fingerprint=fingerprint, state__in=states
    )
    return runs.order_by("-started_at", "-id").first()


def files_in_need(workspace_id: UUID) -> set[str]:
    """Return the paths of the files that unfinished imports of the workspace read."""
    unfinished = [ImportState.QUEUED, ImportState.RUNNING, ImportState.PAUSED]
    runs = ImportRun.objects.filter(workspace_id=workspace_id, state__in=unfinished)
    return set(runs.values_list("path", flat=True))


def parked_by_day(
    workspace_id: UUID, since: datetime, until: datetime, zone: str
) -> dict[date, int]:
    """Return how many deliveries of each day could not be taken in and still wait; one query."""
    waiting = _unsettled(workspace_id).filter(parked_at__gte=since, parked_at__lt=until)
    by_day = waiting.annotate(day=TruncDate("parked_at", tzinfo=ZoneInfo(zone))).values("day")
    return dict(by_day.annotate(n=Count("id")).order_by("day").values_list("day", "n"))


def refused_by_day(workspace_id: UUID, since: date) -> dict[date, int]:
    """Return how much was refused at the doors of our accounts on each day (UTC); one query.

    Forged, too large to be kept, or of a kind that the connector does not know: of that no message
    is made, only how often is kept.
    """
    channels = Channel.objects.filter(workspace_id=workspace_id, endpoint_id__isnull=False)
    counts = EndpointCounter.objects.filter(
        _REFUSED, endpoint_id__in=channels.values("endpoint_id"), day__gte=since
    )
    by_day = counts.values("day").annotate(n=Sum("count"))
    return dict(by_day.order_by("day").values_list("day", "n"))

"""What an account needs: which streams to poll, and when its rarer errands are due again.

They go by when they were last done, whoever did them: a restart or a change of hands must not
make hundreds of accounts do everything at once.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from hearwell.channels.listening.agenda import What
from hearwell.channels.models import Channel, ChannelHealth, StreamCursor
from hearwell.channels.queries import account_of
from hearwell.connect.contract import Connector, Polls, Searches
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)
# What is overdue is done within this time, spread, lest all of it is done at once.
SPREAD_S = 60.0
# A new account reads its last two days again only when it has been read once.
FIRST_RECONCILE_S = 600.0
# So long, for each account that is begun with, the first checks of health are spread.
CHECK_SPREAD_S = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """The streams of an account, and when it was last checked and reconciled."""

    channel: Channel
    streams: tuple[str, ...] = ()
    is_exact: bool = False
    can_search: bool = False
    checked_at: datetime | None = None
    reconciled_at: Mapping[str, datetime | None] = field(default_factory=dict)

    def later(
        self, reconcile_every_s: float, health_every_s: float, *, at: datetime, beside: int
    ) -> Iterator[tuple[What, str, float]]:
        """Yield (what, stream, seconds from now) of the rarer errands.

        ``beside`` is how many accounts are begun with together.
        """
        if self.checked_at is None:
            yield What.HEALTH, "", _some_of(CHECK_SPREAD_S * beside)
        else:
            yield What.HEALTH, "", _left(self.checked_at, health_every_s, at)
        if self.is_exact:
            return
        for stream in self.streams:
            last = self.reconciled_at.get(stream)
            # Never begun anew by a restart: a listener that dies often would put it off for ever.
            due_s = (
                _left(self.channel.connected_at, FIRST_RECONCILE_S, at)
                if last is None
                else _left(last, reconcile_every_s, at)
            )
            yield What.RECONCILE, stream, due_s


def _some_of(seconds: float) -> float:
    return random.uniform(0, seconds)  # noqa: S311 -- no secret


def _left(last: datetime, every_s: float, at: datetime) -> float:
    return max(_some_of(SPREAD_S), every_s - (at - last).total_seconds())


def plans_of(workspace_id: UUID, channel_ids: Collection[UUID]) -> list[Plan]:
    """Read what accounts of a workspace need, all in four queries.

    One that is gone, or whose connector is not installed, has no plan.
    """
    with scope(workspace_id):
        here = {"workspace_id": workspace_id, "channel_id__in": channel_ids}
        channels = Channel.objects.filter(workspace_id=workspace_id, id__in=channel_ids)
        checked = dict(ChannelHealth.objects.filter(**here).values_list("channel_id", "checked_at"))
        reconciled: dict[UUID, dict[str, datetime | None]] = defaultdict(dict)
        cursors = StreamCursor.objects.filter(**here)
        for channel_id, stream, at in cursors.values_list("channel_id", "stream", "reconciled_at"):
            reconciled[channel_id][stream] = at
        found = list(channels)
    return [
        Plan(
            channel,
            streams=_streams(connector, channel),
            is_exact=connector.manifest.is_poll_exact,
            can_search=isinstance(connector, Searches),
            checked_at=checked.get(channel.id),
            reconciled_at=reconciled[channel.id],
        )
        for channel in found
        if (connector := _connector(channel.network)) is not None
    ]


def _connector(network: str) -> Connector | None:
    try:
        return connector_for(network)
    except UnknownNetworkError:
        return None


def _streams(connector: Connector, channel: Channel) -> tuple[str, ...]:
    if not isinstance(connector, Polls):
        return ()
    try:
        return tuple(connector.streams(account_of(channel)))
    except Exception:
        log.exception("connector_bug", network=channel.network, channel_id=str(channel.id))
        return ()

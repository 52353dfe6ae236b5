"""What an account needs: which streams to poll, and when its rarer errands are due again.

They go by when they were last done, whoever did them: a restart or a change of hands must not
make hundreds of accounts do everything at once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hearwell.channels.listening.agenda import What
from hearwell.channels.models import Channel, ChannelHealth, StreamCursor
from hearwell.channels.services.accounts import opened_account
from hearwell.connect.contract import Polls
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.scope import scope

# What is overdue is done within this time, spread, lest all of it is done at once.
SPREAD_S = 60.0
# A new account reads its last two days again only when it has been read once.
FIRST_RECONCILE_S = 600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The streams of an account, and when it was last checked and reconciled."""

    channel: Channel
    streams: tuple[str, ...] = ()
    is_exact: bool = False
    checked_at: datetime | None = None
    reconciled_at: Mapping[str, datetime | None] = field(default_factory=dict)

    def later(
        self, reconcile_every_s: float, health_every_s: float, at: datetime
    ) -> Iterator[tuple[What, str, float]]:
        """Yield (what, stream, seconds from now) of the rarer errands."""
        if self.checked_at is None:
            yield What.HEALTH, "", 0.0
        else:
            yield What.HEALTH, "", _left(self.checked_at, health_every_s, at)
        if self.is_exact:
            return
        for stream in self.streams:
            last = self.reconciled_at.get(stream)
            due_s = FIRST_RECONCILE_S if last is None else _left(last, reconcile_every_s, at)
            yield What.RECONCILE, stream, due_s


def _left(last: datetime, every_s: float, at: datetime) -> float:
    overdue = random.uniform(0, SPREAD_S)  # noqa: S311 -- no secret
    return max(overdue, every_s - (at - last).total_seconds())


def planned(workspace_id: UUID, channel_id: UUID) -> Plan | None:
    """Read what an account needs; None if it is gone or its connector is not installed."""
    with scope(workspace_id):
        channel = Channel.objects.filter(workspace_id=workspace_id, id=channel_id).first()
        if channel is None:
            return None
        try:
            connector = connector_for(channel.network)
        except UnknownNetworkError:
            return None
        health = ChannelHealth.objects.filter(workspace_id=workspace_id, channel=channel).first()
        cursors = StreamCursor.objects.filter(workspace_id=workspace_id, channel=channel)
        streams: tuple[str, ...] = ()
        if isinstance(connector, Polls):
            streams = tuple(connector.streams(opened_account(channel)))
        return Plan(
            channel,
            streams=streams,
            is_exact=connector.manifest.is_poll_exact,
            checked_at=health.checked_at if health else None,
            reconciled_at=dict(cursors.values_list("stream", "reconciled_at")),
        )

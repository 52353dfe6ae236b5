"""The claim: SENDING is committed before a single byte leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop as _

from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.services.metering import one_at_a_time
from hearwell.connect.registry import connector_for
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery, KillSwitch, Lane
from hearwell.outbound.rules import IN_FLIGHT, State, lease_s
from hearwell.outbound.services import instance
from hearwell.outbound.services.gate import pass_gate
from hearwell.outbound.services.holding import held_for_good
from hearwell.outbound.services.lanes import versions
from hearwell.outbound.services.moves import move
from hearwell.outbound.services.switches import active_switches, held_by, switch_for

CLAIM_LIMIT = 200


def claim(workspace_id: UUID, delivery_ids: Sequence[UUID]) -> list[Delivery]:
    """Claim those of the deliveries that may go out now; commits before it returns.

    At most one of a lane, its oldest, and only while nothing of the lane is in flight. Those that
    a kill switch or a paused channel stops become HELD, those whose lane has moved STALE.
    Raises InstanceChangedError if the database is not the one that last sent.
    """
    with transaction.atomic(durable=True), scope(workspace_id):
        pass_gate(workspace_id)
        instance.check()
        rows = _first_of_lanes(_due(workspace_id, delivery_ids))
        rows = _stop_held(workspace_id, rows)
        return _take(_stop_stale(rows))


def claim_due(workspace_id: UUID, limit: int = CLAIM_LIMIT) -> list[Delivery]:
    """Claim whatever is due in a workspace, up to a limit."""
    with scope(workspace_id):
        due = Delivery.objects.filter(
            workspace_id=workspace_id, state=State.QUEUED, not_before__lte=now()
        )
        ids = list(due.order_by("id").values_list("id", flat=True)[:limit])
    return claim(workspace_id, ids) if ids else []


def _due(workspace_id: UUID, delivery_ids: Sequence[UUID]) -> list[Delivery]:
    """Lock the lanes (in their order), then the due rows that nothing in their lane precedes."""
    wanted = Delivery.objects.filter(workspace_id=workspace_id, id__in=delivery_ids)
    followed = wanted.filter(lane__follows_id__isnull=False).values("lane__follows_id")
    lanes = Lane.objects.select_for_update(no_key=True).filter(
        Q(id__in=wanted.values("lane_id")) | Q(id__in=followed), workspace_id=workspace_id
    )
    list(lanes.order_by("id").values_list("id"))
    same_lane = Delivery.objects.filter(workspace_id=workspace_id, lane_id=OuterRef("lane_id"))
    return list(
        wanted.select_for_update(no_key=True, of=("self",))
        .filter(
            ~Exists(same_lane.filter(state__in=sorted(IN_FLIGHT))),
            ~Exists(same_lane.filter(state=State.QUEUED, id__lt=OuterRef("id"))),
            state=State.QUEUED,
            not_before__lte=now(),
        )
        .select_related("lane")
        .order_by("id")
    )


def _first_of_lanes(rows: Sequence[Delivery]) -> list[Delivery]:
    firsts: dict[UUID, Delivery] = {}
    for row in rows:
        firsts.setdefault(row.lane_id, row)
    return list(firsts.values())


def _stop_held(workspace_id: UUID, rows: Sequence[Delivery]) -> list[Delivery]:
    switches = active_switches(workspace_id)
    ids = {row.channel_id for row in rows}
    channels = Channel.objects.filter(workspace_id=workspace_id).in_bulk(ids)
    reasons = {r.id: _hold_reason(r, switches, channels.get(r.channel_id)) for r in rows}
    move([row for row in rows if reasons[row.id]], State.HELD, each=lambda r: reasons[r.id])
    return [row for row in rows if not reasons[row.id]]


def _hold_reason(
    row: Delivery, switches: Sequence[KillSwitch], channel: Channel | None
) -> dict[str, Any]:
    """Why this one must wait, as the columns that say so; empty if it need not."""
    switch = switch_for(switches, row.network, row.channel_id, row.origin)
    if switch is not None:
        return held_by(switch)
    if channel is not None and channel.state == ChannelState.DISCONNECTED:
        return held_for_good()
    if channel is None or channel.state != ChannelState.ACTIVE:
        message = _("This channel is paused or read-only. Nothing was posted.")
        return {"failure_code": "channel_paused", "failure_message": message}
    return {}


def _stop_stale(rows: Sequence[Delivery]) -> list[Delivery]:
    beside = [row.lane_id for row in rows if row.lane.follows_id is not None]
    followed = versions(rows[0].workspace_id, beside) if beside else {}
    stale = [
        row
        for row in rows
        if row.lane_version is not None
        and row.lane_version < followed.get(row.lane_id, row.lane.version)
    ]
    move(
        stale,
        State.STALE,
        reason="the lane moved",
        failure_code="stale",
        failure_message=_("The customer wrote again before this went out. Nothing was posted."),
    )
    return [row for row in rows if row not in stale]


def _take(rows: Sequence[Delivery]) -> list[Delivery]:
    if rows:  # who claimed before has committed then, and is seen to be under way
        one_at_a_time(rows[0].workspace_id, {row.network for row in rows})
    at = now()
    move(rows, State.SENDING, reason="claimed", each=lambda row: _lease(row, at))
    return list(rows)


def _lease(row: Delivery, at: datetime) -> dict[str, Any]:
    manifest = connector_for(row.network).manifest
    return {
        "claimed_at": at,
        "first_claimed_at": row.first_claimed_at or at,
        "lease_until": at + timedelta(seconds=lease_s(manifest)),
        "attempts": row.attempts + 1,
        "failure_code": "",
        "failure_message": "",
    }

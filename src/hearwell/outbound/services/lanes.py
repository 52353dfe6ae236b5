"""Lanes: what must keep its order, and how far the other side has moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from hearwell.kit import rows
from hearwell.outbound.models import Lane

_COUNT_ON = """
    WITH mine AS (
        SELECT id FROM outbound_lane WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s)
        ORDER BY id FOR UPDATE
    )
    UPDATE outbound_lane l SET version = l.version + 1
    FROM mine WHERE l.workspace_id = %(ws)s AND l.id = mine.id
"""
_VERSIONS = """
    SELECT l.id, coalesce(t.version, l.version) FROM outbound_lane l
    LEFT JOIN outbound_lane t ON t.workspace_id = l.workspace_id AND t.id = l.follows_id
    WHERE l.workspace_id = %s AND l.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class LaneMove:
    """A lane on which the other side said something new, and the account it belongs to."""

    lane_id: UUID
    channel_id: UUID
    account: str


def lanes_moved(workspace_id: UUID, moves: Iterable[LaneMove]) -> None:
    """Count the lanes on by one: whatever was written for the state before is stale now."""
    ids = _make(workspace_id, moves)
    if ids:
        rows.fetch(_COUNT_ON, {"ws": workspace_id, "ids": ids}, is_read=False)


def lane_for(workspace_id: UUID, move: LaneMove) -> Lane:
    """The lane, made if it is new. Raises WrongLaneError if it belongs to another account."""
    _make(workspace_id, [move])
    lane = Lane.objects.get(workspace_id=workspace_id, id=move.lane_id)
    if (lane.channel_id, lane.account) != (move.channel_id, move.account):
        raise WrongLaneError(lane.id)
    return lane


def lane_beside(workspace_id: UUID, thread: LaneMove, move: LaneMove) -> Lane:
    """The lane by which another account of ours speaks in a thread, made if it is new.

    Raises WrongLaneError unless the thread's own account and this one are of one brand and network.
    """
    thread_id = lane_for(workspace_id, thread).id
    lane = Lane.objects.filter(workspace_id=workspace_id, id=move.lane_id).first()
    if lane is None:
        lane = Lane(
            id=move.lane_id,
            workspace_id=workspace_id,
            channel_id=move.channel_id,
            account=move.account,
            follows_id=thread_id,
        )
        rows.insert([lane], conflict="DO NOTHING")
    is_known = (lane.channel_id, lane.account, lane.follows_id) == (
        move.channel_id,
        move.account,
        thread_id,
    )
    if not is_known or not is_of_one_house(workspace_id, thread_id, move.channel_id):
        raise WrongLaneError(lane.id)
    return lane


def is_of_one_house(workspace_id: UUID, thread_id: UUID, channel_id: UUID) -> bool:
    """Say whether a thread's own account is of the brand and the network of this one."""
    found = rows.fetch(
        "SELECT true FROM outbound_lane l"
        " JOIN channels_channel o ON o.workspace_id = l.workspace_id AND o.id = l.channel_id"
        " JOIN channels_channel s ON s.workspace_id = l.workspace_id AND s.id = %s"
        " AND s.network = o.network AND s.brand_id = o.brand_id"
        " WHERE l.workspace_id = %s AND l.id = %s AND l.follows_id IS NULL",
        [channel_id, workspace_id, thread_id],
    )
    return bool(found)


class WrongLaneError(Exception):
    """The thread belongs to another channel or account than the draft: nothing is queued."""


def versions(workspace_id: UUID, lane_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How far each lane has moved; lanes never heard of are at 0."""
    found = rows.fetch(_VERSIONS, [workspace_id, list(lane_ids)])
    return dict.fromkeys(lane_ids, 0) | dict(found)


def _make(workspace_id: UUID, moves: Iterable[LaneMove]) -> list[UUID]:
    """Make the lanes that are new; return the ids of all, in order."""
    # In the order of their ids, so that two batches never wait for each other.
    unique = sorted({move.lane_id: move for move in moves}.values(), key=lambda m: m.lane_id)
    rows.insert(
        [
            Lane(
                id=move.lane_id,
                workspace_id=workspace_id,
                channel_id=move.channel_id,
                account=move.account,
                version=0,
            )
            for move in unique
        ],
        # Naming one of the two unique keys would leave the other to raise an error where two
        # come at one instant; only DO NOTHING can be said of all.
        conflict="DO NOTHING",
    )
    return [move.lane_id for move in unique]

"""Take parked items in again, from their kept bytes, with the parser as it is now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from hearwell.channels.intake import RawRef, behind, taker_of
from hearwell.channels.models import (
    WHOLE_DELIVERY,
    Channel,
    Endpoint,
    ParkedDelivery,
    ParkedState,
    RawState,
)
from hearwell.channels.services.applying import Entry, Outcome, take_all, told, with_patience
from hearwell.channels.services.parking import park, reopen, settle
from hearwell.channels.services.stored import (
    StoredRaw,
    mark,
    only_drainer,
    parsed,
    raws_by_id,
    routes_of,
)
from hearwell.connect.model import Inbound
from hearwell.kit.scope import scope

AT_ONCE = 500


class DrainBusyError(Exception):
    """A drain of this endpoint is running; try again in a moment."""


def replay_endpoint(workspace_id: UUID, endpoint_id: UUID) -> int:
    """Take in again what people asked for at an endpoint; return the rows that succeeded.

    Raises DrainBusyError while another drain holds the endpoint, so that order is kept.
    """
    replayed = 0
    with only_drainer(endpoint_id) as is_ours:
        if not is_ours:
            raise DrainBusyError(str(endpoint_id))
        while True:
            looked_at, done = with_patience(lambda: _replay_held(workspace_id, endpoint_id))
            replayed += done
            if looked_at < AT_ONCE:
                return replayed


def _replay_held(workspace_id: UUID, endpoint_id: UUID) -> tuple[int, int]:
    """Replay one batch, all or nothing; return how many rows it had and how many succeeded."""
    endpoint = Endpoint.objects.get(id=endpoint_id)
    with scope(workspace_id):
        rows = list(
            ParkedDelivery.objects.filter(
                workspace_id=workspace_id, endpoint_id=endpoint_id, state=ParkedState.REPLAYING
            ).order_by("raw_id", "item_index")[:AT_ONCE]
        )
        kept = {one.id: one for one in raws_by_id({row.raw_id for row in rows})}
        _replay_rows(endpoint, rows, kept)
        _release(workspace_id, set(kept))
        return len(rows), sum(row.state == ParkedState.REPLAYED for row in rows)


def _replay_rows(
    endpoint: Endpoint, rows: Sequence[ParkedDelivery], kept: dict[UUID, StoredRaw]
) -> None:
    """Parse what is still kept, hand it over channel by channel, and note how each row ended."""
    places = {raw_id: place for place, raw_id in enumerate(kept)}
    groups: dict[UUID, list[Entry]] = defaultdict(list)
    for row in rows:
        try:
            groups_of_row = _entries(endpoint, row, kept, places)
        except LookupError:
            reopen([row.id], row.workspace_id, "expired", "The bytes are no longer kept.")
            continue
        except Exception as error:  # noqa: BLE001 -- whatever a parser does, the row goes back
            reopen([row.id], row.workspace_id, *told(error))
            continue
        row.state = ParkedState.REPLAYED
        for channel_id, entries in groups_of_row.items():
            groups[channel_id].extend(entries)
    settle([r.id for r in rows if r.state == ParkedState.REPLAYED], rows[0].workspace_id,
           ParkedState.REPLAYED) if rows else None  # fmt: skip
    refs = [RawRef(one.id, one.raw.received_at, one.raw.source) for one in kept.values()]
    with behind(refs):
        for channel_id, entries in groups.items():
            _hand_over(channel_id, entries, rows)


def _entries(
    endpoint: Endpoint,
    row: ParkedDelivery,
    kept: dict[UUID, StoredRaw],
    places: dict[UUID, int],
) -> dict[UUID, list[Entry]]:
    """Return channel -> entries of a parked row: its one item, or all of the delivery."""
    items = parsed(endpoint, kept[row.raw_id].raw)
    entries = [
        Entry(row.raw_id, index, replace(item, raw_index=places[row.raw_id]))
        for index, item in enumerate(items)
        if _is_meant(row, index, item) and taker_of(type(item)) is not None
    ]
    if row.item_index != WHOLE_DELIVERY:
        return {row.channel_id: entries}
    groups: dict[UUID, list[Entry]] = defaultdict(list)
    routes = routes_of(endpoint.id, {entry.item.account for entry in entries})
    for entry in entries:
        for workspace_id, channel_id in routes.get(entry.item.account, []):
            if workspace_id == row.workspace_id:
                groups[channel_id].append(entry)
    return groups


def _is_meant(row: ParkedDelivery, index: int, item: Inbound) -> bool:
    """A fixed parser may count items otherwise, so the key of the event decides where it can."""
    if row.item_index == WHOLE_DELIVERY:
        return True
    return item.dedup_key == row.dedup_key if row.dedup_key else index == row.item_index


def _hand_over(
    channel_id: UUID, entries: Sequence[Entry], rows: Sequence[ParkedDelivery]
) -> Outcome:
    """Take entries in; those that fail once more are parked and their rows open again."""
    workspace_id = rows[0].workspace_id
    channel = Channel.objects.get(workspace_id=workspace_id, id=channel_id)
    outcome = take_all(channel, entries)
    park(channel, outcome.poisoned)
    failed = {(one.entry.raw_id, one.entry.index) for one in outcome.poisoned}
    for row in rows:
        if row.channel_id == channel_id and (row.raw_id, row.item_index) in failed:
            row.state = ParkedState.OPEN
    return outcome


def _release(workspace_id: UUID, raw_ids: set[UUID]) -> None:
    """Mark deliveries done that have nothing parked any more."""
    left = set(
        ParkedDelivery.objects.filter(
            workspace_id=workspace_id,
            raw_id__in=raw_ids,
            state__in=[ParkedState.OPEN, ParkedState.REPLAYING],
        ).values_list("raw_id", flat=True)
    )
    mark(dict.fromkeys(raw_ids - left, (RawState.DONE, "")))

"""Drain an endpoint: from kept bytes to items in the hands of their takers, in order, once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.db.utils import DatabaseError

from hearwell.channels.intake import RawRef, behind, taker_of
from hearwell.channels.models import Channel, Endpoint, RawState
from hearwell.channels.services.applying import Entry, is_passing, take_all, told, with_patience
from hearwell.channels.services.health import heard_from
from hearwell.channels.services.ingress import count, wake
from hearwell.channels.services.metering import charge_heard
from hearwell.channels.services.parking import park, park_whole
from hearwell.channels.services.stored import (
    StoredRaw,
    has_more,
    mark,
    next_raws,
    only_drainer,
    parsed,
    routes_of,
)
from hearwell.connect.contract import ReceivesWebhooks
from hearwell.connect.failures import Failure
from hearwell.connect.model import Inbound, Source, Unknown
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.clock import now
from hearwell.kit.crashpoints import reached
from hearwell.kit.scope import scope
from hearwell.kit.text import clean

log = structlog.get_logger(__name__)
BATCH_RAWS = 500
MANY_RAWS = 50
# After so many batches a drain makes room for other endpoints; what is left is queued anew.
BATCHES_PER_JOB = 20
FATAL_TRIES = 3
Route = tuple[UUID, UUID]  # workspace, channel
Fault = tuple[str, str]  # code, reason


@dataclass
class Batch:
    """What one look at an endpoint brought, and what has to be written about each delivery."""

    endpoint: Endpoint
    raws: Sequence[StoredRaw]
    entries: list[Entry] = field(default_factory=list)
    unreadable: dict[UUID, Fault] = field(default_factory=dict)
    tallies: Counter[str] = field(default_factory=Counter)
    # How many channels still have to deal with each delivery, and which had to park some of it.
    waiting: Counter[UUID] = field(default_factory=Counter)
    parked: set[UUID] = field(default_factory=set)

    def refs(self) -> list[RawRef]:
        """Return what ``raw_index`` of the batch's items points into."""
        return [RawRef(one.id, one.raw.received_at, one.raw.source) for one in self.raws]


def drain_endpoint(endpoint_id: UUID, *, is_careful: bool = False) -> int:
    """Take in all that waits at an endpoint; return the number of deliveries dealt with.

    One drainer an endpoint. Whoever finds it locked leaves, so the holder looks once more after
    letting go: what was committed while it held the lock is not left lying. A passing database
    error ends the drain; the sweep comes back.
    """
    endpoint = Endpoint.objects.filter(id=endpoint_id).first()
    if endpoint is None:
        return 0
    done = 0
    for _ in range(BATCHES_PER_JOB):
        with only_drainer(endpoint_id) as is_ours:
            if not is_ours:
                return done
            size = _drain_held(endpoint, is_careful=is_careful)
        done += size
        if not has_more(endpoint_id):
            return done
    wake([endpoint_id])
    return done


def _drain_held(endpoint: Endpoint, *, is_careful: bool) -> int:
    raws = next_raws(endpoint.id, 1 if is_careful else BATCH_RAWS)
    if not raws:
        return 0
    if len(raws) >= MANY_RAWS:
        _forget_plans()
    try:
        drain_batch(endpoint, raws, fault=_suspect(endpoint, raws[0].id) if is_careful else None)
    except DatabaseError as error:
        if not is_passing(error):
            raise
        log.warning(
            "drain_interrupted", endpoint_id=str(endpoint.id), error_type=type(error).__name__
        )
        connection.close()
        raise
    return len(raws)


def _forget_plans() -> None:
    """Let PostgreSQL plan anew what it checks for this session.

    Foreign keys are checked by plans that a session keeps. One made while a table was small reads
    the whole table at each check, and a burst into a young database gets slower with every batch
    (measured: from 30 ms to 1.2 s a batch after 10,000 rows; 12 to 51 ms with this).
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _suspect(endpoint: Endpoint, raw_id: UUID) -> Fault | None:
    """Note which delivery is being tried; say so if it has ended its worker often enough.

    A careful drain follows when ordinary ones keep vanishing: something in the batch kills the
    process before any error can be caught.
    """
    again = Case(When(suspect_id=raw_id, then=F("suspect_tries") + 1), default=Value(1))
    Endpoint.objects.filter(id=endpoint.id).update(suspect_tries=again, suspect_id=raw_id)
    endpoint.refresh_from_db(fields=["suspect_tries"])
    if endpoint.suspect_tries <= FATAL_TRIES:
        return None
    return "fatal", f"Taking it in ended the worker {FATAL_TRIES} times."


def drain_batch(
    endpoint: Endpoint, raws: Sequence[StoredRaw], *, fault: Fault | None = None
) -> None:
    """Parse, route and hand over some deliveries; with `fault`, park them all unread."""
    batch = Batch(endpoint, raws)
    if fault is not None:
        batch.unreadable = {one.id: fault for one in raws}
    else:
        _parse(batch)
    groups = _grouped(batch)
    reached("I2")
    with behind(batch.refs()):
        for route, entries in groups.items():
            with_patience(lambda route=route, entries=entries: _apply(batch, route, entries))  # type: ignore[misc]
            reached("I4")
            _settle(batch, entries)
    _finish(batch, {entry.raw_id for entries in groups.values() for entry in entries})


def _parse(batch: Batch) -> None:
    for place, one in enumerate(batch.raws):
        try:
            items = parsed(batch.endpoint, one.raw)
        except UnknownNetworkError:
            batch.unreadable[one.id] = (
                "no_connector",
                "No connector for this network is installed.",
            )
        except Exception as error:
            if not isinstance(error, Failure):
                log.exception("parser_bug", network=batch.endpoint.network, raw_id=str(one.id))
            batch.unreadable[one.id] = told(error)
        else:
            batch.entries.extend(
                Entry(one.id, index, replace(item, raw_index=place))
                for index, item in enumerate(items)
                if _is_wanted(batch, item)
            )


def _is_wanted(batch: Batch, item: Inbound) -> bool:
    """Count what nobody takes; it stays kept and is never an error."""
    if isinstance(item, Unknown):
        batch.tallies[f"unknown:{clean(item.type_name)[0][:80]}"] += 1
        return False
    if taker_of(type(item)) is None:
        batch.tallies[f"untaken:{type(item).__name__}"] += 1
        return False
    return True


def _grouped(batch: Batch) -> dict[Route, list[Entry]]:
    """Split the entries by workspace and channel, each in order."""
    groups: dict[Route, list[Entry]] = defaultdict(list)
    if not batch.entries:
        return groups
    routes = routes_of(batch.endpoint.id, {entry.item.account for entry in batch.entries})
    for entry in batch.entries:
        targets = routes.get(entry.item.account, [])
        if not targets:
            batch.tallies["unrouted"] += 1
        for route in targets:
            groups[route].append(entry)
    for entries in groups.values():
        batch.waiting.update({entry.raw_id for entry in entries})
    return groups


def _apply(batch: Batch, route: Route, entries: Sequence[Entry]) -> None:
    """One transaction of one workspace: items in, parked rows, marks, all or nothing."""
    workspace_id, channel_id = route
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=channel_id)
        outcome = take_all(channel, entries)
        park(channel, outcome.poisoned)
        bad = {one.entry.raw_id for one in outcome.poisoned}
        last = {entry.raw_id for entry in entries if batch.waiting[entry.raw_id] == 1}
        mark(
            {
                raw_id: (RawState.PARKED if raw_id in bad | batch.parked else RawState.DONE, "")
                for raw_id in last
            }
        )
        reached("I3")
        # Billed once, whoever of us it was for: in the transaction that is done with it.
        charge_heard(channel, [one.raw for one in batch.raws if one.id in last])
        heard_from(
            channel,
            max(one.raw.received_at for one in batch.raws),
            max((e.item.occurred_at for e in entries if _is_told(batch, e)), default=None),
        )
    batch.parked |= bad


def _is_told(batch: Batch, entry: Entry) -> bool:
    """Say whether the network told us, rather than us looking: only that shows how late it is."""
    place = entry.item.raw_index
    return place is None or batch.raws[place].raw.source is not Source.SEARCH


def _settle(batch: Batch, entries: Sequence[Entry]) -> None:
    batch.waiting.subtract({entry.raw_id for entry in entries})


def _finish(batch: Batch, handed_over: set[UUID]) -> None:
    """Park what could not be read, note what nobody wanted, and count."""
    day = now().date()
    with transaction.atomic():
        for channel, faults in _blamed(batch).items():
            with scope(channel[0]):
                found = Channel.objects.get(workspace_id=channel[0], id=channel[1])
                park_whole(found, faults)
        if batch.unreadable:
            reached("I7")
        mark({raw_id: (RawState.PARKED, fault[1]) for raw_id, fault in batch.unreadable.items()})
        mark(
            {
                one.id: (RawState.IGNORED, "")
                for one in batch.raws
                if one.id not in handed_over and one.id not in batch.unreadable
            }
        )
        count({(batch.endpoint.id, day, name): n for name, n in batch.tallies.items()})


def _blamed(batch: Batch) -> dict[Route, list[tuple[UUID, str, str]]]:
    """Say under which channel each unreadable delivery is shown: its own if the envelope tells.

    Otherwise under one channel of every workspace that the endpoint serves.
    """
    blamed: dict[Route, list[tuple[UUID, str, str]]] = defaultdict(list)
    if not batch.unreadable:
        return blamed
    routes = routes_of(batch.endpoint.id)
    everyone = list({route[0]: route for targets in routes.values() for route in targets}.values())
    for one in batch.raws:
        if one.id in batch.unreadable:
            named = [route for a in _accounts(batch, one) for route in routes.get(a, [])]
            for route in named or everyone:
                blamed[route].append((one.id, *batch.unreadable[one.id]))
    return blamed


def _accounts(batch: Batch, one: StoredRaw) -> list[str]:
    try:
        connector = connector_for(batch.endpoint.network)
        return connector.route(one.raw) if isinstance(connector, ReceivesWebhooks) else []
    except (Failure, UnknownNetworkError):
        return []

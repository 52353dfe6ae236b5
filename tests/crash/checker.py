"""The outside checker: it knows what stands on the network and what stands in the tables.

Nothing else: it shares no code with the product and asks it nothing. `faults` is empty where
nothing is lost, nothing doubled, all in its thread, on its account and in its order.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row

from tests.crash.network import Said

_DELIVERIES = r"""
SELECT d.id, d.lane_id, d.account, d.state, d.remote_id,
       regexp_replace(d.draft->>'text', '\s*\^\w+$', '') AS text,
       d.draft->>'thread_key' AS thread, coalesce(d.draft->>'parent_id', '') AS parent,
       d.draft->>'account' AS written_for
FROM outbound_delivery d ORDER BY d.id
"""
_MESSAGES = """
SELECT c.external_id AS account, m.remote_id AS id, t.thread_key AS thread, m.text,
       m.parent_remote_id AS parent, m.direction, m.case_id = t.case_id AS is_at_home
FROM conversations_message m
LEFT JOIN channels_channel c ON c.id = m.channel_id
LEFT JOIN conversations_conversation t ON t.id = m.conversation_id
WHERE m.remote_id <> '' ORDER BY m.sent_at, m.id
"""
_TRAILS = "SELECT delivery_id, before, after FROM outbound_transition ORDER BY at, id"
_NUMBERS = "SELECT name, seq FROM events_event ORDER BY seq"
_PARKED = """
SELECT p.raw_id, r.body FROM channels_parkeddelivery p
JOIN channels_rawdelivery r ON r.id = p.raw_id
"""
_WAITING = "SELECT count(*) AS n FROM channels_rawdelivery WHERE state = 0"
# What has left the house for good, and what never will.
SENT = frozenset({"sent", "confirmed"})
BY_PEOPLE = frozenset({"stale", "held", "needs_human"})
NEVER = frozenset({"cancelled", "failed", "held", "stale", "draft", "approval"})
_INITIALS = re.compile(r"\s*\^\w+$")


class Spot(NamedTuple):
    """Where something stands on the network."""

    account: str
    id: str


@dataclass(frozen=True)
class Tables:
    """What a database says."""

    deliveries: Sequence[Any] = ()
    messages: Sequence[Any] = ()
    trails: Sequence[Any] = ()
    numbers: Sequence[Any] = ()
    parked: Sequence[Any] = ()
    waiting: int = 0

    @classmethod
    def read(cls, database: str, workspace_id: UUID) -> Tables:
        """Read a workspace's tables, all as of one moment."""
        with psycopg.connect(database, row_factory=namedtuple_row) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.execute(f"SET LOCAL app.workspace = '{workspace_id}'")

            def rows(statement: str) -> list[Any]:
                return connection.execute(statement).fetchall()

            return cls(
                rows(_DELIVERIES), rows(_MESSAGES), rows(_TRAILS), rows(_NUMBERS), rows(_PARKED),
                rows(_WAITING)[0].n,
            )  # fmt: skip


@dataclass
class Checker:
    """Compares a log with tables. `unreadable`: marks of deliveries that nobody could read."""

    log: Sequence[Said]
    tables: Tables
    unreadable: Collection[str] = ()
    may_ask_people: bool = False
    found: list[str] = field(default_factory=list)

    def doubled(self) -> list[str]:
        """What must not be at any moment, settled or not: twice, elsewhere, of nobody's making."""
        posts = _by_text(said for said in self.log if said.is_ours)
        known = {row.text: row for row in self.tables.deliveries}
        found = []
        for text, stands in posts.items():
            row = known.get(text)
            if len(stands) > 1:
                found.append(f"posted {len(stands)} times: {text!r} {[s.id for s in stands]}")
            if row is None:
                found.append(f"posted, and nobody wrote it: {text!r}")
                continue
            found += _misplaced(row, stands)
        twice = Counter(Spot(m.account, m.id) for m in self.tables.messages)
        found += [f"taken in {n} times: {spot}" for spot, n in twice.items() if n > 1]
        return found

    def faults(self) -> list[str]:
        """All that is wrong once everything has come to rest."""
        return [
            *self.doubled(),
            *self._lost_replies(),
            *self._replies_out_of_order(),
            *self._messages(),
            *self._broken_trails(),
            *self._numbers(),
            *self._unparked(),
        ]

    def _lost_replies(self) -> Iterator[str]:
        standing = {Spot(s.account, s.id): s for s in self.log if s.is_ours}
        posted = _by_text(standing.values())
        settled = SENT | NEVER | ({"needs_human"} if self.may_ask_people else frozenset())
        for row in self.tables.deliveries:
            if row.state not in settled:
                yield f"never settled: {row.text!r} is {row.state}"
            elif row.state in NEVER and row.text in posted:
                yield f"posted though {row.state}: {row.text!r}"
            elif row.state in SENT:
                post = standing.get(Spot(row.account, row.remote_id))
                if post is None:
                    yield f"said to be posted, and is not: {row.text!r} as {row.remote_id!r}"
                elif _plain(post.text) != row.text:
                    yield f"linked to another's post: {row.text!r} to {post.text!r}"

    def _replies_out_of_order(self) -> Iterator[str]:
        """Within a lane, posts stand in the order in which they were written.

        What stopped until a person let it go on has left the lane: others may pass it.
        """
        stopped = {step.delivery_id for step in self.tables.trails if step.after in BY_PEOPLE}
        place = {_plain(s.text): n for n, s in enumerate(self.log) if s.is_ours}
        lanes: dict[UUID, list[str]] = defaultdict(list)
        for row in self.tables.deliveries:
            if row.text in place and row.id not in stopped:
                lanes[row.lane_id].append(row.text)
        for texts in lanes.values():
            for earlier, later in pairwise(texts):
                if place[earlier] > place[later]:
                    yield f"overtaken: {earlier!r} by {later!r}"

    def _messages(self) -> Iterator[str]:
        """Every word on the network is in one case: once, in its thread, in its order."""
        if self.tables.waiting:
            yield f"{self.tables.waiting} deliveries are not dealt with"
        here = {Spot(m.account, m.id): m for m in self.tables.messages}
        there = {Spot(s.account, s.id): s for s in self.log}
        yield from (f"of nobody's saying: {spot}" for spot in here.keys() - there.keys())
        for spot, said in there.items():
            message = here.get(spot)
            if message is None:
                yield f"lost: {spot} {said.text!r}"
            elif not _agree(message, said):
                yield f"taken in wrongly: {said} as {message}"
        yield from self._messages_out_of_order()

    def _messages_out_of_order(self) -> Iterator[str]:
        threads: dict[Spot, list[str]] = defaultdict(list)
        for message in self.tables.messages:
            threads[Spot(message.account, message.thread)].append(message.id)
        said: dict[Spot, list[str]] = defaultdict(list)
        for one in self.log:
            said[Spot(one.account, one.thread)].append(one.id)
        for thread, ids in threads.items():
            if ids != [i for i in said[thread] if i in set(ids)]:
                yield f"out of order: {thread} reads {ids}, was {said[thread]}"

    def _broken_trails(self) -> Iterator[str]:
        """The trail of every delivery begins at nothing, has no gap and ends where it stands."""
        trails: dict[UUID, list[Any]] = defaultdict(list)
        for step in self.tables.trails:
            trails[step.delivery_id].append(step)
        for row in self.tables.deliveries:
            trail = trails[row.id]
            is_whole = all(one.after == two.before for one, two in pairwise(trail))
            if not trail or trail[0].before or trail[-1].after != row.state or not is_whole:
                yield f"its history has a gap: {row.text!r}"

    def _numbers(self) -> Iterator[str]:
        """Every event has its number, so that a screen that comes back misses none."""
        numbers = [row.seq for row in self.tables.numbers]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"events are not numbered through: {len(numbers)} have {numbers[-3:]}"

    def _unparked(self) -> Iterator[str]:
        """What could not be read is shown to people, each delivery of it once."""
        times = Counter(row.raw_id for row in self.tables.parked)
        yield from (f"parked {n} times: {raw_id}" for raw_id, n in times.items() if n > 1)
        seen = {json.loads(bytes(row.body)).get("mark", "") for row in self.tables.parked}
        yield from (f"unreadable and gone: {mark}" for mark in set(self.unreadable) - seen)
        yield from (f"parked though readable: {mark}" for mark in seen - set(self.unreadable))


def _plain(text: str) -> str:
    """What was written, without the initials that are put below it."""
    return _INITIALS.sub("", text)


def _by_text(posts: Any) -> dict[str, list[Said]]:
    """Tests write each reply in words of its own; that is how the checker tells them apart."""
    found: dict[str, list[Said]] = defaultdict(list)
    for said in posts:
        found[_plain(said.text)].append(said)
    return found


def _misplaced(row: Any, stands: Sequence[Said]) -> Iterator[str]:
    for said in stands:
        if not said.account == row.account == row.written_for:
            yield f"on the wrong account: {row.text!r} on {said.account}"
        if (said.thread, said.parent) != (row.thread, row.parent):
            yield f"in the wrong thread: {row.text!r} in {said.thread} below {said.parent}"


def _agree(message: Any, said: Said) -> bool:
    return (
        message.thread == said.thread
        and message.parent == said.parent
        and _plain(message.text) == _plain(said.text)
        and message.direction == ("out" if said.is_ours else "in")
        and message.is_at_home
    )

"""One open screen: who watches, what it lists, and the queue of what it is still to be told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from hearwell.conversations.listing import MERGED, matches, may_match, needs_record
from hearwell.conversations.queries import CaseFilter, CaseRow
from hearwell.gateway.news import ARRIVALS, News
from hearwell.gateway.viewers import Viewer

KEEP_ALIVE_S = 15.0
# A screen that lets this much pile up is asleep; it loads its page anew when it wakes.
LONGEST_QUEUE = 256
CASES_PER_EVENT = 100
URGENT_FROM = 3
# An event and not a comment: scripts do not see comments, and could not tell a dead connection.
PING = b"event: ping\ndata: {}\n\n"


class Screen:
    """Belongs to one event loop; filled by the hub, emptied by the response."""

    def __init__(
        self, viewer: Viewer, case_filter: CaseFilter, open_case: UUID | None, seq: int
    ) -> None:
        self.viewer, self.filter, self.open_case, self.seq = viewer, case_filter, open_case, seq
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(LONGEST_QUEUE)
        self._is_over = False

    def tell(self, name: str, data: Mapping[str, Any]) -> None:
        """Queue one event; a screen that cannot keep up is told to reload instead."""
        if self._is_over:
            return
        if self._queue.qsize() >= LONGEST_QUEUE - 2:
            self.end("too_slow")
            return
        self._queue.put_nowait(encoded(name, data, self.seq))

    def end(self, why: str | None = None) -> None:
        """End the stream after what is queued; with a reason, tell the screen to reload at once."""
        if self._is_over:
            return
        self._is_over = True
        if why is not None:
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(encoded("reload", {"why": why}, self.seq))
        self._queue.put_nowait(None)

    def tell_news(self, news: News) -> None:
        """Tell of cases, arrivals, the open thread and deliveries, under this screen's filter."""
        self.seq = max(self.seq, news.seq)
        fits = {
            i for i, row in news.cases.items() if matches(self.filter, row, self.viewer.user_id)
        }
        shown = [
            {**values_of(row), "matches": True}
            if row.id in fits
            else {**values_of(row), "matches": self._rest(row), "hand": news.hands.get(row.id)}
            for row in news.cases.values()
        ]
        for start in range(0, len(shown), CASES_PER_EVENT):
            self.tell("cases", {"cases": shown[start : start + CASES_PER_EVENT]})
        self._tell_arrivals(news, fits)
        self._tell_thread(news)
        for delivery in news.deliveries:
            self.tell("delivery", delivery)
        self._tell_alarms(news)
        for person in news.people:
            self.tell("person", person)

    def _rest(self, row: CaseRow) -> bool | None:
        """Return None for a case of which only the record can say whether it fits: it stays."""
        is_open = needs_record(self.filter) and may_match(self.filter, row, self.viewer.user_id)
        return None if is_open else False

    def _tell_arrivals(self, news: News, fits: set[UUID]) -> None:
        arrived = {
            case_id: None
            for one in news.happenings
            if one.name in ARRIVALS and one.actor_id != str(self.viewer.user_id)
            for case_id in one.case_ids
            if case_id in fits
        }
        if arrived:
            urgent = sum(news.cases[case_id].urgency >= URGENT_FROM for case_id in arrived)
            self.tell("new", {"cases": [str(case_id) for case_id in arrived], "urgent": urgent})

    def _tell_alarms(self, news: News) -> None:
        """Tell of clocks, to those whom the promise names and to whoever has the case."""
        for alarm in news.alarms:
            row = news.cases.get(alarm.case_id)
            if row is None or row.status != "open":
                continue
            if self.viewer.role in alarm.roles or row.assignee_id == self.viewer.user_id:
                facts = {"what": alarm.name, "kind": alarm.kind, "due_at": alarm.due_at}
                self.tell("alarm", {"case": str(row.id), "number": row.number, **facts})

    def _tell_thread(self, news: News) -> None:
        row = news.cases.get(self.open_case) if self.open_case else None
        if row is None:
            return
        names = {one.name: None for one in news.happenings if row.id in one.case_ids}
        for name in names:
            self.tell("message", {"case": str(row.id), "version": row.version, "what": name})
        self._lead_on(news, row)

    def _lead_on(self, news: News, row: CaseRow) -> None:
        """Lead a screen on whose case has been emptied into another one."""
        if row.closed_reason != MERGED:
            return
        for one in news.happenings:
            if one.name == "CaseMerged" and one.case_ids[0] == row.id:
                facts = {"case": str(row.id), "number": row.number, "into": str(one.case_ids[1])}
                self.tell("merged", facts)

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield the stream: events as they come, a ping when nothing has for 15 s."""
        while True:
            try:
                line = await asyncio.wait_for(self._queue.get(), KEEP_ALIVE_S)
            except TimeoutError:
                yield PING
                continue
            if line is None:
                return
            yield line


def encoded(name: str, data: Mapping[str, Any], seq: int) -> bytes:
    """Return one event of the stream."""
    return f"id: {seq}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()


def values_of(row: CaseRow) -> dict[str, Any]:
    """Return the values of a case that a list shows."""
    return {
        "id": str(row.id),
        "number": row.number,
        "version": row.version,
        "status": row.status,
        "turn": row.turn,
        "assignee_id": str(row.assignee_id) if row.assignee_id else None,
        "initials": row.assignee_initials,
        "waiting_since": row.waiting_since.isoformat() if row.waiting_since else None,
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "urgency": row.urgency,
        "unsolved": row.is_unsolved,
        "unread": row.unread,
        "preview": row.preview,
        "last_message_at": row.last_message_at.isoformat(),
    }


def distinct_users(screens: Sequence[Screen]) -> set[UUID]:
    """Return the people behind some screens."""
    return {screen.viewer.user_id for screen in screens}

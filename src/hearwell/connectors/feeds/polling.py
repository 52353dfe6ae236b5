"""What is new in a feed since we last looked, and what of it is history.

The cursor holds what the server gave to ask by (ETag, Last-Modified), where the feed now is if it
moved for good, and for each entry of the last document a mark of its id and its words. What the
feed held when it was connected is history, and so is an entry dated two days before we last
looked: some sites give all of their entries new ids.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hearwell.connect import failures
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connectors.feeds.document import Entry, Feed
from hearwell.connectors.feeds.fetching import Answer, Door, fetch
from hearwell.connectors.feeds.manners import Manners, pause_s
from hearwell.connectors.feeds.parse import ACCOUNT, CHANGED, said_by
from hearwell.connectors.feeds.reading import read
from hearwell.connectors.feeds.values import digest_of
from hearwell.kit import clock

# Two computers' clocks: what was published this long before it was connected is still new.
_SLACK = timedelta(minutes=5)
_LATE = timedelta(days=2)
# The cursor says when we last looked, this exactly: else every quiet poll would write it anew.
_GRAIN = timedelta(hours=1)
_UNREADABLE = timedelta(hours=1)
_MOST_MARKS = 1500
_ID_BYTES, _WORD_BYTES = 6, 4
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a feed is known. ``marks``: id → words, both as a few bytes of a digest."""

    since: datetime
    looked_at: datetime
    etag: str = ""
    modified: str = ""
    at: str = ""
    marks: Mapping[bytes, bytes] = field(default_factory=dict)

    def __str__(self) -> str:
        packed = b"".join(one + words for one, words in self.marks.items())
        plain = {
            "since": self.since.isoformat(),
            "looked": self.looked_at.isoformat(),
            "etag": self.etag,
            "modified": self.modified,
            "at": self.at,
            "marks": base64.b85encode(packed).decode(),
        }
        return json.dumps({name: value for name, value in plain.items() if value})


def cursor_from(text: str | None) -> Cursor | None:
    """Read a cursor back. Raises ``ContractChanged`` if it is none of ours."""
    if text is None:
        return None
    try:
        given: dict[str, Any] = json.loads(text)
        packed = base64.b85decode(given.get("marks", ""))
        since, looked_at = (datetime.fromisoformat(given[name]) for name in ("since", "looked"))
        width = _ID_BYTES + _WORD_BYTES
        pairs = (packed[start : start + width] for start in range(0, len(packed), width))
        return Cursor(
            since.astimezone(UTC),
            looked_at.astimezone(UTC),
            str(given.get("etag", "")),
            str(given.get("modified", "")),
            str(given.get("at", "")),
            {pair[:_ID_BYTES]: pair[_ID_BYTES:] for pair in pairs},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise failures.ContractChanged(network_code="cursor") from error


def page(door: Door, manners: Manners, account: Account, url: str, text: str | None) -> RawPage:
    """The entries that are new or say something else, after a cursor."""
    cursor = cursor_from(text)
    url = (cursor.at if cursor else "") or url
    if (wait_s := manners.wait_s(url)) > 0:
        return RawPage((), text, clock.now() + timedelta(seconds=wait_s))
    answer = fetch(door, url, _conditions(cursor), permits=manners.permit)
    moment = clock.now()
    if cursor is not None and answer.status == _NOT_MODIFIED:
        after = moment + timedelta(seconds=pause_s(answer.headers, 0))
        return RawPage((), str(_looked(cursor, moment)), after)
    feed = _read(answer, moment)
    told = _Told(account, feed, answer, cursor, moment)
    after = moment + timedelta(seconds=pause_s(answer.headers, feed.pause_s))
    return RawPage(tuple(told.raws()), str(told.cursor()), after)


def _read(answer: Answer, moment: datetime) -> Feed:
    """The document, or a failure that is not tried again at once: it would be the same."""
    try:
        return read(answer.body, answer.content_type, answer.url)
    except failures.ContractChanged as error:
        retry_at = moment + _UNREADABLE
        raise failures.ContractChanged(error.message, retry_at=retry_at) from error


def _conditions(cursor: Cursor | None) -> dict[str, str]:
    if cursor is None:
        return {}
    given = {"if-none-match": cursor.etag, "if-modified-since": cursor.modified}
    # Some servers write dates in their own language; what is not ASCII no request can carry.
    return {
        name: value
        for name, value in given.items()
        if value and value.isascii() and value.isprintable()
    }


def _looked(cursor: Cursor, moment: datetime) -> Cursor:
    return replace(cursor, looked_at=moment) if cursor.looked_at < moment - _GRAIN else cursor


class _Told:
    """A document against what is known of it."""

    def __init__(
        self,
        account: Account,
        feed: Feed,
        answer: Answer,
        cursor: Cursor | None,
        moment: datetime,
    ) -> None:
        self._account, self._feed, self._answer = account, feed, answer
        self._is_first = cursor is None
        self._before = cursor or Cursor(moment, moment)
        self._moment = moment
        self._marks = {_mark(entry): _words(entry, answer.url) for entry in feed.entries}

    def raws(self) -> list[Raw]:
        """Deliveries of what is history, what is new, and what says something else now."""
        past, new, changed = list[Entry](), list[Entry](), list[Entry]()
        for entry in self._feed.entries:
            known, now = self._before.marks.get(_mark(entry)), self._marks[_mark(entry)]
            if known is None:
                (past if self._is_past(entry) else new).append(entry)
            elif known != now:
                changed.append(entry)
        return [
            *self._raw(past, Source.IMPORT),
            *self._raw(new, Source.POLL),
            *self._raw(changed, Source.POLL, is_changed=True),
        ]

    def cursor(self) -> Cursor:
        """Where it goes on. Entries that are gone stay known for a while: some come back."""
        headers = self._answer.headers
        older = (pair for pair in self._before.marks.items() if pair[0] not in self._marks)
        room = max(0, _MOST_MARKS - len(self._marks))
        kept = dict(pair for _, pair in zip(range(room), older, strict=False))
        looked = _looked(self._before, self._moment)
        return replace(
            looked,
            etag=headers.get("etag", "")[:500],
            modified=headers.get("last-modified", "")[:100],
            at=self._answer.moved_to or self._before.at,
            marks={**self._marks, **kept},
        )

    def _is_past(self, entry: Entry) -> bool:
        if entry.published_at is None:
            return self._is_first
        before = self._before
        return entry.published_at < max(before.since - _SLACK, before.looked_at - _LATE)

    def _raw(
        self, entries: Sequence[Entry], source: Source, *, is_changed: bool = False
    ) -> list[Raw]:
        if not entries:
            return []
        headers = {
            ACCOUNT: self._account.external_id,
            "content-type": f"{self._feed.content_type}; charset=utf-8",
        } | ({CHANGED: "1"} if is_changed else {})
        body = self._feed.cut(entries)
        return [Raw("GET", self._answer.url, headers, body, self._moment, source)]


def _mark(entry: Entry) -> bytes:
    return bytes.fromhex(digest_of(entry.id))[:_ID_BYTES]


def _words(entry: Entry, base: str) -> bytes:
    return bytes.fromhex(said_by(entry, base).digest)[:_WORD_BYTES]

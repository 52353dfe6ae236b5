"""The four lists that are polled: who called us, private talks, what we wrote, who liked it.

``mentions`` is the truth about what came in; ``private`` finds what a server's own filters keep
out of the notifications, ``own`` our statuses wherever they were written; ``reactions`` are kept
apart, because a status that many like would keep the customers waiting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hearwell.connect import failures
from hearwell.connect.fields import Fields, moment_in, text_or_none
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connectors.mastodon import window as windows
from hearwell.connectors.mastodon.parse import REACTIONS
from hearwell.connectors.mastodon.statuses import version_of
from hearwell.connectors.mastodon.threads import Threads
from hearwell.connectors.mastodon.window import Entry, Window
from hearwell.connectors.mastodon.wire import Line, Params
from hearwell.kit import clock

STREAMS = ("mentions", "private", "own", "reactions")
# Settings: the newest that there was when the account was connected.
START_NOTIFICATION, START_STATUS = "start_notification", "start_status"
NOTIFICATIONS, CONVERSATIONS = "/api/v1/notifications", "/api/v1/conversations"
PAGE = 40
_PAUSE_S = {"private": 60, "own": 60, "reactions": 120}
_NOT_THERE_S = 3600
_MOST_PAGES = 25
# So many of those that are missing are asked for in one poll.
_LOOK_AT = 10
_LIKES = ("favourite", "reblog", "follow")
_EMOJI = "pleroma:emoji_reaction"
_NOT_A_CALL = (*_LIKES, "follow_request", "poll")


@dataclass(frozen=True, slots=True)
class Lister:
    """How one list is asked for and read."""

    path: str
    params: Params
    needs: str
    start: str
    entry: Callable[[Fields], Entry]
    part: str

    def page(self, line: Line, **where: str) -> list[Entry]:
        """A page of it, as the server orders it."""
        params = {**self.params, "limit": PAGE, **where}
        answer = line.get(self.path, params, needs=self.needs)
        return [self.entry(one) for one in answer.entries]


def poll(line: Line, account: Account, stream: str, cursor: str | None) -> RawPage:
    """One page of a list. Raises what ``Polls.poll`` may."""
    teller = Teller(line, account, Source.POLL)
    if stream == "private":
        return _private(line, account, teller, cursor)
    lister = _LISTERS[stream](account)
    window = windows.loaded(cursor, account.settings.get(lister.start, ""))
    news = _news(line, lister, window)
    if news:
        raws = (
            _all_at_once(teller, lister, news)
            if stream == "reactions"
            else (teller.each(lister.path, lister.part, news))
        )
        return RawPage(raws, windows.dumped(windows.told(window, news)), clock.now())
    if stream == "reactions":
        return RawPage((), cursor, _next_at(stream))
    return _review(line, lister, teller, window, stream)


def _news(line: Line, lister: Lister, window: Window) -> list[Entry]:
    """What is newer than all that was told, oldest first."""
    if window.newest:
        return windows.after(lister.page(line, min_id=window.newest), window.newest)
    found = entries = lister.page(line)
    for _ in range(_MOST_PAGES):
        if not entries:
            break
        entries = lister.page(line, max_id=min((e.id for e in entries), key=windows.order))
        found = [*found, *entries]
    return windows.after(found, "")


def _review(line: Line, lister: Lister, teller: Teller, window: Window, stream: str) -> RawPage:
    """Look again at some of what was told: edits and deletions come without a word."""
    page = lister.page(line, max_id=window.further) if window.further else lister.page(line)
    seen = windows.review(window, page)
    window, raws = seen.window, list(teller.each(lister.path, lister.part, seen.changed))
    missing = seen.missing[:_LOOK_AT]
    for status_id in missing:
        status = fetched(line, status_id)
        if status is None:
            raws.append(teller.gone([status_id]))
        elif _version(status) > window.seen[status_id][1]:
            raws.append(teller.statuses([status]))
    window = windows.forgotten(window, missing)
    return RawPage(tuple(raws), windows.dumped(window), _next_at(stream))


def _private(line: Line, account: Account, teller: Teller, cursor: str | None) -> RawPage:
    """The last word of each private talk: told if it is new or was changed.

    Its id may be older than the last one told, for a message that came late keeps its time.
    """
    try:
        answer = line.get(CONVERSATIONS, {"limit": PAGE}, needs="read:statuses")
    except (failures.TargetGone, failures.ContractChanged):
        # A server without that list: what is private comes with the notifications.
        return RawPage((), cursor, clock.now() + timedelta(seconds=_NOT_THERE_S))
    last = (one.get("last_status") for one in answer.entries)
    entries = windows.after([_status_entry(one) for one in last if isinstance(one, dict)], "")
    window = windows.loaded(cursor, account.settings.get(START_STATUS, ""))
    begun = window.newest if cursor is None else ""
    news = [
        entry
        for entry in entries
        if entry.version > window.seen.get(entry.key, ("", 0))[1]
        and windows.order(entry.id) > windows.order(begun)
    ]
    raws = teller.each(CONVERSATIONS, "statuses", news)
    return RawPage(raws, windows.dumped(windows.told(window, entries)), _next_at("private"))


def _next_at(stream: str) -> Any:
    pause_s = _PAUSE_S.get(stream)
    return clock.now() + timedelta(seconds=pause_s) if pause_s else None


# --- the lists -----------------------------------------------------------------------------------


def _mentions(account: Account) -> Lister:
    del account
    params = {"exclude_types[]": _NOT_A_CALL, "include_filtered": "true"}
    return Lister(
        NOTIFICATIONS, params, "read:notifications", START_NOTIFICATION, _call, "notifications"
    )


def _reactions(account: Account) -> Lister:
    has_emoji = account.settings.get("software", "") in {"pleroma", "akkoma"}
    types = (*_LIKES, _EMOJI) if has_emoji else _LIKES
    params = {"types[]": types, "include_filtered": "true"}
    return Lister(
        NOTIFICATIONS, params, "read:notifications", START_NOTIFICATION, _notice, "notifications"
    )


def _own(account: Account) -> Lister:
    path = f"/api/v1/accounts/{account.settings.get('account_id', '')}/statuses"
    params = {"exclude_reblogs": "true"}
    return Lister(path, params, "read:statuses", START_STATUS, _status_entry, "statuses")


_LISTERS: Mapping[str, Callable[[Account], Lister]] = {
    "mentions": _mentions,
    "reactions": _reactions,
    "own": _own,
}


def _call(entry: Fields) -> Entry:
    """A notification; one that somebody likes us is another list's, where the server mixes them."""
    status, is_like = entry.get("status"), text_or_none(entry, "type") in REACTIONS
    if not isinstance(status, dict) or is_like:
        return Entry(_id(entry), "", 0, None if is_like else entry)
    return Entry(_id(entry), text_or_none(status, "id") or "", _version(status), entry)


def _notice(entry: Fields) -> Entry:
    return Entry(_id(entry), "", 0, entry if text_or_none(entry, "type") in REACTIONS else None)


def _status_entry(status: Fields) -> Entry:
    status_id = _id(status)
    return Entry(status_id, status_id, _version(status), status)


def _id(entry: Fields) -> str:
    found = text_or_none(entry, "id")
    if found is None:
        message = "The server sent a list with an entry that has no id."
        raise failures.ContractChanged(message)
    return found


def _version(status: Fields) -> int:
    """What cannot be read is told all the same: the delivery is parked, not lost."""
    try:
        return version_of(moment_in(status, "edited_at") if status.get("edited_at") else None)
    except failures.ContractChanged:
        return 1


# --- what is told --------------------------------------------------------------------------------


@dataclass(slots=True)
class Teller:
    """Makes deliveries in our envelope, each with the places of the replies in it."""

    line: Line
    account: Account
    source: Source
    threads: Threads

    def __init__(self, line: Line, account: Account, source: Source) -> None:
        self.line, self.account, self.source = line, account, source
        self.threads = Threads(line, account.external_id)

    def each(self, path: str, part: str, entries: Sequence[Entry]) -> tuple[Raw, ...]:
        """One delivery an entry, so that one which cannot be read holds up no other."""
        return tuple(
            self.raw(path, {part: [entry.said]}, [_status_in(entry.said)])
            for entry in entries
            if entry.said is not None
        )

    def statuses(self, statuses: Sequence[Fields], path: str = "/api/v1/statuses") -> Raw:
        """Some statuses."""
        return self.raw(path, {"statuses": list(statuses)}, statuses)

    def gone(self, ids: Sequence[str]) -> Raw:
        """Statuses that are no more."""
        return self.raw("/api/v1/statuses", {"gone": list(ids)}, [])

    def raw(self, path: str, said: Mapping[str, Any], placed: Sequence[Fields]) -> Raw:
        """A delivery; see ``parse``."""
        places = self.threads.places(placed)
        envelope = {"account": self.account.external_id, **said}
        body = json.dumps(envelope | ({"places": places} if places else {})).encode()
        headers = {"content-type": "application/json"}
        return Raw("GET", self.line.server + path, headers, body, clock.now(), self.source)


def _all_at_once(teller: Teller, lister: Lister, entries: Sequence[Entry]) -> tuple[Raw, ...]:
    """All reactions of a page in one delivery: they are many, small and alike."""
    said = [entry.said for entry in entries if entry.said is not None]
    return (teller.raw(lister.path, {lister.part: said}, []),) if said else ()


def _status_in(said: Fields) -> Fields:
    status = said.get("status")
    return status if isinstance(status, dict) else said


def fetched(line: Line, status_id: str) -> Fields | None:
    """A status, or None if it is gone or not for our eyes."""
    try:
        return line.get(f"/api/v1/statuses/{status_id}", needs="read:statuses").fields
    except failures.TargetGone:
        return None

"""Comments by asking: new threads often, older ones in turn, replies where they grew.

``recent`` reads the newest page of the channel's threads, ``older`` the pages after it, one a
look. Threads stand in the order in which they began, so a late reply shows only as a greater
count; its thread is then read. A comment that was above something still there and is no longer is
looked up by its id: only what that does not find is gone. The cursor holds what was seen, as
marks that change with every edit, and the day's units (see ``planning``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from hearwell.connect import failures
from hearwell.connect.fields import Fields, nonempty_in, text_or_none
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connect.terms import Charge
from hearwell.connect.wording import Wording
from hearwell.connectors.google.wire import Line, Params, objects
from hearwell.connectors.youtube import parse
from hearwell.connectors.youtube.manifest import COMMENTS, MANIFEST, THREADS
from hearwell.connectors.youtube.planning import Day, left_of, next_look, today
from hearwell.kit import clock

STREAMS = ("recent", "older")
SINCE: Final = "since"
API: Final = "youtube/v3"
NO_CHANNEL: Final = Wording("There is no YouTube channel called %(handle)s.")
_PAGE: Final = 100
_IDS: Final = 50
# Threads that are read to their end in one look, and pages of one thread.
_AT_ONCE, _DEEPEST = 5, 5
# Pages after the first one that are read in turn, and replies remembered of one thread.
_OLDER_PAGES, _REMEMBERED = 5, 30
Seen = dict[str, list[Any]]
Asked = dict[str, str | int]


@dataclass
class _Look:
    """One look: what it costs, what it brings, what is known afterwards."""

    line: Line
    account: Account
    charges: dict[str, int] = field(default_factory=dict)
    raws: list[Raw] = field(default_factory=list)

    def ask(self, what: str, path: str, params: Params) -> Fields:
        self.charges[what] = self.charges.get(what, 0) + 1
        return self.line.get(f"{API}/{path}", {"textFormat": "plainText", **params})

    def bring(self, said: Mapping[str, Any], at: datetime | None = None) -> None:
        self.raws.append(raw_of(self.account, said, at))

    @property
    def cost(self) -> int:
        quota = MANIFEST.quota
        spent = self.charges.items()
        return sum(quota.of(Charge(what, count)) for what, count in spent) if quota else 0


def poll(line: Line, account: Account, stream: str, cursor: str | None) -> RawPage:
    """One look. Raises what ``Polls.poll`` may."""
    told = _told(cursor)
    now = clock.now()
    day, look = today(now, told.get("day")), _Look(line, account)
    if left_of(account, stream, day) <= 0:
        return RawPage((), cursor, next_look(now, 0, 1))
    turn = _recent if stream == STREAMS[0] else _older
    place = turn(look, told)
    day = day.plus(look.cost)
    told_next = json.dumps({**place, "day": {"date": day.date, "spent": day.spent}})
    charges = tuple(Charge(what, count) for what, count in look.charges.items())
    return RawPage(tuple(look.raws), told_next, _when(account, stream, day, look), charges)


def _when(account: Account, stream: str, day: Day, look: _Look) -> datetime:
    if account.units is not None:
        account = replace(account, units=account.units - look.cost)
    return next_look(clock.now(), left_of(account, stream, day), look.cost)


def raw_of(account: Account, said: Mapping[str, Any], at: datetime | None = None) -> Raw:
    """A delivery in our envelope; what was said before ``since`` is history."""
    body = json.dumps({"account": account.external_id, **said}).encode()
    since = parse_since(account)
    is_past = at is not None and since is not None and at < since
    source = Source.IMPORT if is_past else Source.POLL
    return Raw("GET", "", {"content-type": "application/json"}, body, clock.now(), source)


def parse_since(account: Account) -> datetime | None:
    """When the account was connected; None if nobody wrote it down."""
    try:
        return datetime.fromisoformat(account.settings.get(SINCE, ""))
    except ValueError:
        return None


# --- the two streams -----------------------------------------------------------------------------


def _recent(look: _Look, told: Mapping[str, Any]) -> dict[str, Any]:
    known = _seen(told.get("seen"))
    answer = _threads(look, look.account.external_id, "")
    seen = _taken(look, objects(answer, "items"), known)
    is_all = text_or_none(answer, "nextPageToken") is None
    _bring_gone(look, _vanished(known, seen, is_all=is_all))
    return {"seen": seen}


def _older(look: _Look, told: Mapping[str, Any]) -> dict[str, Any]:
    """The next of the older pages; after the last one, or the fifth, from the beginning."""
    known, page = _seen(told.get("seen")), told.get("page")
    number = told.get("number") if isinstance(told.get("number"), int) else 0
    token = page if isinstance(page, str) else ""
    if not token:
        token = text_or_none(_threads(look, look.account.external_id, "", most=_PAGE),
                             "nextPageToken") or ""  # fmt: skip
        number = 0
    if not token:
        return {"seen": {}}
    answer = _threads(look, look.account.external_id, token)
    seen = _taken(look, objects(answer, "items"), known)
    further, count = text_or_none(answer, "nextPageToken"), int(number or 0) + 1
    is_end = further is None or count >= _OLDER_PAGES
    # Keep what the other pages showed, the newest last, and no more than a round holds.
    kept = dict(list({**known, **seen}.items())[-_OLDER_PAGES * _PAGE :])
    return {"seen": kept, "page": "" if is_end else further, "number": 0 if is_end else count}


def _threads(look: _Look, channel: str, page: str, most: int = _PAGE) -> Fields:
    params: Asked = {
        "part": "snippet,replies",
        "allThreadsRelatedToChannelId": channel,
        "order": "time",
        "maxResults": most,
    }
    return look.ask(THREADS, "commentThreads", params | ({"pageToken": page} if page else {}))


# --- threads -------------------------------------------------------------------------------------


def _taken(look: _Look, threads: Sequence[Fields], known: Seen) -> Seen:
    """Bring what is new in these threads, oldest first; return their marks in the list's order."""
    seen: Seen = {}
    read = 0
    for thread in threads:
        thread_id, count = nonempty_in(thread, "id"), _count(thread)
        before = known.get(thread_id)
        marks = _marks(parse.replies_in(thread))
        is_below = count > len(marks) and (before is None or before[1] != count)
        is_fewer = before is not None and count < before[1]
        if (is_below or is_fewer) and read < _AT_ONCE:
            read += 1
            replies = list(_below(look, thread_id))
            marks = _marks(replies)
            _bring_lost(look, before, marks)
            _bring_replies(look, replies, before)
        elif is_below or is_fewer:
            count = before[1] if before else -1  # not read yet: its turn comes with the next look
        mark = [parse.version_of(parse.top_of(thread)), count, _kept(before, marks)]
        if before is None or before[0] != mark[0] or _is_other(before, marks):
            look.bring({"threads": [thread]}, _at(parse.top_of(thread)))
        seen[thread_id] = mark
    look.raws.reverse()
    return seen


def _below(look: _Look, thread_id: str) -> Iterator[Fields]:
    """All replies of a thread, as far as one look reaches."""
    page = ""
    for _ in range(_DEEPEST):
        params: Asked = {"part": "snippet", "parentId": thread_id, "maxResults": _PAGE}
        answer = look.ask(COMMENTS, "comments", params | ({"pageToken": page} if page else {}))
        yield from objects(answer, "items")
        page = text_or_none(answer, "nextPageToken") or ""
        if not page:
            return


def _bring_replies(look: _Look, replies: Sequence[Fields], before: list[Any] | None) -> None:
    known = before[2] if before else {}
    for reply in replies:
        if known.get(str(reply.get("id"))) != parse.version_of(reply):
            look.bring({"comments": [reply]}, _at(reply))


def _bring_lost(look: _Look, before: list[Any] | None, marks: Mapping[str, int]) -> None:
    """Replies that the thread had and has no more."""
    lost = [reply for reply in (before[2] if before else {}) if reply not in marks]
    _bring_gone(look, lost)


def _bring_gone(look: _Look, missing: Sequence[str]) -> None:
    """Those that cannot be found by their id either: held or pushed out of sight is not gone."""
    for start in range(0, len(missing), _IDS):
        some = list(missing[start : start + _IDS])
        answer = look.ask(COMMENTS, "comments", {"part": "snippet", "id": ",".join(some)})
        there = {one.get("id") for one in objects(answer, "items")}
        gone = [one for one in some if one not in there]
        if gone:
            look.bring({"gone": gone})


def _vanished(known: Seen, seen: Seen, *, is_all: bool) -> list[str]:
    """Threads that stood above one that is still there, and are not there themselves."""
    order = list(known)
    if is_all:
        return [one for one in order if one not in seen]
    still = [place for place, one in enumerate(order) if one in seen]
    return [one for one in order[: still[-1]] if one not in seen] if still else []


# --- marks ---------------------------------------------------------------------------------------


def _marks(replies: Sequence[Fields]) -> dict[str, int]:
    return {nonempty_in(reply, "id"): parse.version_of(reply) for reply in replies}


def _kept(before: list[Any] | None, marks: Mapping[str, int]) -> dict[str, int]:
    known = before[2] if before else {}
    return dict(list({**known, **marks}.items())[-_REMEMBERED:])


def _is_other(before: list[Any], marks: Mapping[str, int]) -> bool:
    return any(before[2].get(reply) != mark for reply, mark in marks.items())


def _count(thread: Fields) -> int:
    snippet = thread.get("snippet")
    count = snippet.get("totalReplyCount") if isinstance(snippet, dict) else 0
    return count if isinstance(count, int) else 0


def _at(comment: Fields) -> datetime | None:
    """When it was last changed, or written."""
    snippet = comment.get("snippet")
    told = text_or_none(snippet, "updatedAt") if isinstance(snippet, dict) else None
    return datetime.fromisoformat(told) if told else None


def _seen(told: object) -> Seen:
    """What a cursor remembers; what cannot be read is told twice rather than not at all."""
    if not isinstance(told, dict):
        return {}
    return {
        key: value
        for key, value in told.items()
        if isinstance(value, list) and len(value) == 3 and isinstance(value[2], dict)  # noqa: PLR2004 -- mark, count, replies
    }


def _told(cursor: str | None) -> Mapping[str, Any]:
    try:
        told = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


# --- one comment, and other channels -------------------------------------------------------------


def fetch_one(line: Line, account: Account, ref: str) -> Raw | None:
    """One comment by its id."""
    params = {"part": "snippet", "id": ref, "textFormat": "plainText"}
    found = objects(line.get(f"{API}/comments", params), "items")
    return raw_of(account, {"comments": found[:1]}) if found else None


def timeline(line: Line, account: Account, author: str, cursor: str | None) -> RawPage:
    """What a channel wrote below its own videos, and what that answers; a page of threads."""
    look = _Look(line, account)
    channel, _, page = (cursor or "").partition(" ")
    channel = channel or channel_of(line, author)
    answer = _threads(look, channel, page)
    said = [one for thread in objects(answer, "items") for one in _said_by(thread, channel)]
    said.sort(key=lambda one: str(_at(one) or ""), reverse=True)
    further = text_or_none(answer, "nextPageToken")
    raws = tuple(raw_of(account, {"comments": [one]}) for one in said)
    charges = tuple(Charge(what, count) for what, count in look.charges.items())
    return RawPage(raws, f"{channel} {further}" if further else None, None, charges)


def _said_by(thread: Fields, channel: str) -> Iterator[Fields]:
    """What the channel said in a thread; before its first reply, what the thread began with."""
    top = parse.top_of(thread)
    replies = [one for one in parse.replies_in(thread) if _is_by(one, channel)]
    if replies or _is_by(top, channel):
        yield top
    yield from replies


def _is_by(comment: Fields, channel: str) -> bool:
    snippet = comment.get("snippet")
    told = snippet.get("authorChannelId") if isinstance(snippet, dict) else None
    return isinstance(told, dict) and told.get("value") == channel


def channel_of(line: Line, author: str) -> str:
    """The id of a channel by its handle, or as it stands. Raises ``TargetGone``."""
    if author.startswith("UC"):
        return author
    handle = author if author.startswith("@") else f"@{author}"
    answer = line.get(f"{API}/channels", {"part": "id", "forHandle": handle})
    found = objects(answer, "items")
    if not found:
        raise failures.TargetGone(NO_CHANNEL(handle=handle))
    return nonempty_in(found[0], "id")

"""The lists that are polled: the inbox, mentions, what the account itself says, and subreddits.

Reddit's own paging from the newest on (``before``) finds nothing any more once that one thing is
deleted. So each list is read from its top down to what was told before, which the cursor holds. A
poll that finds nothing new looks again at some of that: edits and deletions come without a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hearwell.connect import failures
from hearwell.connect.fields import Fields, object_in, text_or_none
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connectors.reddit import parse, sending
from hearwell.connectors.reddit.manifest import HISTORY, MESSAGES, READ
from hearwell.connectors.reddit.wire import Line
from hearwell.kit import clock

INBOX, MENTIONS, WATCHED, OWN = "inbox", "mentions", "watched", "own"
# Settings: names of subreddits, and when the account was connected (what is older is the past).
SUBREDDITS, SINCE = "subreddits", "since"
_PAGE, _MOST_PAGES = 100, 10
# What is remembered, and how much of it is looked at again in one poll (as /api/info takes).
_KNOWN, _LOOK_AT = 300, 100
_GONE = -1


@dataclass(frozen=True, slots=True)
class Known:
    """What was told: fullname -> version, oldest first; ``at`` is where to look again next."""

    versions: Mapping[str, int] = field(default_factory=dict)
    at: int = 0

    @classmethod
    def loaded(cls, cursor: str | None) -> Known:
        """A cursor that cannot be read begins again: twice rather than not at all."""
        try:
            versions, at = json.loads(cursor or "null")
            return cls({str(name): int(value) for name, value in versions.items()}, int(at))
        except (TypeError, ValueError, AttributeError):
            return cls()

    def dumped(self) -> str:
        """As a cursor."""
        return json.dumps([self.versions, self.at], separators=(",", ":"))

    def with_these(self, versions: Mapping[str, int], at: int | None = None) -> Known:
        """With what was told now; the oldest are forgotten."""
        both = {**self.versions, **versions}
        return Known(dict(list(both.items())[-_KNOWN:]), self.at if at is None else at)


def streams_of(account: Account) -> Sequence[str]:
    """The lists of this account; subreddits are watched where some are named."""
    watched = (WATCHED,) if account.settings.get(SUBREDDITS) else ()
    return (INBOX, MENTIONS, *watched, OWN)


def poll(line: Line, account: Account, stream: str, cursor: str | None) -> RawPage:
    """What is new, or was changed. Raises as ``Polls.poll``."""
    known = Known.loaded(cursor)
    path, needs = _place_of(account, stream)
    fresh, wait_until = _news(line, path, needs, known)
    told = [one for one in fresh if _is_after(account, one) and _is_wanted(account, stream, one)]
    if not fresh:
        return _review(line, account, known, wait_until)
    # What is not told is remembered, so that it is not met again, and never looked at again.
    versions = {parse.name_of(one): _GONE for one in fresh}
    versions |= {parse.name_of(one): _version(one) for one in told}
    source = Source.SEARCH if stream == WATCHED else Source.POLL
    raws = _raws(line, account, stream, told, source)
    return RawPage(raws, known.with_these(versions).dumped(), wait_until)


def _place_of(account: Account, stream: str) -> tuple[str, str]:
    name = account.settings.get(sending.NAME, "")
    return {
        INBOX: ("/message/inbox", MESSAGES),
        MENTIONS: ("/message/mentions", MESSAGES),
        OWN: (f"/user/{name}/comments", HISTORY),
        WATCHED: (f"/r/{subreddits_in(account.settings.get(SUBREDDITS, ''))}/comments", READ),
    }[stream]


def subreddits_in(typed: str) -> str:
    """Names of subreddits as they are asked for together: ``a+b``."""
    words = typed.replace(",", " ").replace("+", " ").split()
    bare = (word.strip("/").removeprefix("r/") for word in words)
    return "+".join(word for word in bare if word.replace("_", "").isalnum())


def _news(line: Line, path: str, needs: str, known: Known) -> tuple[list[Fields], datetime | None]:
    """What was not told yet, oldest first, and until when to leave Reddit alone."""
    fresh: list[Fields] = []
    after, wait_until = "", None
    for _ in range(_MOST_PAGES):
        where = {"after": after} if after else {}
        answer = line.get(path, {"limit": str(_PAGE), **where}, needs)
        page = sending.things_in(answer.body)
        news = [one for one in page if parse.name_of(one) not in known.versions]
        fresh += news
        after = text_or_none(object_in(answer.body["data"], "a listing"), "after") or ""
        wait_until = answer.wait_until
        if not after or len(news) < len(page) or wait_until is not None:
            break
    return fresh[::-1], wait_until


def _is_after(account: Account, thing: Fields) -> bool:
    """Whether it was said since the account was connected."""
    since = account.settings.get(SINCE, "")
    made = parse.data_of(thing).get("created_utc")
    return not since.isdecimal() or not isinstance(made, int | float) or made >= int(since)


def _is_wanted(account: Account, stream: str, thing: Fields) -> bool:
    """Everything, but of a subreddit only what has one of our words and is not by us."""
    if stream != WATCHED:
        return True
    data = parse.data_of(thing)
    text = f"{data.get('title', '')} {data.get('selftext', '')} {data.get('body', '')}".casefold()
    is_ours = data.get("author_fullname") == account.external_id
    return not is_ours and any(word.casefold() in text for word in account.words)


def _review(line: Line, account: Account, known: Known, wait_until: datetime | None) -> RawPage:
    """Look again at some of what was told."""
    names = [n for n, v in known.versions.items() if n[:2] in ("t1", "t3") and v != _GONE]
    if not names or wait_until is not None:
        return RawPage((), known.dumped(), wait_until)
    at = known.at if known.at < len(names) else 0
    part = names[at : at + _LOOK_AT]
    found = {parse.name_of(one): one for one in sending.things_named(line, part)}
    versions = {name: _version(one) for name, one in found.items() if name in part}
    versions |= {name: _GONE for name in part if name not in found}
    changed = {n: v for n, v in versions.items() if v != known.versions[n]}
    raws = [_raw(line, account, {"changed": [found[n]]}) for n in changed if n in found]
    gone = [name for name in changed if name not in found]
    raws += [_raw(line, account, {"gone": gone})] if gone else []
    return RawPage(tuple(raws), known.with_these(changed, at + len(part)).dumped())


def _version(thing: Fields) -> int:
    return _GONE if parse.is_gone(thing) else parse.version_of(thing)


# --- what is told --------------------------------------------------------------------------------


def _raws(
    line: Line, account: Account, stream: str, things: Sequence[Fields], source: Source
) -> tuple[Raw, ...]:
    """One delivery a thing, so that one which cannot be read holds up no other."""
    parents = _parents_of(line, things) if stream == OWN else {}
    return tuple(
        _raw(line, account, {"things": [one], "parents": _of(parents, one)}, source)
        for one in things
    )


def _of(parents: Mapping[str, str], thing: Fields) -> Mapping[str, str]:
    name = text_or_none(parse.data_of(thing), "parent_id") or ""
    return {name: parents[name]} if name in parents else {}


def _parents_of(line: Line, things: Iterable[Fields]) -> dict[str, str]:
    """Who wrote what our own comments answer: they are in that person's thread."""
    names = [text_or_none(parse.data_of(one), "parent_id") or "" for one in things]
    wanted = [name for name in dict.fromkeys(names) if name[:2] in ("t1", "t3")]
    found: dict[str, str] = {}
    for at in range(0, len(wanted), _LOOK_AT):
        for one in sending.things_named(line, wanted[at : at + _LOOK_AT]):
            found[parse.name_of(one)] = parse.author_key(parse.data_of(one))
    return found


def _raw(
    line: Line, account: Account, said: Mapping[str, Any], source: Source = Source.POLL
) -> Raw:
    name = account.settings.get(sending.NAME, "") or account.handle
    body = json.dumps({"account": account.external_id, "name": name or "unknown", **said}).encode()
    return Raw("GET", line.at, {"content-type": "application/json"}, body, clock.now(), source)


def fetch_one(line: Line, account: Account, ref: str) -> Raw | None:
    """A comment or post as a delivery; None if it is gone, or something else."""
    kind, _, number = ref.partition("_")
    if kind not in ("t1", "t3") or not number.isalnum():
        return None
    found = [one for one in sending.things_named(line, [ref]) if not parse.is_gone(one)]
    if not found:
        return None
    is_ours = parse.data_of(found[0]).get("author_fullname") == account.external_id
    return _raws(line, account, OWN if is_ours else INBOX, found[:1], Source.POLL)[0]


def timeline(line: Line, account: Account, author: str, cursor: str | None) -> RawPage:
    """A page of what somebody wrote, newest first. Raises ``TargetGone`` if there is no such."""
    name = author.strip().strip("/").removeprefix("u/").removeprefix("@")
    if not name.replace("_", "").replace("-", "").isalnum():
        raise failures.TargetGone
    return _page(line, account, f"/user/{name}/overview", {}, cursor, HISTORY)


def search(line: Line, account: Account, words: str, cursor: str | None) -> RawPage:
    """A page of posts with these words, newest first. Comments cannot be searched on Reddit."""
    params = {"q": words, "sort": "new", "type": "link"}
    return _page(line, account, "/search", params, cursor, READ)


def _page(
    line: Line,
    account: Account,
    path: str,
    params: Mapping[str, str],
    cursor: str | None,
    needs: str,
) -> RawPage:
    where = {"after": cursor} if cursor else {}
    answer = line.get(path, {"limit": str(_PAGE), **params, **where}, needs)
    things = [one for one in sending.things_in(answer.body) if not parse.is_gone(one)]
    further = text_or_none(object_in(answer.body["data"], "a listing"), "after")
    raws = (_raw(line, account, {"things": things}),) if things else ()
    return RawPage(raws, further, answer.wait_until)

"""The three lists that are polled: what people wrote to us, what we wrote, who liked it.

``messages`` are mentions, replies and quotes; ``own`` are the account's posts, read from its own
repository; ``reactions`` are likes, reposts and follows, kept apart because a post that many like
would push the customers out of sight.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hearwell.connect import failures
from hearwell.connect.fields import text_in
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connectors.bluesky import uris, wire
from hearwell.connectors.bluesky.parse import MESSAGES, REACTIONS
from hearwell.connectors.bluesky.window import (
    UNKNOWN,
    Entry,
    Page,
    Place,
    cursor_of,
    place_of,
    step,
)
from hearwell.kit import clock

STREAMS = ("messages", "own", "reactions")
_PAUSE_S = {"own": 30, "reactions": 120}
_PAGE = 100
_PLC = "did:plc:"
_LIST = "app.bsky.notification.listNotifications"
_GET_POSTS, _AT_ONCE = "app.bsky.feed.getPosts", 25
_GET_RECORD = "com.atproto.repo.getRecord"
_INSTANT = timedelta(milliseconds=1)


def poll(line: wire.Line, account: Account, stream: str, cursor: str | None) -> RawPage:
    """One page of a list; see ``window``. Raises what ``Polls.poll`` may."""
    place = place_of(cursor, _start(account, stream))
    page = _own_page(line, account, place) if stream == "own" else _notified(line, stream, place)
    took = step(place, page)
    raws = _TELLERS[stream](line, account, took.fresh)
    gone = _gone(line, stream, account, took.missing)
    if gone:
        raws.append(raw_of(account, {"gone": gone}, stream))
    return RawPage(tuple(raws), cursor_of(took.place), _next_at(took.place, stream))


def _next_at(place: Place, stream: str) -> datetime | None:
    if place.under_way is not None:
        return clock.now()
    pause_s = _PAUSE_S.get(stream)
    return clock.now() + timedelta(seconds=pause_s) if pause_s else None


def _start(account: Account, stream: str) -> str:
    """What is older than ``since`` in the settings was before our time."""
    since = account.settings.get("since", "")
    if stream != "own":
        return since
    try:
        return uris.tid_at(datetime.fromisoformat(since).astimezone(UTC))
    except (ValueError, OverflowError):
        return ""


def raw_of(account: Account, said: Mapping[str, Any], method: str) -> Raw:
    """A delivery in our envelope; see ``parse``."""
    body = json.dumps({"account": account.external_id, **said}).encode()
    url = f"{account.settings.get('pds', '')}/xrpc/{method}"
    return Raw("GET", url, {"content-type": "application/json"}, body, clock.now(), Source.POLL)


# --- the pages -----------------------------------------------------------------------------------


def _notified(line: wire.Line, stream: str, place: Place) -> Page:
    reasons = MESSAGES if stream == "messages" else tuple(REACTIONS)
    # priority: whatever its owner chose to see in the app, we want to hear everybody.
    params: dict[str, Any] = {"limit": _PAGE, "reasons": reasons, "priority": "false"}
    if place.further is not None:
        params["cursor"] = place.further
    answer = line.get(_LIST, params)
    heard = [n for n in wire.objects(answer, "notifications") if n.get("reason") in reasons]
    entries = [Entry(_key(text_in(n, "uri")), text_in(n, "indexedAt"), n) for n in heard]
    further = answer.get("cursor")
    if not isinstance(further, str) or not further:
        return Page(entries, "", None)
    end = further if _moment(further) else entries[-1].at if entries else UNKNOWN
    return Page(entries, end, _overlapping(further, place.further))


def _overlapping(further: str, before: str | None) -> str:
    """The network's cursor, moved up by an instant where it is a time.

    It goes on strictly below that time, and what shares the last entry's would be passed over.
    """
    moment = _moment(further)
    if moment is None:
        return further
    moved = (moment + _INSTANT).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return moved if before is None or moved < before else further


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _own_page(line: wire.Line, account: Account, place: Place) -> Page:
    params: dict[str, Any] = {
        "repo": account.external_id,
        "collection": uris.POST,
        "limit": _PAGE,
    }
    if place.further is not None:
        params["cursor"] = place.further
    answer = line.get("com.atproto.repo.listRecords", params)
    records = wire.objects(answer, "records")
    entries = [Entry(_rkey(record), _rkey(record), record) for record in records]
    further = answer.get("cursor")
    # A full page may be followed by another; the server names a cursor in any case.
    is_full = len(entries) >= _PAGE and isinstance(further, str)
    return Page(entries, entries[-1].at if entries else "", further if is_full else None)


def _rkey(record: wire.Answer) -> str:
    name = uris.name_of(text_in(record, "uri"))
    if name is None:
        raise failures.ContractChanged
    return name.rkey


def _key(uri: str) -> str:
    """A short name for a record: whose and which, ``did:plc:`` understood."""
    name = uris.name_of(uri)
    if name is None:
        raise failures.ContractChanged
    return f"{name.did.removeprefix(_PLC)}/{name.rkey}"


def _post_of(stream: str, account: Account, key: str) -> str:
    """The address of the post that a key of a window names."""
    if stream == "own":
        return uris.uri_of(account.external_id, uris.POST, key)
    owner, _, rkey = key.partition("/")
    return uris.uri_of(owner if owner.startswith("did:") else _PLC + owner, uris.POST, rkey)


# --- what is told --------------------------------------------------------------------------------


def _told_messages(line: wire.Line, account: Account, fresh: Sequence[Entry]) -> list[Raw]:
    """One delivery a message, so that one which cannot be read holds up no other."""
    views = {view.get("uri"): view for view in _embeds(line, [e.said for e in fresh])}
    return [
        raw_of(
            account,
            {"notifications": [entry.said]}
            | ({"views": [views[entry.said["uri"]]]} if entry.said["uri"] in views else {}),
            _LIST,
        )
        for entry in fresh
    ]


def _embeds(line: wire.Line, heard: Iterable[wire.Answer]) -> list[dict[str, Any]]:
    """What is attached to posts, with the addresses at which it can be had."""
    attached = [
        n["uri"] for n in heard if isinstance(n.get("record"), dict) and "embed" in n["record"]
    ]
    return [
        {"uri": view["uri"], "embed": view["embed"]}
        for view in posts_at(line, attached)
        if "embed" in view and "uri" in view
    ]


def _told_own(line: wire.Line, account: Account, fresh: Sequence[Entry]) -> list[Raw]:
    del line
    return [
        raw_of(account, {"records": [entry.said], "handle": account.handle}, "own")
        for entry in fresh
    ]


def _told_reactions(line: wire.Line, account: Account, fresh: Sequence[Entry]) -> list[Raw]:
    """All of a page in one delivery: they are many, small and alike."""
    del line
    return [raw_of(account, {"notifications": [e.said for e in fresh]}, _LIST)] if fresh else []


_TELLERS = {"messages": _told_messages, "own": _told_own, "reactions": _told_reactions}


# --- single posts --------------------------------------------------------------------------------


def posts_at(line: wire.Line, addresses: Sequence[str]) -> list[wire.Answer]:
    """The views of those posts that exist and that we may see."""
    found: list[wire.Answer] = []
    for start in range(0, len(addresses), _AT_ONCE):
        some = list(addresses[start : start + _AT_ONCE])
        shown = wire.objects(line.get(_GET_POSTS, {"uris": some}), "posts")
        found += [view for view in shown if isinstance(view.get("uri"), str)]
    return found


def _gone(line: wire.Line, stream: str, account: Account, missing: Sequence[str]) -> list[str]:
    """Those that are really deleted: hidden, muted and blocked ones leave the list as well."""
    if stream == "reactions" or not missing:
        return []
    addresses = [_post_of(stream, account, key) for key in missing]
    there = {view.get("uri") for view in posts_at(line, addresses)} if stream != "own" else set()
    return [uri for uri in addresses if uri not in there and not is_there(line, uri)]


def is_there(line: wire.Line, uri: str) -> bool:
    """Whether the record exists, even where its author does not let us see it.

    Only "there is no such record" is proof; any other refusal is not.
    """
    name = uris.name_of(uri)
    if name is None:
        return False
    params = {"repo": name.did, "collection": name.collection, "rkey": name.rkey}
    try:
        line.get(_GET_RECORD, params)
    except failures.TargetGone:
        return False
    except failures.Refused:
        return True
    return True

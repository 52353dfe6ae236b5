"""Replies that nobody was told of.

An app view that indexes a reply before the post it answers tells that post's author nothing, and
never will; nor of what is below that reply (seen on a loaded ``@atproto/dev-env``). So what stands
right below our own newest posts is counted, and where there is more than before the thread is read.
What was heard of already has no effect.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from hearwell.connect.model import Account, Raw, RawPage
from hearwell.connectors.bluesky import listing, uris, wire
from hearwell.kit import clock

STREAM = "replies"
_FEED, _THREAD = "app.bsky.feed.getAuthorFeed", "app.bsky.feed.getPostThread"
_WATCHED, _AT_ONCE, _PAUSE = 50, 5, timedelta(seconds=60)
# As far up as servers tell of a reply.
_DEPTH = 5


def poll(line: wire.Line, account: Account, cursor: str | None) -> RawPage:
    """Read below those of our posts that have more replies than the cursor knows of."""
    params: wire.Params = {
        "actor": account.external_id,
        "filter": "posts_with_replies",
        "limit": _WATCHED,
    }
    now = _counts(account, wire.objects(line.get(_FEED, params), "feed"))
    before = _known(cursor)
    grown = [uri for uri, (count, at) in now.items() if count > _before(before, uri, at, account)]
    raws = [raw for uri in grown[:_AT_ONCE] for raw in _below(line, account, uri)]
    left = grown[_AT_ONCE:]
    counts = {_rkey(uri): before.get(_rkey(uri), 0) for uri in left}
    counts = {_rkey(uri): count for uri, (count, _) in now.items()} | counts
    return RawPage(tuple(raws), json.dumps(counts), clock.now() + (timedelta() if left else _PAUSE))


def _before(known: Mapping[str, int], uri: str, at: str, account: Account) -> int | float:
    """How many replies were known. What is below posts from before our time is not ours to tell."""
    is_old = at <= account.settings.get("since", "")
    return known.get(_rkey(uri), float("inf") if is_old else 0)


def _counts(account: Account, feed: list[wire.Answer]) -> dict[str, tuple[int, str]]:
    """Replies and time of each of our posts; what we only repeated is somebody else's."""
    found: dict[str, tuple[int, str]] = {}
    for entry in feed:
        post = entry.get("post")
        if (
            isinstance(post, dict)
            and uris.did_of(uri := str(post.get("uri"))) == account.external_id
        ):
            count = post.get("replyCount")
            found[uri] = (count if isinstance(count, int) else 0, str(post.get("indexedAt", "")))
    return found


def _below(line: wire.Line, account: Account, uri: str) -> list[Raw]:
    """What others wrote below a post; one delivery each."""
    answer = line.get(_THREAD, {"uri": uri, "depth": _DEPTH, "parentHeight": 0})
    posts = [post for post in _posts(answer.get("thread"), _DEPTH) if _is_heard(post, account)]
    return [listing.raw_of(account, {"posts": [post]}, _THREAD) for post in posts]


def _posts(thread: object, depth: int) -> Iterator[Mapping[str, Any]]:
    """The posts below the first of a thread, those nearer before those further down."""
    replies = thread.get("replies") if isinstance(thread, dict) and depth > 0 else None
    for reply in replies if isinstance(replies, list) else ():
        post = reply.get("post") if isinstance(reply, dict) else None
        if isinstance(post, dict):
            yield post
        yield from _posts(reply, depth - 1)


def _is_heard(post: Mapping[str, Any], account: Account) -> bool:
    """Not ours. What a muted author wrote is heard, too: it is counted as needing nothing."""
    return uris.did_of(str(post.get("uri"))) != account.external_id


def _rkey(uri: str) -> str:
    return uri.rpartition("/")[2]


def _known(cursor: str | None) -> dict[str, int]:
    try:
        known = json.loads(cursor or "{}")
    except ValueError:
        return {}
    if not isinstance(known, dict):
        return {}
    return {key: count for key, count in known.items() if isinstance(count, int)}

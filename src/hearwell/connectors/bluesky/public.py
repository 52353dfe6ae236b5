"""What anybody can read: one post, what an account wrote, what has certain words in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hearwell.connect import failures
from hearwell.connect.model import RawPage
from hearwell.connectors.bluesky import listing, uris, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hearwell.connect.model import Account, Raw

_FEED, _SEARCH = "app.bsky.feed.getAuthorFeed", "app.bsky.feed.searchPosts"
_GET_POSTS = "app.bsky.feed.getPosts"
_PAGE = 100
_NOT_A_PROFILE = "400 InvalidRequest"


def fetched(line: wire.Line, account: Account, ref: str) -> Raw | None:
    """A post by its address; None if it is gone or not to be seen by us."""
    if uris.name_of(ref) is None:
        return None
    found = listing.posts_at(line, [ref])
    return listing.raw_of(account, {"posts": found}, _GET_POSTS) if found else None


def timeline(line: wire.Line, account: Account, author: str, cursor: str | None) -> RawPage:
    """One page of what ``author`` wrote, answers included."""
    params = {"actor": author.removeprefix("@"), "filter": "posts_with_replies"}
    try:
        answer = _page(line, _FEED, params, cursor)
    except failures.Refused as refusal:
        # Nothing else in the question could be wrong.
        if refusal.network_code == _NOT_A_PROFILE:
            raise failures.TargetGone(network_code=refusal.network_code) from refusal
        raise
    entries = wire.objects(answer, "feed")
    # With a reason it is there because it was repeated or pinned; pinned ones come again below.
    posts = [entry["post"] for entry in entries if "reason" not in entry and "post" in entry]
    return _told(account, posts, answer, _FEED)


def search(line: wire.Line, account: Account, words: str, cursor: str | None) -> RawPage:
    """One page of posts with these words."""
    answer = _page(line, _SEARCH, {"q": words, "sort": "latest"}, cursor)
    return _told(account, wire.objects(answer, "posts"), answer, _SEARCH)


def _page(line: wire.Line, method: str, params: dict[str, Any], cursor: str | None) -> wire.Answer:
    more = {"cursor": cursor} if cursor else {}
    return line.get(method, {**params, **more, "limit": _PAGE})


def _told(account: Account, posts: Sequence[Any], answer: wire.Answer, method: str) -> RawPage:
    further = answer.get("cursor")
    raws = (listing.raw_of(account, {"posts": posts}, method),) if posts else ()
    return RawPage(raws, further if isinstance(further, str) and further else None)

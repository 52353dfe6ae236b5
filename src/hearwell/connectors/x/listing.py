"""The reconciling polls: posts by mention, in our conversations and of our own; direct messages.

X pays itself by what it shows, so each list is asked only for what is newer than the last one. Two
lists find what no event tells: answers deeper in our conversations (recent search by
``conversation_id:``), and what was edited or deleted since (known posts, looked at again).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from hearwell.connect import failures
from hearwell.connect.fields import Fields, objects_in, text_or_none
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connect.terms import Charge
from hearwell.connectors.x.ids import is_id, moment_of, order
from hearwell.connectors.x.manifest import (
    DM_EVENT,
    DM_READ,
    LOOK_AGAIN,
    OWN_READ,
    POST_READ,
    READ,
    RECONCILE,
)
from hearwell.connectors.x.wire import Answer, Line, Params
from hearwell.kit import clock

POSTS, DMS = "posts", "dms"
WAYS, ASKED = "ways", "asking"
FIELDS: Final[Params] = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,display_text_range,"
    "edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,referenced_tweets",
    "expansions": "author_id,attachments.media_keys,referenced_tweets.id",
    "user.fields": "name,username",
    "media.fields": "alt_text,preview_image_url,type,url,variants",
}
DM_FIELDS: Final[Params] = {
    "dm_event.fields": "attachments,created_at,dm_conversation_id,entities,sender_id,text",
    "event_types": "MessageCreate",
    "expansions": "sender_id,attachments.media_keys",
    "user.fields": "name,username",
    "media.fields": "alt_text,preview_image_url,type,url,variants",
}
_GONE: Final = frozenset({"resource-not-found", "not-authorized-for-resource"})
_PAGE, _MOST_PAGES, _DM_PAGE, _MOST_DM_PAGES = 100, 8, 50, 5
# A query has 512 characters, a conversation's part of it some forty.
_TALKS, _KNOWN = 10, 100
# Recent search reaches this far back, less a little for two clocks.
_SEARCHED: Final = timedelta(days=7) - timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Told:
    """Where we are: the newest of each list, our conversations, and posts to look at again."""

    newest: Mapping[str, str] = field(default_factory=dict)
    talks: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    looked: str = ""

    @classmethod
    def loaded(cls, cursor: str | None) -> Told:
        """A cursor that cannot be read begins again: twice rather than not at all."""
        try:
            said = json.loads(cursor or "null")
            newest = {str(name): str(one) for name, one in said["newest"].items()}
            talks, known = (tuple(map(str, said[name])) for name in ("talks", "known"))
            return cls(newest, talks, known, str(said["looked"]))
        except (TypeError, ValueError, KeyError, AttributeError):
            return cls()

    def dumped(self) -> str:
        """As a cursor."""
        said = {
            "newest": dict(self.newest),
            "talks": self.talks,
            "known": self.known,
            "looked": self.looked,
        }
        return json.dumps(said, separators=(",", ":"))

    def after(self, name: str, entries: Sequence[Fields]) -> Told:
        """Where we are once these of a list were told."""
        ids = [str(one.get("id")) for one in entries if is_id(one.get("id"))]
        newest = max([self.newest.get(name, ""), *ids], key=order)
        return replace(self, newest={**self.newest, name: newest})

    def talking(self, entries: Sequence[Fields]) -> Told:
        """With the conversations that we spoke in last."""
        found = [
            str(one["conversation_id"]) for one in entries if is_id(one.get("conversation_id"))
        ]
        return replace(self, talks=tuple(dict.fromkeys([*found, *self.talks]))[:_TALKS])

    def knowing(self, entries: Sequence[Fields]) -> Told:
        """With posts of others that may be edited or deleted from now on."""
        found = sorted((str(one.get("id")) for one in entries), key=order, reverse=True)
        return replace(self, known=tuple(dict.fromkeys([*found, *self.known]))[:_KNOWN])


@dataclass(slots=True)
class _Round:
    """One poll: what it brought and what that cost."""

    line: Line
    account: Account
    raws: list[Raw] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)

    def keep(self, what: Mapping[str, Any], price: str, count: int) -> None:
        self.raws.append(raw_of(self.line, self.account, what))
        self.charges.append(Charge(price, count))

    def listed(self, path: str, price: str, since: str, more: Params) -> list[Fields]:
        """All that is newer than ``since``; without it, the newest page."""
        found: list[Fields] = []
        params: dict[str, str | int] = {**FIELDS, "max_results": _PAGE, **more}
        if since:
            params["since_id"] = since
        for _ in range(_MOST_PAGES):
            answer = self.line.get(path, params, needs=READ)
            if answer.entries:
                self.keep({"page": answer.body}, price, len(answer.entries))
            found += answer.entries
            if not answer.next_token or not since:
                break
            params["pagination_token" if path.startswith("users/") else "next_token"] = (
                answer.next_token
            )
        return found


def streams(account: Account) -> Sequence[str]:
    """Direct messages only where we may read them."""
    return (POSTS, DMS) if not account.scopes or DM_READ in account.scopes else (POSTS,)


def poll(line: Line, account: Account, stream: str, cursor: str | None) -> RawPage:
    """What is new since the cursor. Raises as ``Polls.poll``."""
    is_asked = account.settings.get(WAYS, ASKED) == ASKED
    later = None if is_asked else clock.now() + RECONCILE
    this = _Round(line, account)
    after = _messages(this, cursor) if stream == DMS else _posts(this, Told.loaded(cursor)).dumped()
    return RawPage(tuple(this.raws), after, later, tuple(this.charges))


# --- posts ---------------------------------------------------------------------------------------


def _posts(this: _Round, told: Told) -> Told:
    me = this.account.external_id
    called = this.listed(f"users/{me}/mentions", POST_READ, told.newest.get("called", ""), {})
    told = told.after("called", called).knowing(called)
    own = this.listed(f"users/{me}/tweets", OWN_READ, told.newest.get("own", ""), {})
    told = told.after("own", own).talking(own)
    if told.talks:
        found = this.listed(
            "tweets/search/recent", POST_READ, _searched_from(told), _query(this, told)
        )
        told = told.after("found", found).knowing(found)
    return _looked_again(this, told)


def _searched_from(told: Told) -> str:
    """The newest that was found, if search still reaches back to it: X refuses an older one."""
    newest = told.newest.get("found", "")
    is_near = is_id(newest) and moment_of(newest) > clock.now() - _SEARCHED
    return newest if is_near else ""


def _query(this: _Round, told: Told) -> Params:
    talks = " OR ".join(f"conversation_id:{one}" for one in told.talks)
    return {"query": f"({talks}) -from:{this.account.external_id}"}


def _looked_again(this: _Round, told: Told) -> Told:
    """See every few hours which known posts were edited or are gone. Within a day that is free."""
    now = clock.now()
    if not told.looked:
        return replace(told, looked=now.isoformat())
    if not told.known or _moment(told.looked) > now - LOOK_AGAIN:
        return told
    answer = this.line.get("tweets", {**FIELDS, "ids": ",".join(told.known)}, needs=READ)
    if answer.entries:
        this.keep({"page": answer.body}, POST_READ, len(answer.entries))
    gone = gone_in(answer)
    if gone:
        this.keep({"gone": gone, "at": now.isoformat()}, POST_READ, 0)
    left = tuple(one for one in told.known if one not in gone)
    return replace(told, known=left, looked=now.isoformat())


def gone_in(answer: Answer) -> list[str]:
    """The posts that X no longer shows: deleted, or of somebody who has shut the door."""
    found = answer.body.get("errors")
    problems = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    ids = (
        text_or_none(one, "resource_id") or text_or_none(one, "value") or ""
        for one in problems
        if str(one.get("type")).rpartition("/")[2] in _GONE
    )
    return [one for one in ids if is_id(one)]


def _moment(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return clock.now() - 2 * LOOK_AGAIN


# --- direct messages -----------------------------------------------------------------------------


def _messages(this: _Round, cursor: str | None) -> str:
    """Newest first, until one that was told. What was told before costs nothing again today."""
    newest = cursor or ""
    params = {**DM_FIELDS, "max_results": _DM_PAGE}
    for _ in range(_MOST_DM_PAGES if cursor else 1):
        answer = this.line.get("dm_events", params, needs=DM_READ)
        fresh = [one for one in answer.entries if order(str(one.get("id"))) > order(cursor or "")]
        if fresh:
            this.keep({"dms": {**answer.body, "data": fresh}}, DM_EVENT, len(fresh))
        newest = max([newest, *(str(one.get("id")) for one in fresh)], key=order)
        if not answer.next_token or len(fresh) < len(answer.entries):
            break
        params["pagination_token"] = answer.next_token
    return newest


# --- one thing, and what others say --------------------------------------------------------------


def looked_up(line: Line, ids: Collection[str]) -> Answer:
    """Posts by their ids."""
    return line.get("tweets", {**FIELDS, "ids": ",".join(ids)}, needs=READ)


def fetch_one(line: Line, account: Account, ref: str) -> Raw | None:
    """A post by its id; None if it is gone, or was never one."""
    if not is_id(ref):
        return None
    answer = looked_up(line, [ref])
    return raw_of(line, account, {"page": answer.body}) if answer.entries else None


def timeline(line: Line, account: Account, author: str, cursor: str | None) -> RawPage:
    """A page of what somebody posted. Raises as ``ReadsTimelines.timeline``."""
    user = author if is_id(author) else _named(line, author)
    params: dict[str, str | int] = {**FIELDS, "max_results": _PAGE}
    if cursor:
        params["pagination_token"] = cursor
    answer = line.get(f"users/{user}/tweets", params, needs=READ)
    if not answer.entries and "errors" in answer.body:
        raise failures.TargetGone(network_code="200")
    pages = [answer.body, *_answered_in(answer)] if answer.entries else []
    raws = tuple(raw_of(line, account, {"page": one}) for one in pages)
    charges = (Charge(POST_READ, len(answer.entries)),)
    return RawPage(raws, answer.next_token or None, charges=charges)


def _answered_in(answer: Answer) -> list[Fields]:
    """The posts that those of a page reply to, as far as they came along: a page of their own."""
    includes = answer.body.get("includes")
    told = objects_in(includes.get("tweets") or []) if isinstance(includes, dict) else []
    wanted = {
        str(ref.get("id"))
        for one in answer.entries
        for ref in objects_in(one.get("referenced_tweets") or [])
        if ref.get("type") == "replied_to"
    }
    found = [one for one in told if str(one.get("id")) in wanted and is_id(one.get("author_id"))]
    return [{"data": found, "includes": includes}] if found else []


def _named(line: Line, handle: str) -> str:
    name = handle.removeprefix("@")
    if not (name.isascii() and name.replace("_", "a").isalnum()):
        raise failures.TargetGone
    return str(line.get(f"users/by/username/{name}", needs=READ).data.get("id"))


def raw_of(line: Line, account: Account, what: Mapping[str, Any]) -> Raw:
    """A delivery of what we asked for."""
    body = json.dumps({"account": account.external_id, **what}).encode()
    headers = {"content-type": "application/json"}
    return Raw("GET", f"{line.at}/2", headers, body, clock.now(), Source.POLL)

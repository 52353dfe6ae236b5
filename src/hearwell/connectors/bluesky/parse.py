"""What Bluesky told us, read into the contract's items. Pure and total.

A delivery is an envelope of our own around what the network said, for its answers do not name
the account that asked: ``account`` (a DID) and any of

- ``notifications``: entries of ``listNotifications``, with the posts' full ``views`` beside them;
- ``posts``: post views, as search, feeds and a fetch give them;
- ``records``: posts of the account's own repository: our echo;
- ``gone``: addresses of posts that a poll found deleted;
- ``event``: one line of a Jetstream, with its ``author`` beside it.

Times are those of the server that indexed a post, not the ones its author's app has claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import (
    Fields,
    json_of,
    moment_in,
    moment_or_none,
    nonempty_in,
    object_in,
)
from hearwell.connect.model import Author, Inbound, MessageDeleted, Raw, Reacted, Unknown
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.posts import message_of

MESSAGES = ("mention", "reply", "quote")
REACTIONS: Mapping[str, str] = {
    "like": "like",
    "repost": "repost",
    "follow": "follow",
    "like-via-repost": "like",
    "repost-via-repost": "repost",
}
# What servers show for a handle that does not lead back to its owner.
_INVALID_HANDLE = "handle.invalid"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING: Fields = {}


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order. Raises ``ContractChanged``, and nothing else."""
    body = object_in(json_of(raw.body, "Bluesky"), "the delivery")
    account = nonempty_in(body, "account")
    if not account.startswith("did:"):
        message = "a delivery for an account without a DID"
        raise ContractChanged(message)
    parts = [name for name in _READERS if name in body]
    if not parts:
        message = "a delivery with nothing in it that is known"
        raise ContractChanged(message)
    return [item for name in parts for item in _READERS[name](account, body, raw)]


# --- readers, one for each part of a delivery ----------------------------------------------------


def _notifications(account: str, body: Fields, _: Raw) -> list[Inbound]:
    views = (
        {nonempty_in(view, "uri"): view for view in _list(body, "views")} if "views" in body else {}
    )
    return [_notified(account, entry, views) for entry in _list(body, "notifications")]


def _notified(account: str, entry: Fields, views: Mapping[str, Fields]) -> Inbound:
    reason, uri = nonempty_in(entry, "reason"), nonempty_in(entry, "uri")
    at = moment_in(entry, "indexedAt")
    if reason in MESSAGES:
        shown = views.get(uri, _NOTHING).get("embed")
        author = _author(uri, entry.get("author"))
        return message_of(account, uri, author, _record(entry, "record"), at, shown)
    if reason in REACTIONS:
        return _reaction(account, entry, reason, uri, at)
    return Unknown(
        external_id=uri,
        dedup_key=f"{reason}:{uri}",
        occurred_at=at,
        account=account,
        type_name=reason,
    )


def _reaction(account: str, entry: Fields, reason: str, uri: str, at: datetime) -> Inbound:
    target = account
    if reason != "follow":
        found = entry.get("reasonSubject")
        target = found if isinstance(found, str) and found else _subject(entry)
    return Reacted(
        external_id=target,
        dedup_key=f"{reason}:{uri}",
        occurred_at=at,
        account=account,
        reaction=REACTIONS[reason],
        actor=_author(uri, entry.get("author")),
        target_id=target,
    )


def _subject(entry: Fields) -> str:
    subject = _record(entry, "record").get("subject")
    return nonempty_in(object_in(subject, "a subject"), "uri")


def _posts(account: str, body: Fields, _: Raw) -> list[Inbound]:
    return [_viewed(account, view) for view in _list(body, "posts")]


def _viewed(account: str, view: Fields) -> Inbound:
    uri = nonempty_in(view, "uri")
    author = _author(uri, view.get("author"))
    at = moment_in(view, "indexedAt")
    message = message_of(account, uri, author, _record(view, "record"), at, view.get("embed"))
    # What somebody writes whom the account has muted is kept and counted, and waits for nobody.
    return replace(message, needs_reply=False) if _is_muted(view.get("author")) else message


def _is_muted(author: object) -> bool:
    viewer = author.get("viewer") if isinstance(author, dict) else None
    return isinstance(viewer, dict) and viewer.get("muted") is True


def _records(account: str, body: Fields, _: Raw) -> list[Inbound]:
    author = {"handle": body.get("handle", "")}
    return [_own(account, entry, author) for entry in _list(body, "records")]


def _own(account: str, entry: Fields, author: Fields) -> Inbound:
    uri, record = nonempty_in(entry, "uri"), _record(entry, "value")
    return message_of(account, uri, _author(uri, author), record, _written_at(uri, record))


def _gone(account: str, body: Fields, raw: Raw) -> list[Inbound]:
    found = body.get("gone")
    if not isinstance(found, list) or not all(isinstance(uri, str) and uri for uri in found):
        message = "a list of deleted posts that is none"
        raise ContractChanged(message)
    return [_deleted(account, uri, raw.received_at) for uri in found]


def _deleted(account: str, uri: str, at: datetime) -> Inbound:
    return MessageDeleted(external_id=uri, dedup_key=f"gone:{uri}", occurred_at=at, account=account)


def _event(account: str, body: Fields, _: Raw) -> list[Inbound]:
    """One line of a Jetstream: a post that concerns us, or one of those is gone."""
    event = object_in(body.get("event"), "an event")
    commit = event.get("commit")
    if event.get("kind") != "commit" or not isinstance(commit, dict):
        return [_unknown_event(account, event, str(event.get("kind", "")))]
    uri = uris.uri_of(
        nonempty_in(event, "did"), nonempty_in(commit, "collection"), nonempty_in(commit, "rkey")
    )
    at, done = _indexed_at(event), commit.get("operation")
    if commit.get("collection") != uris.POST or done not in ("create", "delete"):
        return [_unknown_event(account, event, f"{done}:{commit.get('collection')}")]
    if done == "delete":
        return [_deleted(account, uri, at)]
    record = _record(commit, "record")
    author = _author(uri, body.get("author"))
    return [message_of(account, uri, author, record, min(at, _written_at(uri, record)))]


def _unknown_event(account: str, event: Fields, kind: str) -> Inbound:
    at = _indexed_at(event)
    return Unknown(
        external_id=str(event.get("did", "")),
        dedup_key=f"event:{event.get('did', '')}:{event.get('time_us')}",
        occurred_at=at,
        account=account,
        type_name=kind,
    )


_READERS: Mapping[str, Callable[[str, Fields, Raw], list[Inbound]]] = {
    "notifications": _notifications,
    "posts": _posts,
    "records": _records,
    "gone": _gone,
    "event": _event,
}


# --- values --------------------------------------------------------------------------------------


def _author(uri: str, shown: object) -> Author:
    """Whoever owns the record wrote it; how they are called is what the server shows beside."""
    name = uris.name_of(uri)
    if name is None:
        message = "Bluesky sent an address that is none"
        raise ContractChanged(message)
    profile = cast("Fields", shown) if isinstance(shown, dict) else _NOTHING
    handle, called = profile.get("handle"), profile.get("displayName")
    return Author(
        name.did,
        handle if isinstance(handle, str) and handle != _INVALID_HANDLE else "",
        called if isinstance(called, str) else "",
    )


def _record(fields: Fields, name: str) -> Fields:
    return object_in(fields.get(name), "a record")


def _list(fields: Fields, name: str) -> list[Fields]:
    values = fields.get(name)
    if isinstance(values, list):
        return [object_in(value, f"one of {name}") for value in values]
    message = f"Bluesky sent no list of {name}"
    raise ContractChanged(message)


def _written_at(uri: str, record: Fields) -> datetime:
    """When its author's app says it was written, else the time in its key."""
    name = uris.name_of(uri)
    at = moment_or_none(record.get("createdAt")) or uris.time_of(name.rkey if name else "")
    if at is not None:
        return at
    message = "Bluesky sent a post without a time"
    raise ContractChanged(message)


def _indexed_at(event: Fields) -> datetime:
    micros = event.get("time_us")
    try:
        if isinstance(micros, int) and not isinstance(micros, bool):
            return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        pass
    message = "Bluesky sent an event without a time"
    raise ContractChanged(message)

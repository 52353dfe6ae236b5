"""Facebook's deliveries, read into the contract's items. Pure and total.

An entry is about one Page: ``changes`` tell of what is public, ``messaging`` of what is private,
``polled`` holds a list as the Graph gave it. Below a visitor's post all is one thread, the post's;
below a post of the Page's each first-level comment has a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from hearwell.connect.fields import Fields, object_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Reacted,
)
from hearwell.connectors.facebook.manifest import OBJECT
from hearwell.connectors.facebook.polled import READERS
from hearwell.connectors.meta import hook, messaging
from hearwell.connectors.meta.messaging import time_of, unknown

_POSTS = frozenset({"post", "status", "photo", "video", "share", "album", "link", "event", "note"})
_ON_OUR_WALL = "wall_post"
_ADDRESS = "https://www.facebook.com/"
_RECOMMENDS = {"positive": "Recommends you", "negative": "Does not recommend you"}


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order."""
    return [item for entry in hook.entries_of(raw, OBJECT) for item in _of_entry(entry)]


def _of_entry(entry: Fields) -> Iterator[Inbound]:
    page = hook.id_in(entry, "id")
    for change in hook.listed(entry, "changes"):
        value = object_in(change.get("value"), "a change")
        yield _changed(page, entry, str(change.get("field")), value)
    for event in (*hook.listed(entry, "messaging"), *hook.listed(entry, "standby")):
        yield from messaging.read(page, event)
    if "polled" in entry:
        yield from _polled(page, entry)


def _polled(page: str, entry: Fields) -> Iterator[Inbound]:
    stream = str(entry["polled"])
    for one in hook.listed(entry, "data"):
        if stream == "conversations":
            for message in hook.listed(object_in(one.get("messages", {}), "messages"), "data"):
                yield from messaging.read(page, messaging.event_of(page, message))
        elif stream in READERS:
            for field, value in READERS[stream](page, one):
                yield _changed(page, entry, field, value)


def _changed(page: str, entry: Fields, field: str, value: Fields) -> Inbound:
    item, verb = str(value.get("item", "")), str(value.get("verb", ""))
    reader = _reader_of(field, item, verb)
    if reader is not None:
        return reader(page, entry, value)
    return unknown(page, f"{field}.{item}.{verb}", value, time_of(entry.get("time")))


def _reader_of(field: str, item: str, verb: str) -> Callable[[str, Fields, Fields], Inbound] | None:
    if item in {"reaction", "like"} and field == "feed":
        return _reacted
    if field == "ratings" and item in {"rating", ""}:
        return {"edited": _review_edited, "edit": _review_edited, "remove": _deleted}.get(
            verb, _review
        )
    if field == "mention":
        return {"remove": _deleted, "edited": _edited}.get(verb, _mention)
    if item == "comment" or item in _POSTS:
        return {"add": _said, "edited": _edited, "edit": _edited, "remove": _deleted}.get(verb)
    return None


# --- readers -------------------------------------------------------------------------------------


def _said(page: str, entry: Fields, value: Fields) -> Inbound:
    own = _id_of(value)
    post = hook.id_in(value, "post_id")
    is_comment = own != post
    author = _author(value, own)
    return InboundMessage(
        external_id=own,
        dedup_key=f"{own}:1",
        occurred_at=_when(entry, value),
        account=page,
        thread_key=_thread_of(value),
        kind=MessageKind.COMMENT if is_comment else MessageKind.POST,
        audience=Audience.PUBLIC,
        author=author,
        text=text_or_none(value, "message") or "",
        parent_id=(_parent_of(value) or post) if is_comment else None,
        root_id=post if is_comment else None,
        media=_media(value),
        is_echo=author.external_id == page,
        permalink=_permalink(own),
    )


def _edited(page: str, entry: Fields, value: Fields) -> Inbound:
    own, at = _id_of(value), time_of(entry.get("time"))
    version = max(2, int(at.timestamp()))
    return MessageEdited(
        external_id=own,
        dedup_key=f"{own}:{version}",
        version=version,
        occurred_at=at,
        account=page,
        thread_key=_thread_of(value),
        text=text_or_none(value, "message") or "",
        edited_at=at,
    )


def _deleted(page: str, entry: Fields, value: Fields) -> Inbound:
    own = _id_of(value)
    return MessageDeleted(
        external_id=own,
        dedup_key=f"{own}:gone",
        occurred_at=time_of(entry.get("time")),
        account=page,
        thread_key=_thread_of(value),
    )


def _mention(page: str, entry: Fields, value: Fields) -> Inbound:
    """Somebody named the Page elsewhere. The words are not always told: then a poll brings them."""
    own = _id_of(value)
    said = text_or_none(value, "message")
    version = 2 if said else 1
    post = text_or_none(value, "post_id") or own
    return InboundMessage(
        external_id=own,
        dedup_key=f"{own}:{version}",
        version=version,
        occurred_at=_when(entry, value),
        account=page,
        thread_key=post,
        kind=MessageKind.MENTION,
        audience=Audience.PUBLIC,
        author=_author(value, own),
        text=said or "",
        parent_id=post if own != post else None,
        root_id=post if own != post else None,
        permalink=_permalink(own),
        addressed_to=(page,),
    )


def _review(page: str, entry: Fields, value: Fields) -> Inbound:
    own = _id_of(value)
    stars = value.get("rating")
    is_rated = isinstance(stars, int) and not isinstance(stars, bool) and 1 <= stars <= 5  # noqa: PLR2004 -- five stars
    return InboundMessage(
        external_id=own,
        dedup_key=f"{own}:1",
        occurred_at=_when(entry, value),
        account=page,
        thread_key=own,
        kind=MessageKind.REVIEW,
        audience=Audience.PUBLIC,
        author=_author(value, own),
        text=text_or_none(value, "review_text") or "",
        rating=stars if is_rated else None,
        subject=_RECOMMENDS.get(str(value.get("recommendation_type", "")).lower(), ""),
        permalink=_permalink(own),
    )


def _review_edited(page: str, entry: Fields, value: Fields) -> Inbound:
    own, at = _id_of(value), time_of(entry.get("time"))
    version = max(2, int(at.timestamp()))
    return MessageEdited(
        external_id=own,
        dedup_key=f"{own}:{version}",
        version=version,
        occurred_at=at,
        account=page,
        thread_key=own,
        text=text_or_none(value, "review_text") or "",
        edited_at=at,
    )


def _reacted(page: str, entry: Fields, value: Fields) -> Inbound:
    target, at = _id_of(value), _when(entry, value)
    actor, verb = _author(value, target), str(value.get("verb"))
    is_on = verb != "remove"
    return Reacted(
        external_id=target,
        dedup_key=f"reaction:{target}:{actor.external_id}:{verb}:{at.timestamp():.0f}",
        occurred_at=at,
        account=page,
        reaction=(text_or_none(value, "reaction_type") or "like") if is_on else "",
        actor=actor,
        target_id=target,
    )


# --- values --------------------------------------------------------------------------------------


def _id_of(value: Fields) -> str:
    """What a change is about: a comment, else a post, else a review without a post of its own."""
    for name in ("comment_id", "open_graph_story_id", "post_id"):
        if value.get(name):
            return hook.id_in(value, name)
    return f"rating:{hook.id_in(value, 'reviewer_id')}"


def _parent_of(value: Fields) -> str | None:
    return hook.id_in(value, "parent_id") if value.get("parent_id") else None


def _thread_of(value: Fields) -> str:
    own = _id_of(value)
    post = hook.id_in(value, "post_id") if value.get("post_id") else own
    told = value.get("post")
    about: Fields = told if isinstance(told, dict) else {}
    if own == post or about.get("status_type") == _ON_OUR_WALL:
        return post
    parent = _parent_of(value)
    return own if parent in {None, post} else str(parent)


def _author(value: Fields, own: str) -> Author:
    """Who it was; Facebook keeps that back where a permission is missing."""
    told = value.get("from")
    if isinstance(told, dict) and told.get("id"):
        return Author(hook.id_in(told, "id"), "", text_or_none(told, "name") or "")
    for role in ("sender", "reviewer"):
        if value.get(f"{role}_id"):
            name = text_or_none(value, f"{role}_name") or ""
            return Author(hook.id_in(value, f"{role}_id"), "", name)
    return Author(f"unknown:{own}")


def _when(entry: Fields, value: Fields) -> datetime:
    return time_of(value.get("created_time") or entry.get("time"))


def _media(value: Fields) -> tuple[Media, ...]:
    kinds: Mapping[str, str] = {"photo": "image", "video": "video"}
    found = [(kind, text_or_none(value, name)) for name, kind in kinds.items()]
    return tuple(Media(kind, url) for kind, url in found if url)


def _permalink(own: str) -> str:
    return "" if own.startswith("rating:") else f"{_ADDRESS}{own}"

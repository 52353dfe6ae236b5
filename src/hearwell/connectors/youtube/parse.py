"""What YouTube told us, read into the contract's items. Pure and total.

A delivery is an envelope of our own, for the network's answers do not say which account asked:
``account`` (a channel's id) and any of

- ``threads``: ``youtube#commentThread`` resources, with the replies that came along;
- ``comments``: ``youtube#comment`` resources;
- ``gone``: ids of comments that were there and are there no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import (
    Fields,
    json_of,
    moment_in,
    nonempty_in,
    object_in,
    objects_in,
    text_or_none,
)
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
)

WATCH: Final = "https://www.youtube.com/watch"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order. Raises ``ContractChanged``, and nothing else."""
    body = object_in(json_of(raw.body, "YouTube"), "a delivery")
    account = nonempty_in(body, "account")
    parts = [name for name in _READERS if name in body]
    if not parts:
        message = "a delivery with nothing in it that is known"
        raise ContractChanged(message)
    return [item for name in parts for item in _READERS[name](account, body[name], raw)]


def top_of(thread: Fields) -> Fields:
    """The comment that a thread began with. Raises ``ContractChanged``."""
    snippet = object_in(thread.get("snippet"), "a thread's snippet")
    return object_in(snippet.get("topLevelComment"), "a thread's comment")


def replies_in(thread: Fields) -> list[Fields]:
    """The replies that came with a thread: the newest few, not all."""
    told = thread.get("replies")
    return objects_in(told.get("comments", [])) if isinstance(told, dict) else []


def edited_at(comment: Fields) -> datetime | None:
    """When the author last changed it; None if never."""
    snippet = object_in(comment.get("snippet"), "a comment's snippet")
    published, updated = moment_in(snippet, "publishedAt"), moment_in(snippet, "updatedAt")
    return updated if updated > published else None


def version_of(comment: Fields) -> int:
    """1, or the milliseconds of its last change: grows with every edit."""
    at = edited_at(comment)
    return 1 if at is None else max(1, int((at - _EPOCH).total_seconds() * 1000))


def permalink_of(comment: Fields) -> str:
    """The page that shows the comment; empty where nothing says which video it is below."""
    snippet = comment.get("snippet")
    video = text_or_none(snippet, "videoId") if isinstance(snippet, dict) else None
    return f"{WATCH}?v={video}&lc={comment.get('id')}" if video else ""


# --- readers, one for each part of a delivery ----------------------------------------------------


def _threads(account: str, said: object, _: Raw) -> Iterable[Inbound]:
    for thread in objects_in(said):
        snippet = object_in(thread.get("snippet"), "a thread's snippet")
        video = text_or_none(snippet, "videoId")
        for comment in (top_of(thread), *replies_in(thread)):
            yield from _items(account, comment, video)


def _comments(account: str, said: object, _: Raw) -> Iterable[Inbound]:
    for comment in objects_in(said):
        yield from _items(account, comment, None)


def _gone(account: str, said: object, raw: Raw) -> Iterable[Inbound]:
    if not isinstance(said, list) or not all(isinstance(one, str) and one for one in said):
        message = "a list of deleted comments that is none"
        raise ContractChanged(message)
    for one in said:
        yield MessageDeleted(
            external_id=one,
            dedup_key=f"gone:{one}",
            occurred_at=raw.received_at,
            account=account,
            thread_key=thread_of(one),
        )


def thread_of(comment_id: str) -> str:
    """The thread of a comment: a reply's id is that of its thread, a dot, and its own."""
    return comment_id.partition(".")[0]


def _items(account: str, comment: Fields, video: str | None) -> Iterable[Inbound]:
    message = _message(account, comment, video)
    at = edited_at(comment)
    if at is not None:
        yield MessageEdited(
            external_id=message.external_id,
            dedup_key=f"edit:{message.external_id}:{message.version}",
            occurred_at=at,
            account=account,
            version=message.version,
            thread_key=message.thread_key,
            text=message.text,
            edited_at=at,
        )
    yield message


def _message(account: str, comment: Fields, video: str | None) -> InboundMessage:
    snippet = object_in(comment.get("snippet"), "a comment's snippet")
    comment_id, parent = nonempty_in(comment, "id"), text_or_none(snippet, "parentId")
    author = _author(snippet, comment_id)
    thread = parent or comment_id
    placed = {**comment, "snippet": {"videoId": video, **snippet}}
    return InboundMessage(
        external_id=comment_id,
        dedup_key=f"comment:{comment_id}",
        version=version_of(comment),
        occurred_at=moment_in(snippet, "publishedAt"),
        account=account,
        thread_key=thread,
        kind=MessageKind.COMMENT,
        audience=Audience.PUBLIC,
        author=author,
        text=text_of(snippet),
        parent_id=parent,
        root_id=thread,
        media=_media(snippet),
        is_echo=author.external_id == account,
        permalink=permalink_of(placed) or None,
    )


def text_of(snippet: Fields) -> str:
    """What was typed, where we may see it, else as it is shown (plain text is asked for)."""
    return text_or_none(snippet, "textOriginal") or text_or_none(snippet, "textDisplay") or ""


def _author(snippet: Fields, comment_id: str) -> Author:
    """Who wrote it. A closed channel has no id; it is then known by this comment alone."""
    told = snippet.get("authorChannelId")
    channel = text_or_none(told, "value") if isinstance(told, dict) else None
    name = text_or_none(snippet, "authorDisplayName") or ""
    # The name that is shown is the handle for every channel that has one.
    handle = name.removeprefix("@") if name.startswith("@") else ""
    return Author(channel or f"comment:{comment_id}", handle, name)


def _media(snippet: Fields) -> tuple[Media, ...]:
    """A picture in the comment; its address dies within hours."""
    address = text_or_none(snippet, "imageUrl")
    return (Media("image", address),) if address else ()


_Reader = Callable[[str, Any, Raw], Iterable[Inbound]]
_READERS: Mapping[str, _Reader] = {"threads": _threads, "comments": _comments, "gone": _gone}

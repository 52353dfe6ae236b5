"""One post of X, whichever way it came, as the contract's items. Pure.

An edit is a post of its own with a new id; ``edit_history_tweet_ids`` begins with the first one,
which is what the message is called here for ever. Its place there is its version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hearwell.connect.fields import Fields, moment_or_none, object_in, text_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageEdited,
    MessageKind,
    Unknown,
)
from hearwell.connectors.x.ids import id_of, is_id, moment_of, permalink
from hearwell.connectors.x.words import entities_of, plain

_CALLED_FIRST: Final = re.compile(r"\A(?:@\w{1,15}\s+)+")
_KINDS: Final = {"photo": "image", "video": "video", "animated_gif": "video"}


@dataclass(frozen=True, slots=True)
class Told:
    """What came along with posts: people, other posts and files, by their ids."""

    users: Mapping[str, Fields]
    posts: Mapping[str, Fields]
    media: Mapping[str, Fields]

    @classmethod
    def of(cls, includes: Fields) -> Told:
        """Total: what is not as promised is not there."""
        return cls(
            _by(includes.get("users"), "id"),
            _by(includes.get("tweets"), "id"),
            _by(includes.get("media"), "media_key"),
        )

    def author(self, user: str) -> Author:
        """Somebody, as far as they were told of."""
        found = self.users.get(user, {})
        handle = text_or_none(found, "username") or ""
        return Author(user, f"@{handle}" if handle else "", text_or_none(found, "name") or "")


def _by(found: object, name: str) -> dict[str, Fields]:
    """Objects by an id; events wrap some of them in ``data`` once more."""
    entries = found if isinstance(found, list) else []
    bare = [one.get("data", one) if isinstance(one, dict) else None for one in entries]
    return {str(one[name]): one for one in bare if isinstance(one, dict) and name in one}


def listed(account: str, page: Fields) -> list[Inbound]:
    """The posts of a page, or the one of an answer; what X lacks of them is in ``errors``."""
    found, includes = page.get("data"), page.get("includes")
    entries = found if isinstance(found, list) else [found] if found is not None else []
    told = Told.of(includes if isinstance(includes, dict) else {})
    return [
        item for entry in entries for item in items_of(account, object_in(entry, "a post"), told)
    ]


def items_of(account: str, post: Fields, told: Told, *, is_called: bool = False) -> list[Inbound]:
    """A post as it was made and, where it is an edited one, what it says now.

    ``is_called``: X itself says that it mentions or quotes the account.
    """
    number = id_of(post.get("id"), "a post")
    if _referred(post, "retweeted"):
        return [_repost(account, number)]
    history = history_of(post)
    made = _made(account, post, told, history[0], is_called=is_called)
    if number == history[0]:
        return [made]
    return [
        made,
        MessageEdited(
            external_id=history[0],
            dedup_key=f"post:{number}",
            occurred_at=moment_of(number),
            account=account,
            version=history.index(number) + 1,
            thread_key=made.thread_key,
            text=made.text,
            edited_at=moment_of(number),
            entities=made.entities,
        ),
    ]


def history_of(post: Fields) -> list[str]:
    """The ids that a post has had, the first one first; its own is among them."""
    number, found = str(post.get("id")), post.get("edit_history_tweet_ids")
    known = [one for one in found if is_id(one)] if isinstance(found, list) else []
    return known if number in known else [*known, number]


def _repost(account: str, number: str) -> Unknown:
    return Unknown(
        external_id=number,
        dedup_key=f"post:{number}",
        occurred_at=moment_of(number),
        account=account,
        type_name="repost",
    )


def _made(account: str, post: Fields, told: Told, first: str, *, is_called: bool) -> InboundMessage:
    author, text = id_of(post.get("author_id"), "an author"), _whole(post)
    said, entities = plain(text, entities_of(_source(post)))
    root = text_or_none(post, "conversation_id") or first
    replied = _referred(post, "replied_to")
    is_ours = author == account
    called = is_called or _calls(account, post, text) or _quotes(account, post, told)
    language = text_or_none(post, "lang")
    return InboundMessage(
        external_id=first,
        dedup_key=f"post:{first}",
        occurred_at=_when(post, first),
        account=account,
        thread_key=f"post:{root}",
        kind=_kind(is_called=called and not is_ours, is_reply=bool(replied)),
        audience=Audience.PUBLIC,
        author=told.author(author),
        text=said,
        parent_id=_first_of(replied, told) if replied else None,
        root_id=root if root != first else None,
        entities=entities,
        media=(*_media(post, told), *_quote(post, told)),
        is_echo=is_ours,
        language=language if language not in {"und", "qme", "zxx"} else None,
        permalink=permalink(first),
        addressed_to=tuple(one.target for one in entities if one.kind == "mention"),
    )


def _when(post: Fields, first: str) -> datetime:
    """When it was first said: the time of an edit is another one."""
    if str(post.get("id")) != first:
        return moment_of(first)
    return moment_or_none(post.get("created_at")) or moment_of(first)


def _kind(*, is_called: bool, is_reply: bool) -> MessageKind:
    """A mention is what may be answered at every level of access; see ``render``."""
    if is_called:
        return MessageKind.MENTION
    return MessageKind.COMMENT if is_reply else MessageKind.POST


# --- what it says --------------------------------------------------------------------------------


def _source(post: Fields) -> Fields:
    """A post that is longer than a post has all of its words in a note."""
    note = post.get("note_tweet")
    return note if isinstance(note, dict) and text_or_none(note, "text") else post


def _whole(post: Fields) -> str:
    return text_in(_source(post), "text")


def _referred(post: Fields, kind: str) -> str:
    """The id of the post that this one answers, quotes or repeats; empty if none."""
    found = post.get("referenced_tweets")
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and one.get("type") == kind and is_id(one.get("id")):
            return str(one["id"])
    return ""


def _first_of(number: str, told: Told) -> str:
    """What a post that was perhaps edited is called here."""
    known = told.posts.get(number)
    return history_of(known)[0] if known else number


def _calls(account: str, post: Fields, text: str) -> bool:
    """Whether its author wrote the account's name, beyond those that X puts before an answer."""
    begins = 0
    if _referred(post, "replied_to"):
        shown = post.get("display_text_range")
        told = shown[0] if isinstance(shown, list) and shown else None
        names = _CALLED_FIRST.match(text)
        begins = told if isinstance(told, int) else names.end() if names else 0
    return any(
        one.kind == "mention" and one.target == account and one.start >= begins
        for one in entities_of(_source(post))
    )


def _quotes(account: str, post: Fields, told: Told) -> bool:
    quoted = told.posts.get(_referred(post, "quoted"), {})
    return quoted.get("author_id") == account


def _quote(post: Fields, told: Told) -> Iterator[Media]:
    """A post that is quoted, with who said what in place of a description."""
    number = _referred(post, "quoted")
    if not number:
        return
    quoted = told.posts.get(number, {})
    who, words = told.author(str(quoted.get("author_id"))).handle, text_or_none(quoted, "text")
    yield Media("quote", permalink(number), ref=number, alt=f"{who}: {words}" if words else "")


def _media(post: Fields, told: Told) -> Iterator[Media]:
    attached = post.get("attachments")
    keys = attached.get("media_keys") if isinstance(attached, dict) else None
    for key in keys if isinstance(keys, list) else []:
        found = told.media.get(str(key))
        shown = shown_file(found) if found else None
        if shown is not None:
            yield shown


def shown_file(file: Mapping[str, Any]) -> Media | None:
    """A picture, or the best film that there is; None if it has no address."""
    kind = _KINDS.get(str(file.get("type")), "file")
    url = _film(file) or text_or_none(file, "url") or text_or_none(file, "preview_image_url") or ""
    if not url.startswith("https://"):
        return None
    if kind == "video" and not _film(file):
        kind = "image"  # all that we were told is how it begins
    return Media(kind, url, alt=text_or_none(file, "alt_text") or "")


def _film(file: Mapping[str, Any]) -> str:
    found = file.get("variants")
    films = [
        (rate if isinstance(rate := one.get("bit_rate"), int) else 0, str(one["url"]))
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict) and one.get("content_type") == "video/mp4" and one.get("url")
    ]
    return max(films, default=(0, ""))[1]

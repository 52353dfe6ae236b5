"""A status as one of the contract's messages, the same whichever way it came.

What a server sends is HTML; what comes out is text with its mentions, links and tags in code
points. A status that was edited is told as both: the message as it now is, and its edit. Whoever
has the message learns of the edit, whoever has not gets the message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, moment_in, nonempty_in, text_or_none
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
from hearwell.connectors.mastodon.names import address_of, home_of
from hearwell.connectors.mastodon.words import Mention, mentions_of, text_of
from hearwell.kit.markup import plain_text

# Anything else, and what we do not know, is private.
OPEN = frozenset({"public", "unlisted"})
_MEDIA = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply stands: its root with the root's author, and the first answer by others.

    ``branch`` is the first status below the root that the account did not write itself: under
    the brand's own posts each customer has a matter of their own.
    """

    root: str
    author: str
    branch: str


def items_of(account: str, status: Fields, place: Place | None = None) -> list[Inbound]:
    """What a status tells ``account`` (a full address). Raises ``ContractChanged``.

    ``place`` is where it stands, if it answers something and that is known.
    """
    if isinstance(status.get("reblog"), dict):
        return [_boost(account, status)]
    home = home_of(account)
    author = author_of(status.get("account"), home)
    mentions = mentions_of(status, home)
    is_open = is_open_to_all(status)
    text, entities = text_of(status, mentions, is_own_reply=_is_own_reply(account, author, status))
    at, edited_at = moment_in(status, "created_at"), _edited_at(status)
    status_id, parent = nonempty_in(status, "id"), text_or_none(status, "in_reply_to_id")
    version = version_of(edited_at)
    thread = _thread_key(account, author.external_id, mentions, status_id, parent, place, is_open)
    message = InboundMessage(
        external_id=status_id,
        dedup_key=f"status:{status_id}:{version}",
        occurred_at=at,
        account=account,
        version=version,
        thread_key=thread,
        kind=_kind(account, mentions, parent, is_open=is_open),
        audience=Audience.PUBLIC if is_open else Audience.PRIVATE,
        author=author,
        text=text,
        parent_id=parent,
        root_id=place.root if place else parent or status_id,
        entities=entities,
        media=tuple(_media(status)),
        is_echo=author.external_id == account,
        language=text_or_none(status, "language"),
        permalink=text_or_none(status, "url") or text_or_none(status, "uri"),
        addressed_to=tuple(one.address for one in mentions),
    )
    if edited_at is None:
        return [message]
    return [_edit(message, edited_at), message]


def _edit(message: InboundMessage, edited_at: datetime) -> MessageEdited:
    return MessageEdited(
        external_id=message.external_id,
        dedup_key=f"edit:{message.external_id}:{message.version}",
        occurred_at=edited_at,
        account=message.account,
        version=message.version,
        thread_key=message.thread_key,
        text=message.text,
        edited_at=edited_at,
        entities=message.entities,
    )


def _boost(account: str, status: Fields) -> Unknown:
    """Somebody showed another's status around: no words of their own."""
    status_id = nonempty_in(status, "id")
    return Unknown(
        external_id=status_id,
        dedup_key=f"boost:{status_id}",
        occurred_at=moment_in(status, "created_at"),
        account=account,
        type_name="reblog",
    )


def is_open_to_all(status: Fields) -> bool:
    """Whether everybody may read it."""
    return text_or_none(status, "visibility") in OPEN


def version_of(edited_at: datetime | None) -> int:
    """Grows with every edit: milliseconds since 1970, or 1 if there was none."""
    return max(2, (edited_at - _EPOCH) // _MILLISECOND) if edited_at else 1


def _edited_at(status: Fields) -> datetime | None:
    return moment_in(status, "edited_at") if status.get("edited_at") else None


# --- who, and where ------------------------------------------------------------------------------


def author_of(account: object, home: str) -> Author:
    """A person of an account object. Raises ``ContractChanged``."""
    if not isinstance(account, dict):
        message = "Mastodon sent something that nobody wrote"
        raise ContractChanged(message)
    acct = nonempty_in(account, "acct")
    if not acct.strip("@ "):
        message = "Mastodon sent an account without a name"
        raise ContractChanged(message)
    address = address_of(acct, home)
    name, followers = text_or_none(account, "display_name") or "", account.get("followers_count")
    # Who hides them has -1; true and false are numbers to Python.
    is_told = type(followers) is int and followers >= 0
    return Author(address, address, name, followers if is_told else None)


def _is_own_reply(account: str, author: Author, status: Fields) -> bool:
    """Whether we wrote it to somebody: then the mentions in front are the way, not the words."""
    is_answer = bool(status.get("in_reply_to_id")) or not is_open_to_all(status)
    return author.external_id == account and is_answer


def _kind(
    account: str, mentions: Sequence[Mention], parent: str | None, *, is_open: bool
) -> MessageKind:
    if not is_open:
        return MessageKind.DM
    if any(one.address == account for one in mentions):
        return MessageKind.MENTION
    return MessageKind.COMMENT if parent else MessageKind.POST


def _thread_key(
    account: str,
    author: str,
    mentions: Sequence[Mention],
    status_id: str,
    parent: str | None,
    place: Place | None,
    is_open: bool,  # noqa: FBT001
) -> str:
    """In private those who take part, less us; else the root, or one matter below our own."""
    if not is_open:
        others = {author, *(one.address for one in mentions)} - {account}
        if others:
            return "dm:" + ",".join(sorted(others))
    if place is None:
        return parent or status_id
    return place.branch if place.author == account else place.root


# --- what is attached ----------------------------------------------------------------------------


def _media(status: Fields) -> Iterator[Media]:
    found = status.get("media_attachments")
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            url = _web(one.get("url")) or _web(one.get("remote_url"))
            if url:
                kind = _MEDIA.get(str(one.get("type")), "file")
                yield Media(kind, url, alt=text_or_none(one, "description") or "")
    quote = status.get("quote")
    quoted = quote.get("quoted_status", quote) if isinstance(quote, dict) else None
    if isinstance(quoted, dict):
        yield from _quoted(quoted)


def _quoted(quoted: Fields) -> Iterator[Media]:
    """A status that is quoted, with who said what in place of a description."""
    url, content = _web(quoted.get("url")), quoted.get("content")
    author = quoted.get("account")
    acct = text_or_none(author, "acct") if isinstance(author, dict) else None
    if url:
        said = plain_text(content).text if isinstance(content, str) else ""
        yield Media("quote", url, ref=str(quoted.get("id") or ""), alt=f"@{acct}: {said}")


def _web(value: object) -> str:
    """An address on the web; empty if it is none."""
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else ""

"""A post record as one of the contract's messages, the same whichever way it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import Audience, Author, InboundMessage, Media, MessageKind
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.richtext import entities_of

Fields = Mapping[str, Any]
_EMBED = "app.bsky.embed."
# Where the app keeps pictures; used where no server told us the address.
_PICTURES = "https://cdn.bsky.app/img/feed_fullsize/plain"
_NOTHING: Fields = {}


def message_of(
    account: str,
    uri: str,
    author: Author,
    record: Fields,
    at: datetime,
    shown: object = None,
) -> InboundMessage:
    """The message that a post record is for ``account``.

    ``shown`` is the embed as a server shows it (with addresses), None where only the record is
    known. Raises ``ContractChanged`` if the record has no text.
    """
    text = record.get("text")
    if not isinstance(text, str):
        message = "Bluesky sent a post without a text"
        raise ContractChanged(message)
    root, parent = _thread(record, uri)
    entities = entities_of(text, record.get("facets"))
    is_echo = author.external_id == account
    addressed = tuple(entity.target for entity in entities if entity.kind == "mention")
    embed = record.get("embed")
    return InboundMessage(
        external_id=uri,
        dedup_key=f"post:{uri}",
        occurred_at=at,
        account=account,
        thread_key=uris.thread_key(account, author.external_id, root, parent or ""),
        kind=_kind(is_called=account in addressed or _quoted(embed) == account, parent=parent),
        audience=Audience.PUBLIC,
        author=author,
        text=text,
        parent_id=parent,
        root_id=root,
        entities=entities,
        media=media_of(author.external_id, embed, shown) if embed or shown else (),
        is_echo=is_echo,
        language=_language(record.get("langs")),
        permalink=uris.permalink(uri),
        addressed_to=addressed,
    )


def _kind(*, is_called: bool, parent: str | None) -> MessageKind:
    if is_called:
        return MessageKind.MENTION
    return MessageKind.COMMENT if parent else MessageKind.POST


def _thread(record: Fields, uri: str) -> tuple[str, str | None]:
    """Root and parent; a post that answers nothing is its own root."""
    reply = record.get("reply")
    if not isinstance(reply, dict):
        return uri, None
    parent = _address(reply.get("parent"))
    return (_address(reply.get("root")) or parent or uri), parent or None


def _address(ref: object) -> str:
    """The address in a strong reference, if it is one of a record that somebody owns."""
    found = ref.get("uri") if isinstance(ref, dict) else None
    return found if isinstance(found, str) and uris.did_of(found) else ""


def _language(langs: object) -> str | None:
    first = langs[0] if isinstance(langs, list) and langs else None
    return first if isinstance(first, str) and first else None


# --- what is attached ----------------------------------------------------------------------------


def media_of(author: str, embed: object, shown: object) -> tuple[Media, ...]:
    """What is attached, as a server shows it, else by the record alone."""
    if isinstance(shown, dict):
        return tuple(_shown(shown))
    return tuple(_recorded(author, embed)) if isinstance(embed, dict) else ()


def _type(embed: Fields) -> str:
    found = embed.get("$type")
    return found.removeprefix(_EMBED) if isinstance(found, str) else ""


def _shown(view: Fields) -> Iterator[Media]:
    match _type(view):
        case "images#view":
            for image in _objects(view, "images"):
                yield from _media("image", image.get("fullsize"), image.get("alt"))
        case "video#view":
            yield from _media("video", view.get("playlist"), view.get("alt"))
        case "external#view":
            external = _object(view, "external")
            yield from _media("link", external.get("uri"), external.get("title"))
        case "record#view":
            yield from _quote(_object(view, "record"))
        case "recordWithMedia#view":
            yield from _shown(_object(view, "media"))
            yield from _quote(_object(_object(view, "record"), "record"))


def _quote(quoted: Fields) -> Iterator[Media]:
    """A post that is quoted, with who said what in place of a description."""
    uri = quoted.get("uri")
    if not isinstance(uri, str):
        return
    handle, words = _object(quoted, "author").get("handle"), _object(quoted, "value").get("text")
    said = f"@{handle}: {words}" if isinstance(handle, str) and isinstance(words, str) else ""
    link = uris.permalink(uri)
    if link:
        yield Media("quote", link, ref=uri, alt=said)


def _recorded(author: str, embed: Fields) -> Iterator[Media]:
    match _type(embed):
        case "images":
            for image in _objects(embed, "images"):
                yield from _media("image", _picture(author, image), image.get("alt"))
        case "external":
            external = _object(embed, "external")
            yield from _media("link", external.get("uri"), external.get("title"))
        case "record":
            yield from _quote(_object(embed, "record"))
        case "recordWithMedia":
            yield from _recorded(author, _object(embed, "media"))
            yield from _quote(_object(_object(embed, "record"), "record"))


def _picture(author: str, image: Fields) -> str | None:
    cid = _object(_object(image, "image"), "ref").get("$link")
    return f"{_PICTURES}/{author}/{cid}" if isinstance(cid, str) and cid.isalnum() else None


def _quoted(embed: object) -> str:
    """Whose post is quoted; empty if none is."""
    if not isinstance(embed, dict):
        return ""
    inner = _object(embed, "record")
    return uris.did_of(_address(inner) or _address(inner.get("record")))


def _media(kind: str, url: object, alt: object) -> Iterator[Media]:
    if isinstance(url, str) and url.startswith(("https://", "http://")):
        yield Media(kind, url, alt=alt if isinstance(alt, str) else "")


def _object(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else _NOTHING


def _objects(fields: Fields, name: str) -> list[Fields]:
    values = fields.get(name)
    return [v for v in values if isinstance(v, dict)] if isinstance(values, list) else []

"""JSON Feed 1.1, and the JSON in which an app store tells of its reviews."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import Media
from hearwell.connectors.feeds.document import Entry, Feed, NotAFeed, Person, Words
from hearwell.connectors.feeds.manifest import MOST_ENTRIES, MOST_PARTS, TOO_MANY_PARTS
from hearwell.connectors.feeds.moments import moment
from hearwell.connectors.feeds.values import absolute, identity, media_of, rating_of, size_of

Fields = Mapping[str, Any]
_NOTHING: Fields = {}


def read(text: str, base: str) -> Feed:
    """Read a document; ``base`` is where it was found. Raises ``ContractChanged``."""
    if text.count("[") + text.count("{") > MOST_PARTS:
        raise ContractChanged(TOO_MANY_PARTS)
    try:
        tree = json.loads(text)
    # RecursionError: a few thousand nested brackets are valid JSON.
    except (ValueError, RecursionError) as error:
        message = "This feed is broken: its JSON cannot be read."
        raise ContractChanged(message) from error
    if not isinstance(tree, dict):
        raise NotAFeed
    if isinstance(tree.get("items"), list):
        return _json_feed(tree, base)
    if isinstance(tree.get("feed"), dict):
        return _store(tree, base)
    raise NotAFeed


def _json_feed(tree: Fields, base: str) -> Feed:
    author = _author(tree)
    items = tree["items"][:MOST_ENTRIES]
    return Feed(
        title=" ".join(_text(tree, "title").split())[:300],
        site=absolute(base, _text(tree, "home_page_url")),
        language=_text(tree, "language"),
        entries=tuple(
            _item(one, place, base, author)
            for place, one in enumerate(items)
            if isinstance(one, dict)
        ),
        body=b"",
        content_type="application/feed+json",
        tree=tree,
    )


def _item(item: Fields, place: int, base: str, fallback: Person) -> Entry:
    link = absolute(base, _text(item, "url")) or absolute(base, _text(item, "external_url"))
    title = Words(_text(item, "title"), is_markup=False)
    markup, plain = _text(item, "content_html"), _text(item, "content_text")
    body = Words(markup) if markup else Words(plain or _text(item, "summary"), is_markup=False)
    author = _author(item)
    published, updated = (moment(_text(item, name)) for name in ("date_published", "date_modified"))
    return Entry(
        id=identity(_text(item, "id"), link, title, body, _text(item, "date_published")),
        link=link,
        title=title,
        body=body,
        author=author if author != Person() else fallback,
        published_at=published or updated,
        updated_at=updated,
        language=_text(item, "language"),
        media=tuple(_attached(item, base)),
        place=(place, place),
    )


def _author(fields: Fields) -> Person:
    """Of 1.1 the first of several, of 1.0 the only one."""
    several = fields.get("authors")
    first = several[0] if isinstance(several, list) and several else fields.get("author")
    return (
        Person(_text(first, "name"), _text(first, "url")) if isinstance(first, dict) else Person()
    )


def _attached(item: Fields, base: str) -> Iterator[Media]:
    attached = item.get("attachments")
    for one in attached if isinstance(attached, list) else ():
        if isinstance(one, dict):
            size = size_of(one.get("size_in_bytes"))
            yield from media_of(absolute(base, _text(one, "url")), _text(one, "mime_type"), size)


def _text(fields: Fields, name: str) -> str:
    """A text; a number is taken for the id it is."""
    value = fields.get(name)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63:
        return str(value)
    return ""


# --- reviews: every value is an object with a label ----------------------------------------------


def _store(tree: Fields, base: str) -> Feed:
    feed = tree["feed"]
    entries = feed.get("entry", [])
    listed: Sequence[Any] = entries if isinstance(entries, list) else [entries]
    return Feed(
        title=_label(feed, "title"),
        site=_store_link(feed, base),
        language="",
        entries=tuple(
            _review(one, place, base)
            for place, one in enumerate(listed[:MOST_ENTRIES])
            # The first may be the app itself, which nobody rated here.
            if isinstance(one, dict) and "im:rating" in one
        ),
        body=b"",
        content_type="application/json",
        tree=tree,
    )


def _review(entry: Fields, place: int, base: str) -> Entry:
    link = _store_link(entry, base)
    title = Words(_label(entry, "title"), is_markup=False)
    body = Words(_label(entry, "content"), is_markup=False)
    author = entry.get("author")
    person = author if isinstance(author, dict) else _NOTHING
    at = moment(_label(entry, "updated"))
    return Entry(
        id=identity(_label(entry, "id"), "", title, body, _label(entry, "updated")),
        link=link,
        title=title,
        body=body,
        author=Person(_label(person, "name"), _label(person, "uri")),
        published_at=at,
        updated_at=at,
        rating=rating_of(_label(entry, "im:rating")),
        place=(place, place),
    )


def _label(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return _text(value, "label") if isinstance(value, dict) else ""


def _store_link(fields: Fields, base: str) -> str:
    links = fields.get("link")
    for one in links if isinstance(links, list) else [links]:
        given = one.get("attributes") if isinstance(one, dict) else None
        if isinstance(given, dict) and _text(given, "rel") in {"alternate", "related"}:
            return absolute(base, _text(given, "href"))
    return ""

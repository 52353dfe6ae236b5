"""RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, and app stores' Atom, as a neutral feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from hearwell.connect.model import Media
from hearwell.connectors.feeds.document import Entry, Feed, Person, Words
from hearwell.connectors.feeds.moments import moment
from hearwell.connectors.feeds.values import (
    absolute,
    identity,
    media_of,
    rating_of,
    size_of,
    sole_line,
)
from hearwell.connectors.feeds.xml_events import Piece, RawEntry, RawFeed, taken_apart

_NOBODY = Piece({}, "")
# RSS: lena@example.com (Lena Hoff), or the other way round.
_MAIL_FIRST = re.compile(r"\s*([^\s()@<>]+@[^\s()<>]+)\s*(?:\(([^()]*)\))?\s*")
_MAIL_LAST = re.compile(r"\s*([^<>@]*?)\s*[<(]([^\s()@<>]+@[^\s()<>]+)[>)]\s*")
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000}
_MINUTE_S = 60
_BODIES = (
    "content:encoded", "content", "description", "summary",
    "media:description", "media:group/media:description",
)  # fmt: skip
_PUBLISHED = ("published", "pubDate", "issued", "dc:date", "dcterms:issued", "dcterms:created")
_UPDATED = ("updated", "modified", "atom:updated", "dcterms:modified")


def read(text: str, base: str) -> Feed:
    """Read a document; ``base`` is where it was found. Raises ``ContractChanged``."""
    found = taken_apart(text)
    base = absolute(base, found.base) or base
    is_atom = found.root == "feed"
    return Feed(
        title=sole_line(_words(_first(found.head, ("title",)), is_atom=is_atom)),
        site=_link(found.head.get("link", []), base),
        language=found.language or _text(found.head, "language", "dc:language"),
        entries=tuple(_entry(one, base, is_atom=is_atom) for one in found.entries),
        body=found.body,
        content_type="application/atom+xml" if is_atom else "application/rss+xml",
        pause_s=_pause(found),
        is_broken=found.is_broken,
    )


def _entry(raw: RawEntry, base: str, *, is_atom: bool) -> Entry:
    base = absolute(base, raw.given.get("xml:base", "")) or base
    fields = raw.fields
    title = _words(
        _first(fields, ("title", "media:title", "media:group/media:title")), is_atom=is_atom
    )
    body = _words(_first(fields, _BODIES), is_atom=is_atom)
    published, updated = (_moment(fields, names) for names in (_PUBLISHED, _UPDATED))
    link = _link(fields.get("link", []), base) or _link(fields.get("atom:link", []), base)
    guid = _first(fields, ("id", "guid"))
    is_address = guid.given.get("isPermaLink", "true").lower() != "false" and not is_atom
    if not link and is_address and guid.text.strip().startswith(("http://", "https://")):
        link = guid.text.strip()
    named = guid.text.strip() or raw.given.get("about", "") or raw.given.get("rdf:about", "")
    return Entry(
        id=identity(named, link, title, body, _text(fields, *_PUBLISHED)),
        link=link,
        title=title,
        body=body,
        author=_author(fields),
        published_at=published or updated,
        updated_at=updated,
        parent=_first(fields, ("thr:in-reply-to",)).given.get("ref", "").strip(),
        rating=rating_of(_text(fields, "im:rating")),
        language=raw.given.get("xml:lang", "") or _text(fields, "dc:language"),
        media=tuple(_media(fields, base)),
        place=raw.place,
    )


Fields = Mapping[str, Sequence[Piece]]


def _first(fields: Fields, names: Iterable[str]) -> Piece:
    """The first of these that says something; of one name the first that does."""
    found = (piece for name in names for piece in fields.get(name, ()))
    return next((piece for piece in found if piece.text.strip() or "ref" in piece.given), _NOBODY)


def _text(fields: Fields, *names: str) -> str:
    return _first(fields, names).text.strip()


def _moment(fields: Fields, names: Iterable[str]) -> datetime | None:
    return next((at for name in names if (at := moment(_text(fields, name)))), None)


def _words(piece: Piece, *, is_atom: bool) -> Words:
    """In Atom the type says what it is; in RSS everybody writes HTML wherever they want."""
    kind = piece.given.get("type", "text" if is_atom else "html")
    return Words(piece.text, is_markup=kind not in {"text", "text/plain"})


def _link(pieces: Iterable[Piece], base: str) -> str:
    """Where people read it: RSS writes it inside, Atom as an attribute among others."""
    best, rank = "", 0
    for piece in pieces:
        relation = piece.given.get("rel", "alternate")
        address = absolute(base, piece.given.get("href") or piece.text)
        is_page = piece.given.get("type", "text/html").startswith("text/html")
        # App stores call a review's page related to it.
        worth = {"alternate": 2 + is_page, "related": 1}.get(relation, 0)
        if address and worth > rank:
            best, rank = address, worth
    return best


def _author(fields: Fields) -> Person:
    name, uri = _text(fields, "author/name"), _text(fields, "author/uri", "author/url")
    email = _text(fields, "author/email")
    if name or uri or email:
        return Person(name, uri, email)
    said = _text(fields, "dc:creator", "author", "media:credit")
    if match := _MAIL_FIRST.fullmatch(said):
        return Person((match[2] or "").strip(), "", match[1])
    if match := _MAIL_LAST.fullmatch(said):
        return Person(match[1], "", match[2])
    return Person(sole_line(Words(said)))


def _media(fields: Fields, base: str) -> Iterable[Media]:
    for name in ("enclosure", "media:content", "media:group/media:content"):
        for piece in fields.get(name, ()):
            given = piece.given
            size = size_of(given.get("length") or given.get("fileSize"))
            yield from media_of(absolute(base, given.get("url", "")), given.get("type", ""), size)
    for piece in (*fields.get("link", ()), *fields.get("atom:link", ())):
        if piece.given.get("rel") == "enclosure":
            address = absolute(base, piece.given.get("href", ""))
            yield from media_of(
                address, piece.given.get("type", ""), size_of(piece.given.get("length"))
            )


def _pause(found: RawFeed) -> float:
    """How long the feed wants to be left alone, in seconds; 0 if it does not say."""
    minutes = size_of(_text(found.head, "ttl")) or 0
    period = _PERIODS.get(_text(found.head, "sy:updatePeriod").lower(), 0)
    often = max(1, size_of(_text(found.head, "sy:updateFrequency")) or 1)
    return max(minutes * _MINUTE_S, period / often)

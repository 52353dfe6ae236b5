"""From what a person pastes to a feed: its own address, a page that names it, an app's page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, Field, FieldKind, FieldRefused, Step
from hearwell.connectors.feeds.charsets import text_of
from hearwell.connectors.feeds.document import Feed, NotAFeed
from hearwell.connectors.feeds.fetching import Answer, Door, fetch
from hearwell.connectors.feeds.manners import Manners
from hearwell.connectors.feeds.reading import read
from hearwell.connectors.feeds.values import absolute
from hearwell.kit.text import clean

ADDRESS = "address"
STEPS = (
    Step(
        "Find the page with the posts or reviews you want to hear of: a blog, a newsroom, a forum,"
        " or your app's page in the App Store."
    ),
)
FIELDS = (
    Field(
        name=ADDRESS,
        label="Address",
        kind=FieldKind.ADDRESS,
        hint="Of the feed, or of a page that has one: we find it. It must be open to everybody.",
        example="https://blog.example.com",
    ),
)
_NO_ADDRESS = "This is not a web address. It begins with https://"
_NO_FEED = (
    "There is a page at this address, but it names no feed. Look there for a link called RSS, Atom"
    " or Feed, and paste that."
)
_LINK = re.compile(r"<link\b([^<>]{1,2000})>", re.IGNORECASE)
_BASE = re.compile(r"<base\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_TYPES = (
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/rdf+xml",
)
_STORE = re.compile(r"/([a-z]{2})/app/(?:([^/]+)/)?id(\d{1,15})")
_REVIEWS = "https://itunes.apple.com"
_MOST_TRIED = 3
_LONGEST_HANDLE = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A feed and where it is for good."""

    url: str
    feed: Feed


def joined(door: Door, manners: Manners, given: Mapping[str, str]) -> Connected:
    """The account that an address leads to. Raises as ``Connects.connect``."""
    address = given[ADDRESS]
    if "://" not in address:
        address = f"https://{address}"
    app = _app(address)
    url = door.safe(app.feed if app else address)
    if not url:
        raise FieldRefused(ADDRESS, _NO_ADDRESS)
    try:
        found = _found(door, manners, url)
    except (failures.Refused, failures.AccountDisabled, failures.ContractChanged) as error:
        raise FieldRefused(ADDRESS, error.message, network_code=error.network_code) from error
    title = " ".join(clean(found.feed.title)[0].split())
    return Connected(
        external_id=found.url,
        handle=(app.name if app else title or urlsplit(found.url).netloc)[:_LONGEST_HANDLE],
        settings={ADDRESS: found.url, "site": clean(found.feed.site)[0]},
    )


@dataclass(frozen=True, slots=True)
class _App:
    """An app in the App Store of one country: what to call it, and where its reviews are.

    The feed itself does not say whose reviews it holds.
    """

    name: str
    feed: str


def _app(address: str) -> _App | None:
    """The app whose page in the App Store this is."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    match = _STORE.match(parts.path)
    if parts.hostname != "apps.apple.com" or match is None:
        return None
    country, slug, number = match.groups()
    name = (slug or number).replace("-", " ").capitalize()
    feed = f"{_REVIEWS}/{country}/rss/customerreviews/id={number}/sortBy=mostRecent/json"
    return _App(f"{name}, App Store {country.upper()}", feed)


def _found(door: Door, manners: Manners, url: str) -> Found:
    answer = fetch(door, url, {}, permits=manners.permit)
    try:
        return _read(answer, url)
    except NotAFeed:
        named = list(named_in(text_of(answer.body, answer.content_type), answer.url))
    trouble: failures.Failure = NotAFeed(_NO_FEED)
    for candidate in filter(None, map(door.safe, named[:_MOST_TRIED])):
        try:
            return _read(fetch(door, candidate, {}, permits=manners.permit), candidate)
        except (failures.Refused, failures.ContractChanged) as error:
            trouble = error
    raise trouble


def _read(answer: Answer, asked: str) -> Found:
    feed = read(answer.body, answer.content_type, answer.url)
    return Found(answer.moved_to or asked, feed)


def named_in(page: str, url: str) -> Iterator[str]:
    """Addresses of the feeds that a page names, in its order; those of comments last."""
    base = next((one for tag in _BASE.finditer(page) if (one := _given(tag[1]).get("href"))), "")
    base = absolute(url, base) or url
    late = list[str]()
    for tag in _LINK.finditer(page):
        given = _given(tag[1])
        relations = given.get("rel", "").lower().split()
        is_feed = "alternate" in relations and given.get("type", "").lower() in _TYPES
        address = absolute(base, given.get("href", ""))
        if not is_feed or not address:
            continue
        if "comments" in f"{address} {given.get('title', '')}".lower():
            late.append(address)
        else:
            yield address
    yield from late


def _given(attributes: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(attributes):
        found.setdefault(name.lower(), html.unescape("".join(values)).strip())
    return found

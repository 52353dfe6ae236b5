"""Asking Meta for what its webhooks may have lost: the newest of each list, page by page.

A round begins at the head of a list and goes on to older pages for as long as they hold something
that is not older than the round before (less some minutes, for what came late), four pages at most.
The cursor remembers where the round stands. Lists hold objects as the Graph gave them, less those
that are older; ``parse`` reads them under ``polled``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hearwell.connect.fields import Fields, moment_or_none
from hearwell.connect.model import Raw, RawPage, Source
from hearwell.connectors.meta.wire import Graph
from hearwell.kit import clock

_MOST_PAGES, _PAGE = 4, 25
_LATE = timedelta(minutes=10)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Way:
    """A list: its path, its fields, the list inside each entry and in those, its times."""

    path: str
    fields: str
    inner: str = ""
    moment: str = "created_time"
    deepest: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """Whose list it is: the kind that deliveries name, the account, our name there if it counts."""

    kind: str
    account: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a round stands: what is older than ``since`` was told before."""

    since: datetime = _EPOCH
    newest: datetime = _EPOCH
    after: str = ""
    pages: int = 0

    @classmethod
    def of(cls, cursor: str | None) -> Place:
        """Where a cursor stands; one that cannot be read begins anew."""
        try:
            since, newest, after, pages = json.loads(cursor or "")
            times = datetime.fromisoformat(since), datetime.fromisoformat(newest)
            return cls(*times, str(after), int(pages))
        except (ValueError, TypeError):
            return cls()

    def __str__(self) -> str:
        times = [self.since.isoformat(), self.newest.isoformat()]
        return json.dumps([*times, self.after, self.pages])


def page_of(line: Graph, own: Own, stream: str, way: Way, cursor: str | None) -> RawPage:
    """One page of a list, as an envelope. Raises failures."""
    place = Place.of(cursor)
    asked: dict[str, str | int] = {"fields": way.fields, "limit": _PAGE}
    path, _, query = way.path.partition("?")
    asked |= dict(pair.split("=", 1) for pair in query.split("&") if pair)
    if place.after:
        asked["after"] = place.after
    answer = line.get(path, asked)
    kept, newest = _kept(answer.entries, way, place.since)
    newest = max(place.newest, newest)
    raws = (raw_of(own, stream, kept),) if kept else ()
    if kept and answer.after and place.pages + 1 < _MOST_PAGES:
        goes_on = Place(place.since, newest, answer.after, place.pages + 1)
        return RawPage(raws, str(goes_on), clock.now())
    return RawPage(raws, str(Place(max(place.since, newest - _LATE), newest)))


def raw_of(own: Own, stream: str, data: list[dict[str, Any]]) -> Raw:
    """Objects of the Graph in the envelope that ``parse`` understands."""
    at = clock.now()
    entry = {"id": own.account, "own": own.name, "time": int(at.timestamp())}
    entry |= {"polled": stream, "data": data}
    body = json.dumps({"object": own.kind, "entry": [entry]}).encode()
    url = f"https://graph.facebook.com/{own.account}/{stream}"
    return Raw("GET", url, {"content-type": "application/json"}, body, at, Source.POLL)


def _kept(
    entries: list[Fields], way: Way, since: datetime
) -> tuple[list[dict[str, Any]], datetime]:
    """What is not older, and the newest time of it. An entry stays for what is inside it."""
    kept: list[dict[str, Any]] = []
    newest = _EPOCH
    for entry in entries:
        inside = [one for one in _inside(entry, way.inner) if _newest(one, way) >= since]
        own = _time(entry, way.moment)
        # A talk has no such time itself, and only holds what was said in it.
        if inside or (way.moment in entry and own >= since):
            kept.append(_with(entry, way.inner, inside))
            newest = max(newest, own, *(_newest(one, way) for one in inside))
    return kept, newest


def _inside(entry: Fields, inner: str) -> list[Fields]:
    held = entry.get(inner) if inner else None
    listed = held.get("data") if isinstance(held, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _with(entry: Fields, inner: str, inside: list[Fields]) -> dict[str, Any]:
    return {**entry, inner: {"data": inside}} if inner else dict(entry)


def _newest(one: Fields, way: Way) -> datetime:
    below = _inside(one, way.deepest)
    return max(_time(each, way.moment) for each in (one, *below))


def _time(one: Mapping[str, Any], name: str) -> datetime:
    return moment_or_none(one.get(name)) or _EPOCH

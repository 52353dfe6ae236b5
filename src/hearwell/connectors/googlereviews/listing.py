"""Reviews by asking: each location is a list, the last changed first.

A look reads down to what was seen before. The cursor holds the newest reviews with a mark of
stars, words and answer, so that a change of any is news; a review that should be among them and is
not is looked up by its name before it is called gone. An answer that was replaced is gone, too.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from hearwell.connect import failures
from hearwell.connect.fields import Fields, moment_or_none, nonempty_in, text_or_none
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connectors.google.wire import Line, objects
from hearwell.connectors.googlereviews.parse import answer_id, answer_of
from hearwell.kit import clock

SINCE, LOCATIONS = "since", "locations"
_PAGE: Final = 50
_PAGES: Final = 4
# By id of the review: [the mark, the time of its last change, the id of our answer].
Seen = dict[str, list[str]]


def locations_of(account: Account) -> dict[str, str]:
    """The account's locations: what each is called, by its id. PURE."""
    try:
        told = json.loads(account.settings.get(LOCATIONS, "") or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def poll(line: Line, account: Account, stream: str, cursor: str | None) -> RawPage:
    """One look at a location. Raises what ``Polls.poll`` may."""
    known, name = _seen(cursor), f"{account.external_id}/locations/{stream}"
    place = locations_of(account).get(stream, "")
    read = _read(line, name, known)
    raws = [raw_of(account, place, [one]) for one in reversed(read) if _is_news(one, known)]
    seen = {nonempty_in(one, "reviewId"): _mark(one) for one in read[:_PAGE]}
    gone = [*_replaced(read, known), *_vanished(line, name, read, known)]
    if gone:
        raws.append(_raw(account, {"place": place, "gone": gone}, None))
    # A short page shows only what changed; what was known below it still stands there.
    lost = {one.rpartition("/")[2] for one in gone}
    below = {key: mark for key, mark in known.items() if key not in lost}
    kept = dict(list({**seen, **{k: v for k, v in below.items() if k not in seen}}.items())[:_PAGE])
    return RawPage(tuple(raws), json.dumps(kept, separators=(",", ":")))


def raw_of(account: Account, place: str, reviews: Sequence[Fields]) -> Raw:
    """Reviews as a delivery; what was last changed before ``since`` is history."""
    at = max((one for r in reviews if (one := moment_or_none(r.get("updateTime")))), default=None)
    return _raw(account, {"place": place, "reviews": list(reviews)}, at)


def _raw(account: Account, said: Mapping[str, Any], at: datetime | None) -> Raw:
    body = json.dumps({"account": account.external_id, **said}).encode()
    since = moment_or_none(account.settings.get(SINCE, ""))
    is_past = at is not None and since is not None and at < since
    source = Source.IMPORT if is_past else Source.POLL
    return Raw("GET", "", {"content-type": "application/json"}, body, clock.now(), source)


def _read(line: Line, location: str, known: Seen) -> list[Fields]:
    """The first page, and those below it until one that was seen before."""
    found: list[Fields] = []
    page = ""
    for _ in range(_PAGES):
        params: dict[str, str | int] = {"pageSize": _PAGE, "orderBy": "updateTime desc"}
        if page:
            params["pageToken"] = page
        answer = line.get(f"v4/{location}/reviews", params)
        some = objects(answer, "reviews")
        found += some
        page = text_or_none(answer, "nextPageToken") or ""
        if not page or any(str(one.get("reviewId")) in known for one in some):
            break
    return found


def _is_news(review: Fields, known: Seen) -> bool:
    before = known.get(nonempty_in(review, "reviewId"))
    return before is None or before[0] != _mark(review)[0]


def _mark(review: Fields) -> list[str]:
    answer = answer_of(review)
    said = [review.get("starRating"), review.get("comment"), review.get("updateTime"), answer]
    mark = f"{zlib.crc32(json.dumps(said, sort_keys=True).encode()):08x}"
    answered = answer_id("", str(answer.get("comment", ""))) if answer else ""
    return [mark, str(review.get("updateTime", "")), answered]


def _replaced(read: Sequence[Fields], known: Seen) -> Iterator[str]:
    """Ids of answers that stood there and do not any more."""
    for one in read:
        before = known.get(nonempty_in(one, "reviewId"))
        if before and before[2] and before[2] != _mark(one)[2]:
            yield nonempty_in(one, "name") + before[2]


def _vanished(line: Line, location: str, read: Sequence[Fields], known: Seen) -> Iterator[str]:
    there = {one.get("reviewId") for one in read}
    oldest = min((str(one.get("updateTime", "")) for one in read), default="")
    for review, (_, at, _) in known.items():
        if review not in there and at >= oldest:
            name = f"{location}/reviews/{review}"
            if not is_there(line, name):
                yield name


def is_there(line: Line, name: str) -> bool:
    """Whether a review still exists. Only "there is no such review" is proof."""
    try:
        line.get(f"v4/{name}")
    except failures.TargetGone:
        return False
    return True


def fetch_one(line: Line, account: Account, name: str) -> Raw | None:
    """One review by its name."""
    try:
        found = line.get(f"v4/{name}")
    except failures.TargetGone:
        return None
    parts = name.split("/")
    place = locations_of(account).get(parts[3], "") if len(parts) > 3 else ""  # noqa: PLR2004 -- accounts/1/locations/2
    return raw_of(account, place, [found])


def _seen(cursor: str | None) -> Seen:
    """What a cursor remembers; what cannot be read is told twice rather than not at all."""
    try:
        told = json.loads(cursor or "{}")
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    is_mark = [(k, v) for k, v in told.items() if isinstance(v, list) and len(v) == 3]  # noqa: PLR2004 -- mark, time, answer
    return {key: [str(part) for part in value] for key, value in is_mark}

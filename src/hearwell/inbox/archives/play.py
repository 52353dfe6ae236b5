"""Reviews of an app as Google Play exports them, a month in a file: `reviews_<app>_<YYYYMM>.csv`.

A row is a review and, where there is one, the owner's answer. The export names nobody: each review
is its own person. A review that was changed stands in a later month's file as it is then.
Columns: https://support.google.com/googleplay/android-developer/answer/6135870
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hearwell.inbox.archives.records import Reason, Record, UnusableError, check_encoding, record
from hearwell.inbox.archives.tables import Table

_NEEDED = (
    "package name",
    "review submit millis since epoch",
    "star rating",
    "review text",
    "review link",
)
_KNOWN = (
    "review last update millis since epoch",
    "review title",
    "reviewer language",
    "device",
    "developer reply millis since epoch",
    "developer reply text",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STARS = frozenset("12345")
# What the shop itself shows for who has no name.
_SOMEBODY = "A Google user"


def _records(line: int, fields: list[str]) -> tuple[Record, ...]:
    check_encoding(*fields)
    return tuple(_told(line, dict(zip((*_NEEDED, *_KNOWN), fields, strict=True))))


def _told(line: int, row: dict[str, str]) -> Iterator[Record]:
    app, review = row["package name"].strip(), _id(row)
    if row["star rating"].strip() not in _STARS:
        raise UnusableError(Reason.STARS)
    yield record(
        line,
        review,
        review,
        True,
        _moment(row["review submit millis since epoch"]),
        row["review text"],
        "",
        brand=app,
        more=_more(row, review),
    )
    if row["developer reply text"].strip():
        at = _moment(row["developer reply millis since epoch"])
        more = {"thread": review, "kind": "review", "edited_at": at}
        yield record(
            line,
            f"{review}:reply",
            app,
            False,
            at,
            row["developer reply text"],
            review,
            brand=app,
            more=more,
        )


def _more(row: dict[str, str], review: str) -> dict[str, Any]:
    more: dict[str, Any] = {
        "thread": review,
        "kind": "review",
        "author_name": _SOMEBODY,
        "rating": int(row["star rating"]),
        "subject": row["review title"].strip(),
        "language": row["reviewer language"].strip().replace("_", "-").partition("-")[0].lower(),
        "permalink": row["review link"].strip(),
    }
    changed = row["review last update millis since epoch"]
    if changed and changed != row["review submit millis since epoch"]:
        more["edited_at"] = _moment(changed)
    if not (row["review text"].strip() or more["subject"]):
        more["needs_reply"] = False  # stars alone
    return {name: value for name, value in more.items() if value != ""}


def _id(row: dict[str, str]) -> str:
    """Return the id in the link to a review; stars alone have none and get one of what stays."""
    link = urlsplit(row["review link"].strip())
    asked = {name.lower(): values for name, values in parse_qs(link.query).items()}
    if found := asked.get("reviewid"):
        return found[0]
    if link.fragment.startswith("ReviewPlace:"):
        return link.fragment.partition("id=")[2] or link.fragment
    stays = ("package name", "review submit millis since epoch", "reviewer language", "device")
    return hashlib.sha256("\0".join(row[name] for name in stays).encode()).hexdigest()[:32]


def _moment(millis: str) -> str:
    try:
        return (_EPOCH + timedelta(milliseconds=int(millis))).isoformat()
    except (ValueError, OverflowError):
        raise UnusableError(Reason.TIME) from None


REVIEWS = Table("Google Play", _NEEDED, _KNOWN, _records)

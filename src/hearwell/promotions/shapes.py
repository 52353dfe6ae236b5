"""The list as programs take it: a line of CSV for each person and network, or JSON."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from hearwell.promotions.held import Held

HEAD: Final = ("network", "network_id", "email_sha256", "reason", "since", "until")
# As advertisers' programs take a list of addresses: one column, under this name.
AUDIENCE: Final = ("email_sha256",)


def as_told(one: Held) -> dict[str, Any]:
    """Return somebody as JSON tells it."""
    return {
        "network": one.network,
        "network_id": one.network_id,
        "contact_id": one.contact_id,
        "email_sha256": one.email_sha256,
        "reason": one.reason.value,
        "since": one.since,
        "until": one.until,
    }


def in_json(parts: Iterable[list[Held]]) -> Iterator[bytes]:
    """Yield the list as JSON, a line each, as held.IN_JSON does."""
    for part in parts:
        yield b"".join(orjson.dumps(as_told(one)) + b"\n" for one in part)


def as_document(lines: Iterable[bytes], head: dict[str, Any]) -> Iterator[bytes]:
    """Yield one JSON document of lines of JSON: what `head` says, then `items`."""
    yield orjson.dumps(head)[:-1] + b',"items":['
    is_first = True
    for part in lines:
        text = part.rstrip(b"\n").replace(b"\n", b",")
        if text:
            yield text if is_first else b"," + text
            is_first = False
    yield b"]}"


def in_csv(parts: Iterable[list[Held]]) -> Iterator[bytes]:
    """Yield the list as CSV.

    Exactly as networks give the ids: for programs. A spreadsheet may take one that begins with a
    sign for a formula.
    """
    yield _lines([HEAD])
    for part in parts:
        yield _lines(
            (
                one.network,
                one.network_id,
                one.email_sha256,
                one.reason.value,
                _moment(one.since),
                _moment(one.until),
            )
            for one in part
        )


def in_audience(parts: Iterable[list[Held]]) -> Iterator[bytes]:
    """Yield the hashed addresses alone, each once, as advertisers' programs take them."""
    seen: set[str] = set()
    yield _lines([AUDIENCE])
    for part in parts:
        fresh = {one.email_sha256 for one in part if one.email_sha256} - seen
        seen |= fresh
        yield _lines((one,) for one in sorted(fresh))


def sha256_of(address: str) -> str:
    """Return an address as it is told: SHA-256 of it in small letters, without spaces around."""
    return hashlib.sha256(address.strip().lower().encode("utf-8", "replace")).hexdigest()


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""

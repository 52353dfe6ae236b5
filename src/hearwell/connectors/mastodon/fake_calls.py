"""What goes into the fake server's API and what comes out: no socket, no framework."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx

from hearwell.connect.subject import Part, parts_of

_WINDOW_S = 300


@dataclass(frozen=True, slots=True)
class Call:
    """A request; ``params`` are those of query and form together, each with all its values.

    ``file`` is what a form with a file brings.
    """

    method: str
    path: str
    params: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Part | None = None

    def one(self, name: str, otherwise: str = "") -> str:
        """The first value of a parameter."""
        values = self.params.get(name)
        return values[0] if values else otherwise

    def many(self, name: str) -> set[str]:
        """All values of a parameter, with or without brackets."""
        return {*self.params.get(f"{name}[]", ()), *self.params.get(name, ())}

    @property
    def token(self) -> str:
        """The bearer's token."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")


def call_of(request: httpx.Request) -> Call:
    """A request of httpx's, whose body has been read."""
    parts = parts_of(request)
    query = parse_qs(request.url.query.decode(), keep_blank_values=True)
    if parts:
        form = {name: [part.body.decode()] for name, part in parts.items() if not part.filename}
    else:
        form = parse_qs(request.content.decode(), keep_blank_values=True)
    headers = dict(request.headers)
    return Call(request.method, request.url.path, query | form, headers, parts.get("file"))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: text where ``body`` is a string, else JSON."""

    status: int
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """Ends a call with a refusal."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.reply = Reply(status, body, headers or {})


def proves(call: Call, challenge: str) -> bool:
    """Whether who trades the code is who asked for it (PKCE, where it was begun with)."""
    if not challenge:
        return True
    digest = hashlib.sha256(call.one("code_verifier").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


def next_window() -> str:
    """When the pace is counted anew: five minutes on the clock."""
    now = datetime.now(UTC)
    left = timedelta(seconds=_WINDOW_S - now.timestamp() % _WINDOW_S)
    return (now + left).isoformat().replace("+00:00", "Z")


def order(entry_id: str) -> tuple[int, str]:
    """Sorts ids from old to new."""
    return len(entry_id), entry_id


def links(call: Call, origin: str, ids: Sequence[str]) -> dict[str, str]:
    """The header that says where the next and the previous page are; ``ids`` from old to new."""
    if not ids:
        return {}
    paging = {"max_id", "min_id", "since_id"}
    kept = {name: list(values) for name, values in call.params.items() if name not in paging}
    ways = {"next": {"max_id": ids[0]}, "prev": {"min_id": ids[-1]}}
    pages = (
        f'<{origin}{call.path}?{urlencode({**kept, **where}, doseq=True)}>; rel="{name}"'
        for name, where in ways.items()
    )
    return {"link": ", ".join(pages)}

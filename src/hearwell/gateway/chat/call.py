"""One call at the visitors' door: who calls, for which site, and what they may bring."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection
from starlette.requests import Request

from hearwell.gateway.chat.limits import MAX_BODY, MAX_IN_FLIGHT
from hearwell.gateway.chat.passes import visitor_in
from hearwell.gateway.chat.refusals import Refusal
from hearwell.gateway.chat.sites import Site
from hearwell.kit.numbers import whole_number
from hearwell.kit.scope import scope
from hearwell.kit.text import clean

T = TypeVar("T")
READ_WITHIN_S: Final = 30
# Of the database connections of this process the chat takes no more than these.
AT_ONCE: Final = 4
BAD_REQUEST: Final = 400
_UNAUTHORIZED, _TOO_SLOW, _TOO_LARGE, _UNAVAILABLE = 401, 408, 413, 503


class Desk:
    """What all calls of this process share: the bytes being read, the turns at the database."""

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.in_flight = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A request that comes from a page that may show the site."""

    request: Request
    site: Site
    origin: str
    desk: Desk

    @property
    def address(self) -> str:
        """Where it comes from; the proxy's word where we are told to trust it."""
        client = self.request.client
        return client.host if client else ""

    @property
    def after(self) -> int | None:
        """The place in the conversation that a page has read up to; None if it names none."""
        return whole_number(self.request.query_params.get("after"), digits=18)

    def visitor(self) -> UUID:
        """Return whose session the call carries. Raises Refusal (401)."""
        kind, _, token = self.request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Refusal(_UNAUTHORIZED, "no_token", "Please start the chat first.")
        return visitor_in(self.site, token.strip())

    async def within(self, work: Callable[[], T]) -> T:
        """Run work in a thread, in the scope of the site's workspace."""

        def run() -> T:
            try:
                with scope(self.site.workspace_id):
                    return work()
            finally:
                connection.close()

        async with self.desk.turns:
            return await asyncio.to_thread(run)

    async def body(self, at_most: int) -> bytes:
        """Read the body, never holding more than the bound. Raises Refusal."""
        announced = self.request.headers.get("content-length", "0")
        if not announced.isdigit() or len(announced) > len(str(at_most)) + 1:
            raise _too_large(at_most)
        if int(announced) > at_most:
            raise _too_large(at_most)
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                return await self._read(at_most)
        except TimeoutError as error:
            raise Refusal(_TOO_SLOW, "too_slow", "That took too long. Please try again.") from error

    async def _read(self, at_most: int) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in self.request.stream():
                chunks.append(chunk)
                size += len(chunk)
                self.desk.in_flight += len(chunk)
                if size > at_most:
                    raise _too_large(at_most)
                if self.desk.in_flight > MAX_IN_FLIGHT:
                    words = "Too much at once. It will be tried again."
                    raise Refusal(_UNAVAILABLE, "busy", words, retry_after_s=5)
            return b"".join(chunks)
        finally:
            self.desk.in_flight -= size

    async def facts(self) -> dict[str, Any]:
        """Read a JSON object. Raises Refusal (400)."""
        try:
            value = json.loads(await self.body(MAX_BODY))
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return value
        raise Refusal(BAD_REQUEST, "bad_request", "This is not what the chat sends.")


def _too_large(at_most: int) -> Refusal:
    size = f"{at_most // 1024**2} MB" if at_most >= 1024**2 else f"{at_most // 1024} kB"
    return Refusal(_TOO_LARGE, "too_large", f"This is larger than {size}.")


def text_in(facts: dict[str, Any], name: str, at_most: int) -> str:
    """Return a text of a JSON object, cleaned; empty if it has none. Raises Refusal (400)."""
    value = facts.get(name, "")
    if not isinstance(value, str):
        raise Refusal(BAD_REQUEST, "bad_request", "This is not what the chat sends.")
    if len(value) > at_most:
        raise Refusal(BAD_REQUEST, "too_long", f"At most {at_most} characters can be sent at once.")
    return clean(value)[0]


def uuid_in(value: object) -> UUID:
    """Return an id. Raises Refusal (400)."""
    try:
        return UUID(str(value))
    except ValueError as error:
        raise Refusal(BAD_REQUEST, "bad_request", "This is not what the chat sends.") from error

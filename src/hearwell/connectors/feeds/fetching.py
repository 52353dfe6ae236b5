"""One address fetched: hop by hop over the guarded client, unpacked under a cap, errors named.

A redirect is followed by asking the guard anew for its host, so that none leads inside. Packed
answers are unpacked here, a little at a time: the client would unpack a bomb as it comes.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from hearwell.connect import failures
from hearwell.connectors.feeds.manifest import MOST_BYTES, TIMEOUT_S, USER_AGENT
from hearwell.kit import clock
from hearwell.kit.http import AnswerTooLargeError, InsideError, Origin, origin_of

Permits = Callable[[str], None]
_MOST_HOPS: Final = 5
DEADLINE_S: Final = 3 * TIMEOUT_S
_PIECE: Final = 256 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}
_FOR_GOOD = {301, 308}
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " application/json;q=0.9, text/html;q=0.5, */*;q=0.1"
)
# A feed that is in trouble is left alone for a while: others ask it, too.
_AFTER_TROUBLE = timedelta(minutes=5)
_AFTER_REFUSAL = timedelta(hours=1)
_AFTER_THE_END = timedelta(days=7)
_LONGEST_WAIT = timedelta(days=1)
TOO_LARGE = f"This feed is larger than {MOST_BYTES // 1024 // 1024} MB, which we do not read."
GONE = (
    "The feed says it is gone for good (410). It is not asked any more: resume it if it is back,"
    " else disconnect it."
)
MISSING = "There is no feed at this address any more (404). Was it moved?"
LOCKED = "This feed asks for a sign-in. Only feeds that everybody may read can be connected."
_BADLY_PACKED = "What the server packed cannot be unpacked."
INSIDE_CODE: Final = "inside"
INSIDE = (
    "This address is not on the public internet. If the feed is inside your own network, its origin"
    " must be named in HEARWELL_EGRESS_ALLOW."
)
FORBIDDEN = "The server does not let us read this feed (403)."


@dataclass(frozen=True, slots=True)
class Door:
    """The way out: ``opens`` gives a client that reaches the host of an address and no other.

    ``inside`` are the origins that may be called as they stand, inside and without TLS.
    """

    opens: Callable[[str], AbstractContextManager[httpx.Client]]
    inside: frozenset[Origin] = frozenset()

    def safe(self, url: str) -> str:
        """The same address by https, unless it may lie inside; empty if it is none."""
        try:
            parts = urlsplit(url)
            scheme, netloc = parts.scheme.lower(), parts.netloc.lower()
            if parts.username or not parts.hostname or scheme not in {"http", "https"}:
                return ""
            if scheme == "http" and origin_of(url) not in self.inside:
                scheme, netloc = "https", netloc.removesuffix(":80")
            return urlunsplit((scheme, netloc, parts.path or "/", parts.query, ""))
        except ValueError:
            return ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: where from, and where that is now for good (empty: where we asked)."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    moved_to: str = ""

    @property
    def content_type(self) -> str:
        """As the server said."""
        return self.headers.get("content-type", "")


def fetch(
    door: Door, url: str, headers: Mapping[str, str], *, permits: Permits, most: int = MOST_BYTES
) -> Answer:
    """Ask for an address and follow where it leads; ``permits`` is asked before every hop.

    ``most`` caps the bytes of the answer, unpacked. Raises ``Unavailable``, ``Throttled``,
    ``Ended`` (410), ``Refused`` and its kinds, ``ContractChanged``; each with a time
    before which not to ask again.
    """
    ends_at, moved_to, is_for_good = time.monotonic() + DEADLINE_S, "", True
    for _ in range(_MOST_HOPS + 1):
        permits(url)
        answer = _hop(door, url, headers, most, ends_at)
        if answer.status not in _REDIRECTS:
            _settled(answer)
            return Answer(answer.url, answer.status, answer.headers, answer.body, moved_to)
        url = _target(door, answer)
        is_for_good = is_for_good and answer.status in _FOR_GOOD
        moved_to = url if is_for_good else moved_to
    message = "This address leads from one place to the next without an end."
    raise failures.Refused(message, network_code="redirects", retry_at=_in(_AFTER_REFUSAL))


def _hop(door: Door, url: str, headers: Mapping[str, str], most: int, ends_at: float) -> Answer:
    wanted = {"user-agent": USER_AGENT, "accept": _ACCEPT, "accept-encoding": "gzip", **headers}
    try:
        with door.opens(url) as client, client.stream("GET", url, headers=wanted) as response:
            said = {name.lower(): value for name, value in response.headers.items()}
            is_wanted = response.status_code == httpx.codes.OK
            body = b"".join(_unpacked(response, most, ends_at)) if is_wanted else b""
            return Answer(url, response.status_code, said, body)
    except httpx.ConnectError as error:
        if isinstance(error.__cause__, InsideError):
            raise failures.Refused(
                INSIDE, network_code=INSIDE_CODE, retry_at=_in(_AFTER_REFUSAL)
            ) from error
        raise _away(error) from error
    except AnswerTooLargeError as error:
        raise _too_large() from error
    # UnicodeError: a host name that is none.
    except (httpx.TransportError, httpx.InvalidURL, httpx.DecodingError, UnicodeError) as error:
        raise _away(error) from error


def _away(error: Exception) -> failures.Unavailable:
    return failures.Unavailable(network_code=type(error).__name__, retry_at=_in(_AFTER_TROUBLE))


def _target(door: Door, answer: Answer) -> str:
    """Where a redirect leads."""
    said = answer.headers.get("location", "")
    try:
        found = door.safe(urljoin(answer.url, said)) if said else ""
    except ValueError:
        found = ""
    if not found:
        message = "This address leads to something that is no web address."
        raise failures.Refused(message, network_code="redirect", retry_at=_in(_AFTER_REFUSAL))
    return found


def _settled(answer: Answer) -> None:
    """Raise what a status means, unless it is an answer to go on with."""
    status, code = answer.status, str(answer.status)
    if status in {httpx.codes.OK, httpx.codes.NOT_MODIFIED}:
        return
    asked_for = retry_after(answer.headers)
    if status == httpx.codes.TOO_MANY_REQUESTS or (
        status == httpx.codes.SERVICE_UNAVAILABLE and asked_for
    ):
        raise failures.Throttled(asked_for or _in(_AFTER_REFUSAL), "endpoint", network_code=code)
    if status == httpx.codes.GONE:
        raise failures.Ended(GONE, network_code=code, retry_at=_in(_AFTER_THE_END))
    words = {401: LOCKED, 402: LOCKED, 403: FORBIDDEN, 404: MISSING, 407: LOCKED}
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        raise failures.Unavailable(network_code=code, retry_at=asked_for or _in(_AFTER_TROUBLE))
    message = words.get(status, f"The server did not give us the feed ({status}).")
    raise failures.Refused(message, network_code=code, retry_at=asked_for or _in(_AFTER_REFUSAL))


def retry_after(headers: Mapping[str, str]) -> datetime | None:
    """The time that ``Retry-After`` names, in seconds or as a date; at most a day from now."""
    said = headers.get("retry-after", "").strip()
    try:
        if said.isascii() and said.isdecimal():
            found = _in(timedelta(seconds=int(said[:9])))
        else:
            found = parsedate_to_datetime(said)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(found, _in(_LONGEST_WAIT))


def _in(pause: timedelta) -> datetime:
    return clock.now() + pause


# --- bytes ---------------------------------------------------------------------------------------


def _unpacked(response: httpx.Response, most: int, ends_at: float) -> Iterator[bytes]:
    """The body as it was meant, a piece at a time; too much or too slow ends it."""
    total = 0
    for piece in _pieces(response):
        total += len(piece)
        if total > most:
            raise _too_large()
        if time.monotonic() > ends_at:
            message = "too slow"
            raise httpx.ReadTimeout(message)
        yield piece


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing in {"", "identity"}:
        yield from response.iter_raw()
        return
    if packing not in {"gzip", "x-gzip", "deflate"}:
        message = "The server packs its answer in a way that we did not ask for."
        raise failures.ContractChanged(message, network_code=packing[:40])
    # 32: gzip or zlib, whichever its first bytes say.
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for chunk in response.iter_raw():
            waiting = chunk
            while waiting and not unpacker.eof:
                yield unpacker.decompress(waiting, _PIECE)
                waiting = unpacker.unconsumed_tail
    except zlib.error as error:
        raise failures.ContractChanged(_BADLY_PACKED, network_code="packing") from error
    if not unpacker.eof:
        raise failures.ContractChanged(_BADLY_PACKED, network_code="packing")


def _too_large() -> failures.ContractChanged:
    return failures.ContractChanged(
        TOO_LARGE, network_code="too_large", retry_at=_in(_AFTER_REFUSAL)
    )

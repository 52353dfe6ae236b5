"""A Jetstream held open: every post of the network goes by, and what concerns us is told at once.

A Jetstream (https://github.com/bluesky-social/jetstream) gives the network's firehose as lines of
JSON, filtered by kind of record, not by whom it is about: some forty posts a second, several
gigabytes a day. So it is a choice (the setting ``stream``) for those to whom seconds matter; the
polls go on beside it and are the truth. Who holds one also hears at once who uses the account's
``words``, as they were when the line was opened; the searches go on beside it, too.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from hearwell.connect import failures
from hearwell.connect.model import Account, Raw, Source
from hearwell.connectors.bluesky import uris
from hearwell.kit import clock
from hearwell.kit.sockets import AddressRefusedError, Opener

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable

    Describe = Callable[[str], Awaitable[Mapping[str, Any] | None]]

_PORTS = {"wss": 443, "ws": 80}
_STEP_S, _MOST_BYTES = 10.0, 1024 * 1024
# After an hour it is opened anew, with the account as it then is: tokens run out.
_LASTS_S = 3600.0
# Posts that were told, by whose deletion we can still be told.
_REMEMBERED = 5000


async def listen(
    opener_for: Callable[[int], Opener], account: Account, describe: Describe
) -> AsyncGenerator[Raw, None]:
    """Deliveries as they come, until the line ends; none without the setting.

    ``describe`` tells how somebody is called. What cannot be told whose it is just now is left
    to the poll, and so is all when it raises ``NeedsReauth``: the poll renews the token, and the
    stream begins again with that. Raises ``Unavailable``.
    """
    address = account.settings.get("stream", "").rstrip("/")
    if not address:
        return
    url = f"{address}/subscribe?wantedCollections={uris.POST}"
    ear, now = Ear(account.external_id, account.words), asyncio.get_running_loop().time
    ends = now() + _LASTS_S
    async with aclosing(_lines(opener_for, url)) as lines:
        async for line in lines:
            event = ear.heard(line)
            try:
                author = await _author(event, describe) if event is not None else None
            except failures.NeedsReauth:
                return
            if event is not None and author is not None:
                yield _raw(account, url, event, author, ear.source_of(event))
            if now() > ends:
                return


async def _author(event: Mapping[str, Any], describe: Describe) -> Mapping[str, Any] | None:
    """Whose post it is; nothing need be known of one who only took something back."""
    if event["commit"].get("operation") == "delete":
        return {}
    return await describe(str(event.get("did")))


async def _lines(
    opener_for: Callable[[int], Opener], url: str
) -> AsyncGenerator[str | bytes, None]:
    try:
        sock, context = await asyncio.to_thread(_connected, opener_for, url)
        name = urlsplit(url).hostname if context else None
        more: dict[str, Any] = {"server_hostname": name} if name else {}
        async with connect(
            url, sock=sock, ssl=context, proxy=None, max_size=_MOST_BYTES, open_timeout=_STEP_S,
            **more,
        ) as line:  # fmt: skip
            async for message in line:
                yield message
    except ConnectionClosed:
        return
    except (WebSocketException, OSError, ValueError) as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error


def _connected(
    opener_for: Callable[[int], Opener], url: str
) -> tuple[socket.socket, ssl.SSLContext | None]:
    """A socket to a checked address, and what its TLS is verified against. Raises ``OSError``."""
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme, 0)
    opener, host = opener_for(port), parts.hostname or ""
    is_plain = parts.scheme == "ws"
    if parts.scheme not in _PORTS or (is_plain and not opener.may_lie_inside(host, port)):
        message = "a stream comes by TLS, from an address that begins with wss://"
        raise AddressRefusedError(message)
    return opener.open(host, port, tls=False, timeout_s=_STEP_S), (
        None if is_plain else opener.context
    )


@dataclass(slots=True)
class Ear:
    """Tells what concerns an account from what does not. One for each connection."""

    account: str
    words: tuple[str, ...] = ()
    _told: OrderedDict[str, Source] = field(default_factory=OrderedDict)
    _found: re.Pattern[str] | None = None

    def __post_init__(self) -> None:
        if self.words:
            self._found = re.compile("|".join(map(re.escape, self.words)), re.IGNORECASE)

    def heard(self, line: str | bytes) -> Mapping[str, Any] | None:
        """The event in a line, if it concerns us. Most lines are only looked through, not read."""
        text = line if isinstance(line, str) else line.decode("utf-8", "replace")
        if self.account not in text and '"delete"' not in text and not self._is_found(text):
            return None
        try:
            event = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return event if isinstance(event, dict) and self._concerns(event) else None

    def _concerns(self, event: Mapping[str, Any]) -> bool:
        commit, did = event.get("commit"), event.get("did")
        if not isinstance(commit, dict) or not isinstance(did, str):
            return False
        if commit.get("collection") != uris.POST or not isinstance(event.get("time_us"), int):
            return False
        uri = uris.uri_of(did, uris.POST, str(commit.get("rkey")))
        if commit.get("operation") == "delete":
            return did == self.account or uri in self._told
        record = commit.get("record")
        if commit.get("operation") != "create" or not isinstance(record, dict):
            return False
        if did == self.account or self._is_called(record):
            source = Source.STREAM
        elif self._is_found(record.get("text")):
            source = Source.SEARCH
        else:
            return False
        self._told[uri] = source
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return True

    def source_of(self, event: Mapping[str, Any]) -> Source:
        """Whether an event that was heard was told to us, or found by its words."""
        uri = uris.uri_of(str(event["did"]), uris.POST, str(event["commit"].get("rkey")))
        return self._told.get(uri, Source.STREAM)

    def _is_found(self, text: object) -> bool:
        return self._found is not None and bool(self._found.search(str(text)))

    def _is_called(self, record: Mapping[str, Any]) -> bool:
        """In a mention, as whose post is answered or quoted; not merely in the text."""
        said = {name: record.get(name) for name in ("facets", "reply", "embed")}
        return self.account in json.dumps(said)


def _raw(
    account: Account,
    url: str,
    event: Mapping[str, Any],
    author: Mapping[str, Any],
    source: Source,
) -> Raw:
    said = {"account": account.external_id, "event": event, "author": author}
    headers = {"content-type": "application/json"}
    return Raw("GET", url, headers, json.dumps(said).encode(), clock.now(), source)

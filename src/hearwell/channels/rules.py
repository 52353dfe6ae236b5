"""Pure rules of channels: which headers are kept, how long to wait, who follows whom."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from hearwell.connect.model import Inbound, InboundMessage, Reacted, Receipt

_KEPT_HEADERS = frozenset({"content-type", "content-encoding", "date", "user-agent"})
_KEPT_PREFIXES = ("x-", "webhook-")
# A token or a password is the secret itself; a signature only proves that its sender has one.
_SECRET_WORDS = ("token", "secret", "password", "authorization", "api-key", "apikey", "cookie")
_PROXY_PREFIXES = ("x-forwarded-", "x-real-")

# Names that no network outside can look up (RFC 6761, 6762, 8375, and what routers use).
_INSIDE_NAMES = (
    "localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "test",
    "example", "invalid",
)  # fmt: skip

# What begins the name of a stream that is a search.
SEARCH_STREAM = "search:"
# When a search was last read that has never been.
NEVER_LOOKED = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers worth keeping beside the bytes: none that is a secret or a proxy's."""
    return {name: value for name, value in headers.items() if _is_kept(name)}


@lru_cache(maxsize=1024)  # a network sends the same few names a thousand times a second
def _is_kept(name: str) -> bool:
    if name in _KEPT_HEADERS:
        return True
    is_secret = any(word in name for word in _SECRET_WORDS)
    is_proxys = name.startswith(_PROXY_PREFIXES)
    return name.startswith(_KEPT_PREFIXES) and not is_secret and not is_proxys


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after the n-th failure in a row: doubling, capped, full jitter.

    Full jitter (a random share of the cap) keeps many channels of one dead network from coming
    back in step.
    """
    ceiling = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(failures, 16))
    return timedelta(seconds=random.uniform(FIRST_PAUSE_S / 2, ceiling))  # noqa: S311 -- no secret


def lanes_of(item: Inbound) -> set[str]:
    """Return the keys by which later items are known to concern the same thread as this one.

    An edit or a deletion often does not know its thread, only the message it is about.
    """
    lanes = {f"id:{item.external_id}"}
    if item.thread_key:
        lanes.add(f"thread:{item.thread_key}")
    if isinstance(item, InboundMessage) and item.parent_id:
        lanes.add(f"id:{item.parent_id}")
    if isinstance(item, Reacted | Receipt) and item.target_id:
        lanes.add(f"id:{item.target_id}")
    return lanes


def own_lanes(item: Inbound) -> set[str]:
    """Return the keys that this item blocks when it is parked: its thread and itself."""
    lanes = {f"id:{item.external_id}"}
    if item.thread_key:
        lanes.add(f"thread:{item.thread_key}")
    return lanes


def is_public_url(url: str) -> bool:
    """Say whether a network on the internet could call this address: https, and not inside."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme != "https" or not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and host.rpartition(".")[2] not in _INSIDE_NAMES

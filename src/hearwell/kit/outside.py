"""Which addresses people may name to be called: outside by https, inside where allowed. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from hearwell.kit.http import is_public, origin_of

LONGEST_URL: Final = 2000
HTTPS: Final = 443


class Wrong(StrEnum):
    """What is wrong with an address."""

    NO_ADDRESS = "no_address"
    NOT_HTTPS = "not_https"
    PORT = "port"
    SIGN_IN = "sign_in"
    INSIDE = "inside"
    OURSELVES = "ourselves"


def wrong_with(url: str, allowed: Collection[str], own: Collection[str]) -> Wrong | None:
    """Say what is wrong with an address, None if it may be called.

    ``allowed`` are origins that may lie inside, ``own`` those of this very system. Names are
    looked up when they are called, not here: what they lead to may change.
    """
    try:
        parts = urlsplit(url)
        origin = origin_of(url)
    except ValueError:
        return Wrong.NO_ADDRESS
    if not parts.hostname or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable():
        return Wrong.NO_ADDRESS
    if parts.username or parts.password or parts.fragment or " " in url:
        return Wrong.SIGN_IN if parts.username or parts.password else Wrong.NO_ADDRESS
    if origin in set(map(origin_of, own)):
        return Wrong.OURSELVES
    if origin in set(map(origin_of, allowed)):
        return None
    return _wrong_outside(origin)


def _wrong_outside(origin: tuple[str, str, int]) -> Wrong | None:
    scheme, host, port = origin
    if scheme != "https":
        return Wrong.NOT_HTTPS
    if port != HTTPS:
        return Wrong.PORT
    if host == "localhost" or host.endswith(".localhost"):
        return Wrong.INSIDE
    try:
        return None if is_public(str(ipaddress.ip_address(host))) else Wrong.INSIDE
    except ValueError:
        return None

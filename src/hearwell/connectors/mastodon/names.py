"""Accounts and servers by name: ``lena@social.example`` is the same person from everywhere.

A server shows its own accounts as ``lena`` and those of others as ``lena@social.example``, and
the numbers it gives them are its own. The full address is what identifies: it is unique, is never
given to somebody else, and two servers agree on it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SCHEMES = ("https", "http")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)*[^\W_](?:[\w-]*[^\W_])?")
_LONGEST_HOST = 253


def address_of(acct: str, home: str) -> str:
    """The full address in lower case; ``home`` is the server that wrote ``acct``."""
    name = acct.strip().removeprefix("@")
    return (name if "@" in name else f"{name}@{home}").lower()


def home_of(address: str) -> str:
    """The server in a full address."""
    return address.rpartition("@")[2]


def short(address: str, home: str) -> str:
    """The address as people of ``home`` write it: their own without the server."""
    return address.removesuffix(f"@{home}")


def server_of(typed: str) -> str | None:
    """The origin of the server that somebody typed: a name, an address of theirs, a page.

    None if it cannot be one. Without a scheme it is https.
    """
    given = typed.strip()
    if "://" not in given:
        given = f"https://{given.rpartition('@')[2]}"
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _SCHEMES or parts.username is not None or not _is_name(host):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _is_name(host: str) -> bool:
    try:
        plain = host.encode("idna")
    except UnicodeError:
        return False
    return len(plain) <= _LONGEST_HOST and bool(_HOST.fullmatch(host))

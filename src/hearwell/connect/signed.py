"""What proves that a delivery comes from a network: an HMAC over the bytes as they came. Pure.

While secrets are changed several are good. Each is tried, whichever fits, so that the time taken
tells nobody which one it was, and each comparison takes as long whatever was sent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from hearwell.connect.failures import BadSignature
from hearwell.connect.model import Raw
from hearwell.kit.numbers import whole_number

_DIGITS: Final = 12


def mac(secret: str, message: bytes, digest: Callable[[], Any] = hashlib.sha256) -> bytes:
    """The HMAC of a message, by SHA-256 unless told otherwise."""
    return hmac.new(secret.encode(), message, digest).digest()


def check(given: str, secrets: Iterable[str], made_by: Callable[[str], str]) -> None:
    """Raise ``BadSignature`` unless ``given`` is what ``made_by`` makes of one of the secrets.

    ``made_by`` may be ``str``, where the secret itself is what proves it. Empty secrets are none.
    """
    theirs = given.encode("utf-8", "replace")
    fits = [hmac.compare_digest(made_by(one).encode(), theirs) for one in secrets if one]
    if not any(fits):
        raise BadSignature


def stamp_in(raw: Raw, header: str, within_s: float) -> str:
    """The time a delivery says it was signed at, as it is written: in seconds since 1970.

    Raises ``BadSignature`` for one too far from when it came: a recorded delivery cannot be
    played again later.
    """
    stamp = raw.headers.get(header, "")
    seconds = whole_number(stamp, digits=_DIGITS)
    if seconds is None or abs(raw.received_at.timestamp() - seconds) > within_s:
        raise BadSignature
    return stamp


def query_in(raw: Raw) -> dict[str, list[str]]:
    """What stands after the question mark; nothing where the address cannot be read."""
    try:
        return parse_qs(urlsplit(raw.url).query)
    except ValueError:
        return {}

"""Signed tokens: JSON Web Tokens with HMAC-SHA256 (RFC 7515, RFC 7519), and no other kind.

One algorithm and no header that chooses a key: nothing of what has gone wrong with these tokens
elsewhere (``alg: none``, keys taken for one another) can be asked for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

LONGEST: Final = 4096
LATEST_S: Final = 10**11  # in the year 5138
_HEADER: Final = b'{"alg":"HS256","typ":"JWT"}'


class TokenRefusedError(ValueError):
    """A token that is forged, broken or over; ``is_expired`` tells the last from the others."""

    def __init__(self, message: str, *, is_expired: bool = False) -> None:
        super().__init__(message)
        self.is_expired = is_expired


def signed(claims: Mapping[str, Any], secret: str) -> str:
    """Return a token that carries ``claims``; ``exp`` is in seconds since 1970."""
    body = json.dumps(dict(claims), separators=(",", ":")).encode()
    head = f"{_packed(_HEADER)}.{_packed(body)}"
    return f"{head}.{_packed(_mac(head, secret))}"


def claims_of(token: str, secrets: Iterable[str], at: datetime) -> dict[str, Any]:
    """Return what a token claims. Raises TokenRefusedError unless one of ``secrets`` signed it.

    ``exp`` must be there and lie after ``at``; ``nbf``, if it is there, not after it.
    """
    head, _, mac = token.rpartition(".")
    if len(token) > LONGEST or not token.isascii() or head.count(".") != 1:
        message = "not a token"
        raise TokenRefusedError(message)
    given = unpacked(mac)
    # Every secret is tried, so that the time taken does not tell which one fitted.
    fits = [hmac.compare_digest(_mac(head, secret), given) for secret in secrets if secret]
    if not any(fits):
        message = "not signed by us"
        raise TokenRefusedError(message)
    header, _, body = head.partition(".")
    if object_in(header).get("alg") != "HS256":
        message = "another algorithm"
        raise TokenRefusedError(message)
    claims = object_in(body)
    _in_time(claims, at.timestamp())
    return claims


def derived(secret: str, purpose: str) -> str:
    """Return a key for one purpose, from which nobody can reckon the secret or another key."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _in_time(claims: Mapping[str, Any], at: float) -> None:
    ends, begins = seconds_in(claims.get("exp")), seconds_in(claims.get("nbf", 0))
    if ends <= at or begins > at:
        message = "over, or not begun"
        raise TokenRefusedError(message, is_expired=True)


def seconds_in(value: object) -> float:
    """Return a time as tokens write it, in seconds since 1970. Raises TokenRefusedError."""
    # Neither NaN nor what is no date any more: JSON as Python reads it can say both.
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and -LATEST_S < value < LATEST_S
    ):
        return value
    message = "no time"
    raise TokenRefusedError(message)


def _mac(head: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest()


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Return what is written in base64url without padding. Raises TokenRefusedError."""
    try:
        # Strict: a token has one spelling, so that no two strings are the same token.
        data = base64.b64decode(text.translate(_STANDARD) + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "not base64"
        raise TokenRefusedError(message) from error
    if _packed(data) != text:
        message = "not base64 as it is written"
        raise TokenRefusedError(message)
    return data


_STANDARD: Final = str.maketrans("-_", "+/")


def object_in(part: str) -> dict[str, Any]:
    """Return the JSON object in one part of a token. Raises TokenRefusedError."""
    try:
        value = json.loads(unpacked(part))
    except (ValueError, RecursionError) as error:
        message = "not JSON"
        raise TokenRefusedError(message) from error
    if isinstance(value, dict):
        return value
    message = "not an object"
    raise TokenRefusedError(message)

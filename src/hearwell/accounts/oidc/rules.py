"""What a provider's ID token must say before it is believed (OpenID Connect Core, 3.1.3.7). Pure.

The signature is always checked, though the specification lets one skip it for tokens that came
straight from the provider. Two algorithms, both with public keys: a token cannot ask for `none`,
nor for a public key to be taken for a shared secret.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from hearwell.kit.tokens import TokenRefusedError, object_in, seconds_in, unpacked

LONGEST_TOKEN: Final = 16 * 1024
LONGEST_SUBJECT: Final = 255
# Clocks of two houses differ.
LEEWAY_S: Final = 60
_LEAST_RSA_BITS: Final = 2048
_MOST_KEYS: Final = 50
_P256_BYTES: Final = 32
_FAMILIES: Final = {"RS256": "RSA", "ES256": "EC"}
_FORGED: Final = "the signature is none of the provider's"


class Refusal(StrEnum):
    """Why a sign-in by a provider came to nothing."""

    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    BAD_ANSWER = "bad_answer"
    EXPIRED = "expired"
    NOT_VERIFIED = "not_verified"
    NOT_INVITED = "not_invited"
    ELSEWHERE = "elsewhere"
    TAKEN = "taken"


class SignInRefusedError(Exception):
    """Somebody is not let in by a provider; `why` is for the person, the text for the log."""

    def __init__(self, why: Refusal, message: str = "") -> None:
        super().__init__(message or why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider says somebody is. The address counts only where it is verified."""

    subject: str
    email: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must have been made for."""

    issuer: str
    client_id: str
    nonce: str


def claims_in(
    token: str, keys: Iterable[object], expected: Expected, at: datetime
) -> dict[str, Any]:
    """Return what an ID token claims. Raises TokenRefusedError unless all of it is right.

    `keys` are the provider's published ones (JWK, RFC 7517).
    """
    signed, _, signature = token.rpartition(".")
    if len(token) > LONGEST_TOKEN or not token.isascii() or signed.count(".") != 1:
        message = "not a token"
        raise TokenRefusedError(message)
    head, _, body = signed.partition(".")
    _check_signature(object_in(head), signed.encode(), unpacked(signature), keys)
    claims = object_in(body)
    _check_claims(claims, expected, at.timestamp())
    return claims


def _check_signature(
    header: Mapping[str, Any], signed: bytes, signature: bytes, keys: Iterable[object]
) -> None:
    algorithm = header.get("alg")
    family = _FAMILIES.get(algorithm) if isinstance(algorithm, str) else None
    if family is None or "crit" in header:
        message = "signed in a way that is not ours"
        raise TokenRefusedError(message)
    published = [key for key in list(keys)[:_MOST_KEYS] if isinstance(key, Mapping)]
    fitting = [key for key in published if _fits(key, header, family)]
    if not any(_is_signed_by(key, signed, signature) for key in fitting):
        raise TokenRefusedError(_FORGED)


def _fits(key: Mapping[str, Any], header: Mapping[str, Any], family: str) -> bool:
    wanted = header.get("kid")
    is_for_it = key.get("alg", header["alg"]) == header["alg"] and key.get("use", "sig") == "sig"
    is_kind = key.get("kty") == family and is_for_it
    return is_kind and (wanted is None or key.get("kid") == wanted)


def _is_signed_by(key: Mapping[str, Any], signed: bytes, signature: bytes) -> bool:
    try:
        if key["kty"] == "RSA":
            _rsa(key).verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            _ec(key).verify(_der(signature), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, KeyError, ValueError, TypeError, AttributeError):
        return False
    return True


def _rsa(key: Mapping[str, Any]) -> rsa.RSAPublicKey:
    made = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
    if made.key_size < _LEAST_RSA_BITS:
        raise TokenRefusedError(_FORGED)
    return made


def _ec(key: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    if key["crv"] != "P-256":
        raise TokenRefusedError(_FORGED)
    x, y = _number(key["x"]), _number(key["y"])
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _der(signature: bytes) -> bytes:
    if len(signature) != 2 * _P256_BYTES:
        raise TokenRefusedError(_FORGED)
    first, second = signature[:_P256_BYTES], signature[_P256_BYTES:]
    return utils.encode_dss_signature(int.from_bytes(first), int.from_bytes(second))


def _number(text: str) -> int:
    return int.from_bytes(unpacked(text))


def _check_claims(claims: Mapping[str, Any], expected: Expected, at: float) -> None:
    meant = claims.get("aud")
    audience = [meant] if isinstance(meant, str) else meant
    if claims.get("iss") != expected.issuer or not isinstance(audience, list):
        message = "made by another, or for nobody"
        raise TokenRefusedError(message)
    party = claims.get("azp", expected.client_id if len(audience) == 1 else None)
    if expected.client_id not in audience or party != expected.client_id:
        message = "made for another"
        raise TokenRefusedError(message)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(), expected.nonce.encode()
    ):
        message = "made for another sign-in"
        raise TokenRefusedError(message)
    if seconds_in(claims.get("exp")) + LEEWAY_S <= at:
        message = "over"
        raise TokenRefusedError(message, is_expired=True)
    begins = max(seconds_in(claims.get("iat")), seconds_in(claims.get("nbf", 0)))
    if begins - LEEWAY_S > at:
        message = "not begun"
        raise TokenRefusedError(message)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        message = "about nobody"
        raise TokenRefusedError(message)


def person_in(claims: Mapping[str, Any]) -> Person:
    """Return whom claims are about. `email_verified` counts only as a true boolean."""
    email = claims.get("email")
    address = email.strip().lower() if isinstance(email, str) else ""
    is_verified = claims.get("email_verified") is True and "@" in address
    return Person(str(claims["sub"]), address, is_verified=is_verified)

"""Calls signed as Twilio signs them, and those who speak as it does: ``X-Twilio-Signature``. Pure.

Text messages and telephone calls come from there alike. The signature is an HMAC, in base 64, of
the address as it was called and, for a form, of every name and value after it in the order of the
names; for JSON the address holds the digest of the body (``bodySHA256``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from hearwell.connect.failures import BadSignature
from hearwell.connect.model import IngressSecrets, Raw
from hearwell.connect.signed import mac

SIGNATURE: Final = "x-twilio-signature"
# Says which digest, where the account signs with a key of its own instead of its token.
SETTINGS: Final = "x-twilio-webhooks-signature-settings"
BODY_DIGEST: Final = "bodySHA256"
FORM: Final = "application/x-www-form-urlencoded"
# A text message of the longest kind with ten pictures has some 60 fields in 20 kB.
MOST_BYTES: Final = 256 * 1024
MOST_FIELDS: Final = 1000
_DIGESTS: Final = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_PORTS: Final = {"https": 443, "http": 80}


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless the call was signed with one of the secrets."""
    given = raw.headers.get(SIGNATURE, "").encode("utf-8", "replace")
    digest = _DIGESTS.get(_algorithm(raw))
    if not given or digest is None:
        raise BadSignature
    tail = _signed_tail(raw)
    # Each is reckoned, whichever fits: the time taken tells nobody which one it was.
    fits = [
        hmac.compare_digest(given, signature(secret, url + tail, digest))
        for secret in secrets.signing
        if secret
        for url in _as_called(raw.url)
    ]
    if not any(fits):
        raise BadSignature


def signature(secret: str, said: str, digest: Callable[[], Any] = hashlib.sha1) -> bytes:
    """The signature of an address with what follows it."""
    return base64.b64encode(mac(secret, said.encode("utf-8", "surrogatepass"), digest))


def signed_form(body: bytes) -> str:
    """The fields of a form as they are signed: a value that comes twice is signed once.

    Raises ``BadSignature`` for what is no form in UTF-8.
    """
    try:
        pairs = pairs_in(body)
    except ValueError as error:
        raise BadSignature from error
    return "".join(name + value for name, value in sorted(set(pairs)))


def pairs_in(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form in UTF-8, in their order.

    Raises ``ValueError`` for what is none, and for one larger than anybody sends: it is read
    before its sender is proven, and five megabytes of it cost four seconds.
    """
    if len(body) > MOST_BYTES:
        message = f"a form of {len(body)} bytes"
        raise ValueError(message)
    return parse_qsl(
        body.decode("ascii"),
        keep_blank_values=True,
        encoding="utf-8",
        errors="strict",
        max_num_fields=MOST_FIELDS,
    )


def is_form(raw: Raw) -> bool:
    """Whether the body is a form, as its type says; without a type it is one."""
    kind = raw.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    return kind == FORM


def _signed_tail(raw: Raw) -> str:
    digests = parse_qs(urlsplit(raw.url).query).get(BODY_DIGEST)
    if digests and not is_form(raw):
        if not hmac.compare_digest(hashlib.sha256(raw.body).hexdigest(), _ascii(digests[0])):
            raise BadSignature
        return ""
    if not is_form(raw) and raw.body:
        raise BadSignature  # nothing would vouch for what it says
    return signed_form(raw.body)


def _ascii(text: str) -> str:
    return text if text.isascii() else ""


def _algorithm(raw: Raw) -> str:
    """The digest that the call names; SHA-1 where it names none."""
    for part in raw.headers.get(SETTINGS, "").split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def _as_called(url: str) -> Iterator[str]:
    """The address with and without its port: either may have been signed."""
    yield url
    head, mark, rest = url.partition("://")
    end = min((at for at in (rest.find(c) for c in "/?#") if at >= 0), default=len(rest))
    place, path = rest[:end], rest[end:]
    name, colon, port = place.rpartition(":")
    if not mark or head not in _PORTS:
        return
    if colon and port.isdecimal():
        yield f"{head}://{name}{path}"
    else:
        yield f"{head}://{place}:{_PORTS[head]}{path}"

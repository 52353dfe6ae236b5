"""Proof that LinkedIn called, and that we are who it calls. Pure.

``X-LI-Signature`` is the hex HMAC-SHA256, under the app's client secret, of ``hmacsha256=`` and the
body as received. The challenge is signed with the same secret and no such word in front: whoever
could have us sign what they like could forge deliveries. So nothing but a UUID is ever signed.
"""

from __future__ import annotations

import json
import re

from hearwell.connect import signed
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import Challenge, IngressSecrets, Raw

HEADER, WORD = "x-li-signature", "hmacsha256="
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def signature_of(secret: str, body: bytes) -> str:
    """The header's value for this body."""
    return signed.mac(secret, WORD.encode() + body).hex()


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of the secrets made this signature."""
    # The documents show the value with and without the word in front; the digest is the same.
    given = raw.headers.get(HEADER, "").removeprefix(WORD)
    signed.check(given, secrets.signing, lambda secret: signature_of(secret, raw.body))


def challenge(raw: Raw, secrets: IngressSecrets) -> Challenge | None:
    """The answer to ``?challengeCode=``; None if ``raw`` does not ask for one."""
    given = signed.query_in(raw).get("challengeCode")
    if raw.method != "GET" or not given:
        return None
    secret = secrets.challenge or next(iter(secrets.signing), "")
    if not secret or not _UUID.fullmatch(given[0]):
        raise BadSignature
    answer = signed.mac(secret, given[0].encode()).hex()
    body = {"challengeCode": given[0], "challengeResponse": answer}
    return Challenge(json.dumps(body).encode(), "application/json")

"""What proves that a call comes from X, and what proves to X that we are who it calls. Pure.

Both are HMAC-SHA256 with the app's consumer secret (``API key secret``), in base64: over the token
of a challenge, which comes when the address is registered and every hour, and over the raw bytes
of a delivery. A challenge that is not answered stops all deliveries.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Final

from hearwell.connect import signed
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import Challenge, IngressSecrets, Raw

HEADER: Final = "x-twitter-webhooks-signature"
_NAME: Final = "crc_token"
# A token is short and plain. Braces never sign: nobody may have us sign a delivery of theirs.
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/=_.-]{1,256}")


def signature_of(secret: str, message: bytes) -> str:
    """The signature as it stands in the header and in the answer to a challenge."""
    return f"sha256={base64.b64encode(signed.mac(secret, message)).decode()}"


def challenge(raw: Raw, secrets: IngressSecrets) -> Challenge | None:
    """The answer to a challenge; None if ``raw`` is none. Raises ``BadSignature``."""
    if raw.method != "GET":
        return None
    token = signed.query_in(raw).get(_NAME, [""])[0]
    if not token:
        return None
    known = next((one for one in (secrets.challenge, *secrets.signing) if one), "")
    if not known or not _TOKEN.fullmatch(token):
        raise BadSignature
    answer = {"response_token": signature_of(known, token.encode())}
    return Challenge(json.dumps(answer).encode(), "application/json")


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of the secrets signed these bytes."""
    given = raw.headers.get(HEADER, "")
    signed.check(given, secrets.signing, lambda secret: signature_of(secret, raw.body))

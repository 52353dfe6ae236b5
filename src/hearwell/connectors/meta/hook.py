r"""Meta's webhooks: the handshake, the signature, the envelope. Pure.

The signature is the hex HMAC-SHA256, under the app's secret, of the bytes as they came. Meta
writes ``ä`` as ``\u00e4``, ``/`` as ``\/``, ``<`` as ``\u003C`` and ``@`` as ``\u0040``; whoever
reads the JSON and writes it again signs something else.
"""

from __future__ import annotations

import json

from hearwell.connect import signed
from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, object_in, text_in
from hearwell.connect.model import Challenge, IngressSecrets, Raw

HEADER, ALGORITHM = "x-hub-signature-256", "sha256="


def signature_of(secret: str, body: bytes) -> str:
    """The header's value for this body."""
    return ALGORITHM + signed.mac(secret, body).hex()


def verify(raw: Raw, secrets: IngressSecrets) -> None:
    """Raise ``BadSignature`` unless one of the app's secrets made this signature."""
    given = raw.headers.get(HEADER, "")
    signed.check(given, secrets.signing, lambda secret: signature_of(secret, raw.body))


def challenge(raw: Raw, secrets: IngressSecrets) -> Challenge | None:
    """Echo ``hub.challenge`` if ``hub.verify_token`` is ours; None if ``raw`` is no handshake."""
    query = signed.query_in(raw)
    asked = query.get("hub.challenge")
    if raw.method != "GET" or not asked or query.get("hub.mode") != ["subscribe"]:
        return None
    given = query.get("hub.verify_token", [""])[0]
    signed.check(given, [secrets.challenge], str)
    return Challenge(asked[0].encode("utf-8", "replace"))


def entries_of(raw: Raw, kind: str) -> list[Fields]:
    """The entries of a delivery about ``kind`` (``page``, ``instagram``, …), each with an ``id``.

    Raises ``ContractChanged`` for anything else.
    """
    body = object_in(json_of(raw.body), "a delivery")
    if text_in(body, "object") != kind:
        message = f"This delivery is about {str(body.get('object'))[:40]!r}, not {kind}."
        raise ContractChanged(message)
    found = body.get("entry")
    if not isinstance(found, list):
        message = "A delivery came without its list of entries."
        raise ContractChanged(message)
    entries = [object_in(one, "an entry") for one in found]
    for entry in entries:
        id_in(entry, "id")
    return entries


def accounts_in(raw: Raw, kind: str) -> list[str]:
    """The accounts that a delivery concerns: one app has many. Raises ``ContractChanged``."""
    return list(dict.fromkeys(id_in(entry, "id") for entry in entries_of(raw, kind)))


def json_of(body: bytes) -> object:
    """What the bytes say. Raises ``ContractChanged``."""
    try:
        found: object = json.loads(body)
    # RecursionError: a few thousand nested brackets are valid JSON and a cheap attack.
    except (ValueError, RecursionError) as error:
        message = f"Meta sent something that is not JSON: {type(error).__name__}"
        raise ContractChanged(message) from error
    return found


def id_in(fields: Fields, name: str) -> str:
    """An id: a text, or (in test deliveries) a number. Raises ``ContractChanged``."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value:
        return value
    message = f"Meta sent no {name}"
    raise ContractChanged(message)

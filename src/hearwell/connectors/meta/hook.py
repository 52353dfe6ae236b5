r"""Meta's webhooks: the handshake, the signature, the envelope. Pure.

The signature is the hex HMAC-SHA256, under the app's secret, of the bytes as they came. Meta
writes ``ä`` as ``\u00e4``, ``/`` as ``\/``, ``<`` as ``\u003C`` and ``@`` as ``\u0040``; whoever
reads the JSON and writes it again signs something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from hearwell.connect import signed
from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, json_of, object_in, text_in
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
    body = object_in(json_of(raw.body, "Meta"), "a delivery")
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


def listed(entry: Fields, name: str) -> Iterator[Fields]:
    """The objects of a list, none where there is none. Raises ``ContractChanged``."""
    found = entry.get(name)
    for one in found if isinstance(found, list) else ():
        yield object_in(one, f"one of its {name}")


def id_in(fields: Fields, name: str) -> str:
    """An id: a text, or (in test deliveries) a number. Raises ``ContractChanged``."""
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value:
        return value
    message = f"Meta sent no {name}"
    raise ContractChanged(message)

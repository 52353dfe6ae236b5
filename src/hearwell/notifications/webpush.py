"""Web push: a message that only one browser can read (RFC 8291), from a server it knows (RFC 8292).

Some sixty lines over `cryptography`; why no library: docs/explanation/dependencies.md.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hearwell.kit.keyfiles import PUSH_PRIVATE_FILE, PUSH_PUBLIC_FILE
from hearwell.notifications.rules import BadDeviceError, packed

CURVE: Final = ec.SECP256R1()
SALT_BYTES, RECORD_BYTES, NUMBER_BYTES = 16, 4096, 32
# Every message is as long as any other, so that its length tells nobody anything. Push services
# take 4096 bytes in all.
PADDED_TO: Final = 2048
LASTS: Final = timedelta(hours=12)
_HEADER: Final = packed(b'{"typ":"JWT","alg":"ES256"}')


class TooLongError(ValueError):
    """A message has no room in a push."""


def encrypt(
    message: bytes,
    to: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    private: ec.EllipticCurvePrivateKey | None = None,
    padded_to: int = PADDED_TO,
) -> bytes:
    """Return the body of a push: ``aes128gcm`` for the holder of the key `to`.

    Parameters
    ----------
    to: the browser's public key, 65 bytes. Raises BadDeviceError if it is no point of the curve.
    auth: the browser's secret, 16 bytes.
    salt, private: made anew for each message; given only to check against the standard's example.
    """
    if len(message) >= padded_to:
        raise TooLongError
    salt, private = salt or os.urandom(SALT_BYTES), private or ec.generate_private_key(CURVE)
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, to)
    except ValueError as error:
        message_ = "not a key of that curve"
        raise BadDeviceError(message_) from error
    ours = point_of(private)
    shared = private.exchange(ec.ECDH(), theirs)
    key_info = b"WebPush: info\0" + to + ours
    secret = _derive(shared, auth, key_info, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    # 2 says that this is the last record; what follows it is padding.
    record = (message + b"\x02").ljust(padded_to, b"\0")
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, record, None)


def _derive(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=size, salt=salt, info=info).derive(secret)


def point_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half of a key, 65 bytes."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Sender:
    """Us, as push services know us: the key of this installation, which signs every push."""

    def __init__(self, private: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._private, self._contact = private, contact

    @classmethod
    def load(cls, folder: Path, contact: str) -> Sender:
        """Read the key that `kit.keyfiles.make_keys` wrote into `folder`."""
        number = int.from_bytes((folder / PUSH_PRIVATE_FILE).read_bytes(), "big")
        return cls(ec.derive_private_key(number, CURVE), contact)

    def authorization(self, origin: str, at: datetime) -> str:
        """Return the header that says who sends: signed for one push service, for twelve hours."""
        claims = {"aud": origin, "exp": int((at + LASTS).timestamp()), "sub": self._contact}
        head = f"{_HEADER}.{packed(json.dumps(claims, separators=(',', ':')).encode())}"
        signature = decode_dss_signature(self._private.sign(head.encode(), ec.ECDSA(SHA256())))
        token = f"{head}.{packed(b''.join(n.to_bytes(NUMBER_BYTES, 'big') for n in signature))}"
        return f"vapid t={token}, k={packed(point_of(self._private))}"


def public_key(folder: Path) -> str:
    """Return our public key, as browsers want it when they subscribe."""
    return packed((folder / PUSH_PUBLIC_FILE).read_bytes())

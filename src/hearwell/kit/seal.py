"""Two keyrings, so that the process that faces the network cannot speak in a brand's name.

*Ingress* holds webhook and chat secrets: web seals and opens them (AES-256-GCM).
*Egress* holds the networks' tokens: anyone may seal (HPKE, RFC 9180, public key), only the sender
and the listener, which own the private key, may open. Both bind the ciphertext to its place
(``aad``: workspace, owner row, column), so that moving a sealed value to another row makes it
unreadable.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_NONCE_BYTES, _NUMBER_BYTES = 12, 32
PUSH_PRIVATE_FILE, PUSH_PUBLIC_FILE = "push.private", "push.public"
TOMBSTONE_FILE = "tombstone.key"
_OWNER_ONLY, _HASH_KEY_BYTES = 0o600, 32
_suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
INGRESS_FILE, EGRESS_PUBLIC_FILE, EGRESS_PRIVATE_FILE = (
    "ingress.key",
    "egress.public",
    "egress.private",
)


class UnsealError(Exception):
    """The sealed bytes do not belong here, were altered, or were made with another key."""


class KeyMissingError(Exception):
    """The process does not hold the key that the act needs."""


class IngressKeyring:
    """Symmetric keyring for secrets that the gateway itself must read."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def load(cls, folder: Path) -> IngressKeyring:
        """Read the key that `make_keys` wrote into `folder`."""
        return cls((folder / INGRESS_FILE).read_bytes())

    def seal(self, secret: bytes, aad: bytes) -> bytes:
        """Return nonce and ciphertext, bound to `aad`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Return the secret. Raises UnsealError if it was sealed for another place or key."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)
        except (InvalidTag, ValueError) as error:
            raise UnsealError from error


class EgressKeyring:
    """Public-key keyring: everyone seals, only the holder of the private key opens."""

    def __init__(self, public: X25519PublicKey, private: X25519PrivateKey | None = None) -> None:
        self._public, self._private = public, private

    @classmethod
    def load(cls, folder: Path, *, can_open: bool) -> EgressKeyring:
        """Read the public key, and the private one too where this process may open secrets."""
        public = X25519PublicKey.from_public_bytes((folder / EGRESS_PUBLIC_FILE).read_bytes())
        if not can_open:
            return cls(public)
        private = (folder / EGRESS_PRIVATE_FILE).read_bytes()
        return cls(public, X25519PrivateKey.from_private_bytes(private))

    def seal(self, secret: bytes, aad: bytes) -> bytes:
        """Return the sealed secret, bound to `aad`."""
        return _suite.encrypt(secret, self._public, aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Return the secret. Raises KeyMissingError, or UnsealError if it is not ours."""
        if self._private is None:
            message = "this process can seal network tokens but not open them"
            raise KeyMissingError(message)
        try:
            return _suite.decrypt(sealed, self._private, aad)
        except (InvalidTag, ValueError) as error:
            raise UnsealError from error


def _write_once(path: Path, content: bytes) -> None:
    if path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def make_keys(folder: Path) -> None:
    """Make the keys that do not exist yet; existing ones are never replaced.

    Of several processes that do it at once, one makes them and the others wait for it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(folder):
        _write_once(folder / INGRESS_FILE, AESGCM.generate_key(256))
        _write_once(folder / TOMBSTONE_FILE, os.urandom(_HASH_KEY_BYTES))
        if not (folder / EGRESS_PRIVATE_FILE).exists():
            private = X25519PrivateKey.generate()
            _write_once(folder / EGRESS_PRIVATE_FILE, private.private_bytes_raw())
            _write_once(folder / EGRESS_PUBLIC_FILE, private.public_key().public_bytes_raw())
        if not (folder / PUSH_PRIVATE_FILE).exists():
            _make_push_key(folder)


def _make_push_key(folder: Path) -> None:
    """Make the key by which push services know this installation (VAPID, RFC 8292)."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    _write_once(folder / PUSH_PUBLIC_FILE, point)
    number = key.private_numbers().private_value
    _write_once(folder / PUSH_PRIVATE_FILE, number.to_bytes(_NUMBER_BYTES, "big"))


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

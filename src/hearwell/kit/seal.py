"""Two keyrings, so that the process that faces the network cannot speak in a brand's name.

*Ingress* holds webhook and chat secrets: web seals and opens them (AES-256-GCM).
*Egress* holds the networks' tokens: anyone may seal (HPKE, RFC 9180, public key), only the sender
and the listener, which own the private key, may open. Both bind the ciphertext to its place
(``aad``: workspace, owner row, column), so that moving a sealed value to another row makes it
unreadable.

The newest key seals; older ones, and the one that comes next, open too (`kit.keyfiles`).
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from hearwell.kit.keyfiles import (
    EGRESS_PRIVATE_FILE,
    EGRESS_PUBLIC_FILE,
    INGRESS_FILE,
    kind_of,
    make_keys,
)

__all__ = [
    "EgressKeyring",
    "IngressKeyring",
    "KeyMissingError",
    "Keyring",
    "UnsealError",
    "make_keys",
]
_NONCE_BYTES = 12
_suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class UnsealError(Exception):
    """The sealed bytes do not belong here, were altered, or were made with another key."""


class KeyMissingError(Exception):
    """The process does not hold the key that the act needs."""


class Keyring(ABC):
    """Keys of one kind."""

    @abstractmethod
    def seal(self, secret: bytes, aad: bytes) -> bytes:
        """Return the sealed secret, bound to `aad`."""

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Return the secret.

        Raises UnsealError if it was sealed for another place or with a key that is not ours,
        KeyMissingError where this process may not open.
        """
        for index in range(self._count()):
            try:
                return self._opened(index, sealed, aad)
            except (InvalidTag, ValueError):
                continue
        raise UnsealError

    def renewed(self, sealed: bytes, aad: bytes) -> bytes:
        """Return the same bytes if the newest key has sealed them, else the secret sealed anew.

        Raises as `open`.
        """
        self._count()
        try:
            self._opened(0, sealed, aad)
        except (InvalidTag, ValueError):
            return self.seal(self.open(sealed, aad), aad)
        return sealed

    @abstractmethod
    def _count(self) -> int:
        """Return how many keys there are to try; the newest in use is number 0."""

    @abstractmethod
    def _opened(self, index: int, sealed: bytes, aad: bytes) -> bytes:
        """Open with one key. Raises InvalidTag, ValueError."""


class IngressKeyring(Keyring):
    """Symmetric keyring for secrets that the gateway itself must read."""

    def __init__(self, *keys: bytes) -> None:
        self._ciphers = [AESGCM(key) for key in keys]

    @classmethod
    def load(cls, folder: Path) -> IngressKeyring:
        """Read the keys that `make_keys` wrote into `folder`."""
        return cls(*(path.read_bytes() for path in _to_try(folder, INGRESS_FILE)))

    def seal(self, secret: bytes, aad: bytes) -> bytes:
        """Return nonce and ciphertext, bound to `aad`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, secret, aad)

    def _count(self) -> int:
        return len(self._ciphers)

    def _opened(self, index: int, sealed: bytes, aad: bytes) -> bytes:
        return self._ciphers[index].decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)


class EgressKeyring(Keyring):
    """Public-key keyring: everyone seals, only the holder of the private keys opens."""

    def __init__(self, public: X25519PublicKey, *privates: X25519PrivateKey) -> None:
        self._public, self._privates = public, privates

    @classmethod
    def load(cls, folder: Path, *, can_open: bool) -> EgressKeyring:
        """Read the public key, and the private ones too where this process may open secrets."""
        newest = _to_try(folder, EGRESS_PUBLIC_FILE)[0]
        public = X25519PublicKey.from_public_bytes(newest.read_bytes())
        privates = _to_try(folder, EGRESS_PRIVATE_FILE) if can_open else ()
        return cls(
            public, *(X25519PrivateKey.from_private_bytes(path.read_bytes()) for path in privates)
        )

    def seal(self, secret: bytes, aad: bytes) -> bytes:
        """Return the sealed secret, bound to `aad`."""
        return _suite.encrypt(secret, self._public, aad)

    def _count(self) -> int:
        if not self._privates:
            message = "this process can seal network tokens but not open them"
            raise KeyMissingError(message)
        return len(self._privates)

    def _opened(self, index: int, sealed: bytes, aad: bytes) -> bytes:
        return _suite.decrypt(sealed, self._privates[index], aad)


def _to_try(folder: Path, name: str) -> Sequence[Path]:
    """Return the files of a kind: the newest in use first, which seals."""
    in_use, coming = kind_of(folder, name)
    if not in_use:
        raise FileNotFoundError(folder / name)
    return [*reversed(in_use), *coming]

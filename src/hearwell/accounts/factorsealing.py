"""Second factors at rest: allauth keeps seeds of codes in the clear unless it is told otherwise.

Sealed with the ingress key, for it is the web process that asks for a code. What is not marked as
sealed is from before, and is read as it is.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from hearwell.kit.keyrings import ingress
from hearwell.kit.resealing import Renew, SealedColumn

PLACE: Final = b"mfa_authenticator:data"
_MARK: Final = "sealed:"
# Of an authenticator's data: the seed of its codes, that of recovery codes, codes from elsewhere.
_SECRET: Final = ("secret", "seed", "migrated_codes")


def sealed_text(text: str) -> str:
    """Return a seed as it is stored."""
    return _MARK + b64encode(ingress().seal(text.encode(), PLACE)).decode()


def opened_text(stored: str) -> str:
    """Return the seed. Raises kit.seal.UnsealError."""
    if not stored.startswith(_MARK):
        return stored
    return ingress().open(b64decode(stored.removeprefix(_MARK)), PLACE).decode()


def each_secret(data: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return an authenticator's data with each of its secrets changed."""
    return {
        name: _changed(value, change) if name in _SECRET else value for name, value in data.items()
    }


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    return [change(one) for one in value] if isinstance(value, list) else change(value)


def _renewed(data: Mapping[str, Any], renew: Renew) -> dict[str, Any]:
    def change(stored: str) -> str:
        if not stored.startswith(_MARK):
            return sealed_text(stored)
        return _MARK + b64encode(renew(b64decode(stored.removeprefix(_MARK)))).decode()

    return each_secret(data, change)


SEALED: Final = (SealedColumn(Authenticator, "data", ingress, lambda _row: PLACE, _renewed),)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Seals what allauth stores."""

    def encrypt(self, text: str) -> str:
        """Seal."""
        return sealed_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open. Raises kit.seal.UnsealError."""
        return opened_text(encrypted_text)


class SessionStore(DatabaseSessions):
    """Sessions in the database, with the seed of somebody who is just setting codes up sealed."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Write, the seed sealed."""
        return super().encode(self._with_seed(session_dict, sealed_text))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Read, the seed opened."""
        return self._with_seed(super().decode(session_data), opened_text)

    @staticmethod
    def _with_seed(held: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
        seed = held.get(SECRET_SESSION_KEY)
        return {**held, SECRET_SESSION_KEY: change(seed)} if seed else held

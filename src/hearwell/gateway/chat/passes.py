"""Who a visitor is: our own signed session, or an identity that the site's server has signed.

A session names a visitor of one site and nothing else. What the site says of somebody is read
from its token alone: nothing that a page sends beside it can take its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from hearwell.gateway.chat.refusals import Refusal
from hearwell.gateway.chat.sites import Site
from hearwell.kit.clock import now
from hearwell.kit.tokens import TokenRefusedError, claims_of, signed
from hearwell.webchat.services import Identity

SESSION_LASTS: Final = timedelta(days=90)
LONGEST_NAME: Final = 200
EMAIL: Final = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}")
_UNAUTHORIZED: Final = 401


@dataclass(frozen=True, slots=True)
class Proof:
    """An identity that the site has signed, and until when it is good (epoch seconds)."""

    identity: Identity
    until: float


def session_for(site: Site, visitor_id: UUID, until: float | None = None) -> tuple[str, int]:
    """Return a visitor's token and when it ends: never later than the site's own word."""
    latest = (now() + SESSION_LASTS).timestamp()
    ends = int(min(latest, until) if until is not None else latest)
    claims = {"sub": str(visitor_id), "site": site.name, "exp": ends}
    return signed(claims, site.session_keys[0]), ends


def visitor_in(site: Site, token: str) -> UUID:
    """Return whose session a token is. Raises Refusal (401) if it is none, or is over."""
    claims = _claims(token, site.session_keys)
    try:
        if claims.get("site") == site.name:
            return UUID(str(claims.get("sub")))
    except ValueError:
        pass
    raise Refusal(_UNAUTHORIZED, "bad_token", "This session is not one of ours.")


def proof_in(site: Site, token: str) -> Proof:
    """Return who the site says somebody is. Raises Refusal (401) unless it has signed that."""
    claims = _claims(token, site.secrets)
    subject = claims.get("sub")
    if isinstance(subject, int) and not isinstance(subject, bool):
        subject = str(subject)
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_NAME:
        raise Refusal(_UNAUTHORIZED, "bad_identity", "The identity names nobody (sub).")
    email = _text(claims, "email")
    identity = Identity(subject, _text(claims, "name"), email if EMAIL.fullmatch(email) else "")
    return Proof(identity, float(claims["exp"]))


def _claims(token: str, secrets: tuple[str, ...]) -> dict[str, Any]:
    try:
        return claims_of(token, secrets, now())
    except TokenRefusedError as refused:
        if refused.is_expired:
            words = "This session is over. Please start again."
            raise Refusal(_UNAUTHORIZED, "expired_token", words) from refused
        words = "This session is not one of ours."
        raise Refusal(_UNAUTHORIZED, "bad_token", words) from refused


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip()[:LONGEST_NAME] if isinstance(value, str) else ""

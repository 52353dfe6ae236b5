"""What is asked of a provider: its description, a token for a code, its keys. No database.

All of it goes through the guarded client: an address that leads inside is not called unless the
operator lists it, nothing is followed, answers are short and calls brief.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from urllib.parse import quote_plus, urlencode

import httpx
import orjson
from django.conf import settings

from hearwell.accounts.oidc.rules import Expected, Refusal, SignInRefusedError, claims_in
from hearwell.kit import http
from hearwell.kit.clock import now
from hearwell.kit.ourselves import own_origins
from hearwell.kit.outside import wrong_with
from hearwell.kit.tokens import TokenRefusedError

TIMEOUT_S: Final = 8.0
LASTS_S: Final = 20.0
MAX_BYTES: Final = 512 * 1024
SCOPE: Final = "openid email profile"
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_LONGEST_CODE: Final = 4096


@dataclass(frozen=True, slots=True)
class Client:
    """Us, as a provider knows us."""

    issuer: str
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Description:
    """What a provider publishes about itself; every address is one that may be called."""

    issuer: str
    authorize: str
    token: str
    keys: str
    userinfo: str
    takes_secret_in_body: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send somebody, and what to keep until they are back."""

    url: str
    state: str
    nonce: str
    verifier: str


def described(issuer: str) -> Description:
    """Ask a provider what it is. Raises SignInRefusedError."""
    said = _asked("GET", issuer.rstrip("/") + _WELL_KNOWN)
    # Else one provider could speak for another.
    if said.get("issuer") != issuer:
        _refuse("it calls itself by another name")
    methods = said.get("token_endpoint_auth_methods_supported")
    return Description(
        issuer=issuer,
        authorize=_callable(said, "authorization_endpoint"),
        token=_callable(said, "token_endpoint"),
        keys=_callable(said, "jwks_uri"),
        userinfo=_callable(said, "userinfo_endpoint") if "userinfo_endpoint" in said else "",
        takes_secret_in_body=isinstance(methods, list) and "client_secret_basic" not in methods,
    )


def departure(client: Client, description: Description, return_url: str) -> Departure:
    """Return where a person signs in, with a state, a nonce and a verifier of their own."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": return_url,
        "scope": SCOPE,
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    sign = "&" if "?" in description.authorize else "?"
    return Departure(f"{description.authorize}{sign}{urlencode(query)}", state, nonce, verifier)


def claims_for(
    client: Client, code: str, *, return_url: str, nonce: str, verifier: str
) -> dict[str, Any]:
    """Return what the provider claims about whom it gave this code. Raises SignInRefusedError."""
    if not code or len(code) > _LONGEST_CODE:
        _refuse("no code")
    description = described(client.issuer)
    tokens = _exchanged(client, description, code, return_url, verifier)
    keys = _asked("GET", description.keys).get("keys")
    expected = Expected(client.issuer, client.client_id, nonce)
    try:
        claims = claims_in(
            str(tokens.get("id_token", "")), keys if isinstance(keys, list) else [], expected, now()
        )
    except TokenRefusedError as error:
        _refuse(str(error), error)
    if "email" in claims or not description.userinfo:
        return claims
    return {**claims, **_more(description, tokens, claims)}


def _exchanged(
    client: Client, description: Description, code: str, return_url: str, verifier: str
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_url,
        "code_verifier": verifier,
    }
    headers = {}
    if description.takes_secret_in_body:
        form |= {"client_id": client.client_id, "client_secret": client.secret}
    else:
        # RFC 6749, 2.3.1: encoded as in a form first.
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return _asked("POST", description.token, form, headers)


def _more(
    description: Description, tokens: Mapping[str, Any], claims: Mapping[str, Any]
) -> dict[str, Any]:
    """Ask for the address where the token has none; it must be about the same person."""
    headers = {"authorization": f"Bearer {tokens.get('access_token', '')}"}
    said = _asked("GET", description.userinfo, headers=headers)
    if said.get("sub") != claims["sub"]:
        _refuse("it speaks of somebody else")
    return {name: said[name] for name in ("email", "email_verified") if name in said}


def _callable(said: Mapping[str, Any], name: str) -> str:
    url = said.get(name)
    if not isinstance(url, str) or wrong_with(url, settings.HEARWELL_EGRESS_ALLOW, own_origins()):
        _refuse(f"{name} is no address that may be called")
    return url


def _asked(
    method: str,
    url: str,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    if wrong_with(url, settings.HEARWELL_EGRESS_ALLOW, own_origins()):
        raise SignInRefusedError(Refusal.UNREACHABLE, "this address may not be called")
    origins = [one for one in settings.HEARWELL_EGRESS_ALLOW if one not in set(own_origins())]
    try:
        with http.client(
            None, origins=origins, timeout_s=TIMEOUT_S, max_bytes=MAX_BYTES, lasts_s=LASTS_S
        ) as client:
            answer = client.request(
                method, url, data=form, headers={"accept": "application/json", **(headers or {})}
            )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise SignInRefusedError(Refusal.UNREACHABLE, type(error).__name__) from error
    return _object(answer)


def _object(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != httpx.codes.OK:
        _refuse(f"it answered {answer.status_code}")
    try:
        said = orjson.loads(answer.content)
    except ValueError as error:
        _refuse("no JSON", error)
    if not isinstance(said, dict):
        _refuse("no object")
    return said


def _refuse(message: str, cause: Exception | None = None) -> NoReturn:
    raise SignInRefusedError(Refusal.BAD_ANSWER, message) from cause

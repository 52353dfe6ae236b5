"""To be let in by OAuth 2: the page of consent, the code that comes back, tokens, their renewal.

RFC 6749 (4.1, 5, 6) with PKCE (RFC 7636), as all networks do it. What one does in its own way is
said by its ``Consent``, its ``App`` and its ``Door``. The state is the house's: it makes it, and
compares it when the person is back.
"""

from __future__ import annotations

import base64
import hashlib
import secrets as random_secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import object_or_none, soonest
from hearwell.connect.connecting import Departure, FieldRefused
from hearwell.connect.fields import Fields, nonempty_in, text_or_none
from hearwell.kit import clock

if TYPE_CHECKING:
    from datetime import datetime

CLIENT_ID, CLIENT_SECRET, VERIFIER = "client_id", "client_secret", "verifier"
ACCESS, REFRESH = "access", "refresh"
# RFC 6749, 5.2: what only another client or secret mends; a 401 says nothing else.
WRONG_APP: Final = frozenset({"invalid_client", "unauthorized_client", "401"})
# Among codes that a ``Door`` knows: whichever comes.
ANY: Final = "*"
_LONGEST_CODE: Final = 60
_VERIFIER_BYTES: Final = 48
# Who says that a token lasts longer than ten years has said nothing.
_MOST_S: Final = int(timedelta(days=3650).total_seconds())


# --- consent -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Consent:
    """A page of consent and what is asked for there. ``scope`` is written as the network wants."""

    page: str
    client_id: str
    scope: str
    more: Mapping[str, str] = field(default_factory=dict)

    def url(self, return_url: str, state: str, **more: str) -> str:
        """The page's address, for this way back."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": return_url,
            "scope": self.scope,
            "state": state,
        }
        return f"{self.page}?{urlencode({**query, **self.more, **more})}"

    def departure(self, return_url: str, state: str, keep: Mapping[str, str]) -> Departure:
        """Send the person there; a verifier of PKCE is kept beside ``keep``."""
        verifier = random_secrets.token_urlsafe(_VERIFIER_BYTES)
        digest = hashlib.sha256(verifier.encode()).digest()
        url = self.url(
            return_url,
            state,
            code_challenge=base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            code_challenge_method="S256",
        )
        return Departure(url, {**keep, VERIFIER: verifier})


def code_in(query: Mapping[str, str], message: str) -> str:
    """The code that came back. Raises ``NeedsReauth`` with ``message`` where none did."""
    code = query.get("code", "")
    if not code:
        raise failures.NeedsReauth(message, network_code=query.get("error", "")[:_LONGEST_CODE])
    return code


def scopes_in(token: Fields, asked: str) -> frozenset[str]:
    """The rights really given, by commas or spaces; what was asked where it does not say."""
    return frozenset((text_or_none(token, "scope") or asked).replace(",", " ").split())


# --- tokens --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class App:
    """The admin's own client, and how it says who it is: in the form, in a header, or in both."""

    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    pair: tuple[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def app_in_form(kept: Mapping[str, str]) -> App:
    """An app that says its id and its secret in the form."""
    return App({name: kept.get(name, "") for name in (CLIENT_ID, CLIENT_SECRET)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where a network gives tokens, and how it says no.

    ``dead`` are the codes and statuses that only a new consent mends, ``wrong_app`` those that
    only another client or secret does; ``refused`` and ``unknown_app`` say so to the person.
    Anything else is ``unclear``. ``wait`` tells when to come again after a 429.
    """

    url: str
    dead: frozenset[str]
    wrong_app: frozenset[str] = WRONG_APP
    refused: str = ""
    unknown_app: str = ""
    unclear: type[failures.Failure] = failures.Unavailable
    wait: Callable[[httpx.Response], datetime] = soonest

    def refusal(self, code: str, status: int) -> failures.Failure:
        """What an answer without a token means."""
        named = code or str(status)
        for one in filter(None, (code, str(status))):
            if one in self.dead:
                return failures.NeedsReauth(self.refused, network_code=named)
            if one in self.wrong_app:
                return FieldRefused(CLIENT_SECRET, self.unknown_app, network_code=named)
        if code and ANY in self.dead:
            return failures.NeedsReauth(self.refused, network_code=named)
        return self.unclear(network_code=f"{status} {code}".strip())


def traded(
    client: httpx.Client, door: Door, app: App, code: str, return_url: str, verifier: str = ""
) -> Fields:
    """The token for a code. Raises as ``Authorizes.finish``."""
    proof = {"code_verifier": verifier} if verifier else {}
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": return_url}
    return _token(client, door, app, form | proof)


def renewed(
    client: httpx.Client, door: Door, app: App, secrets: Mapping[str, str], ended: str = ""
) -> Fields:
    """A new token for the refresh token in ``secrets``. Raises as ``Refreshes.refresh``.

    ``ended`` says what it means that there is none.
    """
    refresh = secrets.get(REFRESH, "")
    if not refresh:
        raise failures.NeedsReauth(ended, network_code="no_refresh_token")
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    try:
        return _token(client, door, app, form)
    except FieldRefused as error:
        # No form is open now: somebody has to connect the account again.
        raise failures.NeedsReauth(error.message, network_code=error.network_code) from error


def kept(token: Fields, **more: str) -> dict[str, str]:
    """What of a token is kept beside older secrets: what is empty is none and replaces nothing."""
    refresh = text_or_none(token, "refresh_token") or ""
    found = {ACCESS: nonempty_in(token, "access_token"), REFRESH: refresh, **more}
    return {name: value for name, value in found.items() if value}


def ends(token: Fields, name: str = "expires_in") -> datetime | None:
    """When a token ends, as ``name`` says in seconds; None where it does not say."""
    told = token.get(name)
    is_told = isinstance(told, int) and not isinstance(told, bool) and 0 < told < _MOST_S
    return clock.now() + timedelta(seconds=told) if is_told else None  # type: ignore[arg-type]


def told(moment: datetime | None) -> str:
    """A moment as it is kept; empty for none."""
    return moment.isoformat() if moment else ""


def _token(client: httpx.Client, door: Door, app: App, form: Mapping[str, str]) -> Fields:
    whole = {**form, **app.form}
    auth = httpx.BasicAuth(*app.pair) if app.pair else httpx.Auth()
    try:
        response = client.post(door.url, data=whole, headers=dict(app.headers), auth=auth)
    except httpx.TransportError as error:
        # Not "from": the request in it holds the secrets.
        raise failures.Unavailable(network_code=type(error).__name__) from None
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise failures.Unavailable(network_code=str(response.status_code))
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise failures.Throttled(door.wait(response), "app", network_code="429")
    body = object_or_none(response) or {}
    if response.is_success and text_or_none(body, "access_token"):
        return body
    raise door.refusal(str(body.get("error") or "")[:_LONGEST_CODE], response.status_code)

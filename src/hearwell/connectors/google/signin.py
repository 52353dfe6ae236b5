"""To be let in: consent on Google's page, with an app that is the admin's own.

Google grants access and quota to a project, so every organisation brings its own client. A new
access token is asked for with the refresh token, which lasts until it is taken away (or for a
week, while the project's consent page is still in testing).
"""

from __future__ import annotations

import base64
import hashlib
import secrets as random_secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import httpx

from hearwell.connect import failures
from hearwell.connect.connecting import Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.fields import Fields, nonempty_in, text_or_none
from hearwell.connect.model import Account
from hearwell.connectors.google.wire import body_of
from hearwell.kit import clock
from hearwell.kit.http import retry_after_s

CONSENT: Final = "https://accounts.google.com"
TOKENS: Final = "https://oauth2.googleapis.com"
HOSTS = frozenset({"accounts.google.com", "oauth2.googleapis.com"})
CLIENT_ID, CLIENT_SECRET, VERIFIER = "client_id", "client_secret", "verifier"
ACCESS, REFRESH, UNTIL = "access", "refresh", "access_until"
_CONSOLE = "https://console.cloud.google.com/apis/credentials"
STEPS = (
    Step("In Google Cloud, create a project and an OAuth client of type Web application.",
         _CONSOLE),
    Step("Add this to the client's authorised redirect URIs:", shows_return=True),
    Step("Set the consent screen to In production: in testing, Google ends the sign-in each week."),
)  # fmt: skip
FIELDS = (
    Field(
        name=CLIENT_ID,
        label="Client ID",
        hint="In Google Cloud, under APIs and services, Credentials.",
        example="1234567890-abc.apps.googleusercontent.com",
    ),
    Field(
        name=CLIENT_SECRET,
        label="Client secret",
        kind=FieldKind.SECRET,
        hint="Shown once, when the client is created.",
    ),
)
_WRONG_APP = "Google does not know this client ID with this secret."
_DENIED = "Consent was not given. Please begin again and allow what is asked for."
_NO_REFRESH = (
    "Google gave no lasting sign-in. Remove Hearwell from the Google account's connected apps,"
    " then connect again."
)
_DEAD = "Google has ended this sign-in. Please reconnect the account."
_WRONG = frozenset({"invalid_client", "unauthorized_client", "deleted_client"})


@dataclass(frozen=True, slots=True)
class Places:
    """Where the page of consent and the tokens are."""

    consent: str = CONSENT
    tokens: str = TOKENS


@dataclass(frozen=True, slots=True)
class Tokens:
    """What consent brought: secrets to be kept, and the rights that were really given."""

    secrets: Mapping[str, str] = field(repr=False)
    scopes: frozenset[str]


def begin(
    places: Places,
    given: Mapping[str, str],
    return_url: str,
    state: str,
    *,
    scopes: Sequence[str],
    fields: Sequence[Field] = FIELDS,
) -> Departure:
    """Name Google's page of consent; nothing is registered beforehand."""
    verifier = random_secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": given[CLIENT_ID],
        "redirect_uri": return_url,
        "scope": " ".join(scopes),
        "state": state,
        # Only consent that is asked for anew, offline, brings a refresh token.
        "access_type": "offline",
        "prompt": "consent",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    keep = {one.name: given.get(one.name, "") for one in fields} | {VERIFIER: verifier}
    return Departure(f"{places.consent}/o/oauth2/v2/auth?{urlencode(query)}", keep)


def finish(
    client: httpx.Client,
    places: Places,
    keep: Mapping[str, str],
    query: Mapping[str, str],
    return_url: str,
) -> Tokens:
    """Trade the code for tokens. Raises as ``Authorizes.finish``."""
    if not query.get("code"):
        raise failures.NeedsReauth(_DENIED, network_code=query.get("error", "")[:60])
    ours = {name: keep.get(name, "") for name in (CLIENT_ID, CLIENT_SECRET)}
    token = _asked(client, places, {
        "grant_type": "authorization_code",
        "code": query["code"],
        "redirect_uri": return_url,
        "code_verifier": keep.get(VERIFIER, ""),
        **ours,
    })  # fmt: skip
    if not text_or_none(token, "refresh_token"):
        raise failures.NeedsReauth(_NO_REFRESH, network_code="no_refresh_token")
    return Tokens({**ours, **_kept(token)}, frozenset((text_or_none(token, "scope") or "").split()))


def renewed(client: httpx.Client, places: Places, account: Account) -> dict[str, str]:
    """The complete secrets with a new access token. Raises as ``Refreshes.refresh``."""
    secrets = dict(account.secrets)
    if not secrets.get(REFRESH):
        raise failures.NeedsReauth(_DEAD, network_code="no_refresh_token")
    token = _asked(client, places, {
        "grant_type": "refresh_token",
        "refresh_token": secrets[REFRESH],
        CLIENT_ID: secrets.get(CLIENT_ID, ""),
        CLIENT_SECRET: secrets.get(CLIENT_SECRET, ""),
    })  # fmt: skip
    return secrets | _kept(token)


def _kept(token: Fields) -> dict[str, str]:
    """What of a token is kept; the refresh token only where a new one came."""
    lasts = token.get("expires_in")
    until = ""
    if isinstance(lasts, int) and 0 < lasts < timedelta(days=365).total_seconds():
        until = (clock.now() + timedelta(seconds=lasts)).isoformat()
    refresh = text_or_none(token, "refresh_token")
    kept = {ACCESS: nonempty_in(token, "access_token"), UNTIL: until}
    return kept | ({REFRESH: refresh} if refresh else {})


def _asked(client: httpx.Client, places: Places, form: Mapping[str, str]) -> Fields:
    try:
        response = client.post(f"{places.tokens}/token", data=dict(form))
    except httpx.TransportError as error:
        # Not "from": the request in it holds the secret.
        raise failures.Unavailable(network_code=type(error).__name__) from None
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise failures.Unavailable(network_code=str(response.status_code))
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        wait = timedelta(seconds=retry_after_s(response) or 60)
        raise failures.Throttled(clock.now() + wait, "app", network_code="429")
    body = body_of(response)
    if response.is_success and text_or_none(body, "access_token"):
        return body
    raise _refusal(str(body.get("error", ""))[:60], response.status_code)


def _refusal(code: str, status: int) -> failures.Failure:
    if code in _WRONG:
        return FieldRefused(CLIENT_SECRET, _WRONG_APP, network_code=code)
    if code == "invalid_grant" or status == httpx.codes.UNAUTHORIZED:
        return failures.NeedsReauth(_DEAD, network_code=code or str(status))
    return failures.Unavailable(network_code=f"{status} {code}".strip())

"""To be let in: consent on X's page (OAuth 2 with PKCE), tokens, and their renewal.

The app is the admin's own: X sells its API by the app. An access token lasts two hours. A refresh
token is good **once**; used again, X may end all of the sign-in. So whoever calls ``renewed`` holds
the lock of the account's row and keeps what it returns before using it.
"""

from __future__ import annotations

import base64
import hashlib
import secrets as random_secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.fields import Fields, nonempty_in, text_or_none
from hearwell.connect.model import Account, IngressSecrets
from hearwell.connectors.x.ids import id_of
from hearwell.connectors.x.listing import ASKED, WAYS
from hearwell.connectors.x.manifest import (
    ENTERPRISE,
    ENTERPRISE_SCOPES,
    NEEDED,
    SCOPES,
    SELF_SERVE,
)
from hearwell.connectors.x.wire import Answer, Line, reset_at, scope_missing

IN_ID, IN_SECRET, IN_KEY, IN_BEARER, IN_TIER = (
    "client_id", "client_secret", "api_secret", "bearer", "tier",
)  # fmt: skip
CALLED, STREAMED = "webhook", "stream"
_CONSOLE = "https://console.x.com"
_TOKEN_PATH = "oauth2/token"  # noqa: S105 -- a path
_VERIFIER_BYTES = 48
STEPS = (
    Step("Create a project and an app in X's developer console, and buy credits.", _CONSOLE),
    Step(
        "In the app's settings for user authentication choose “Web App” and “Read and write and"
        " Direct message”, and add this as a callback URI:",
        _CONSOLE,
        shows_return=True,
    ),
    Step("Sign in to X in this browser, as the account that is to answer."),
)
FIELDS = (
    Field(name=IN_ID, label="Client ID", hint="In the developer console, under OAuth 2.0."),
    Field(
        name=IN_SECRET,
        label="Client secret",
        kind=FieldKind.SECRET,
        hint="Beside the client ID.",
    ),
    Field(
        name=IN_TIER,
        label="Access",
        kind=FieldKind.CHOICE,
        choices=(
            (SELF_SERVE, "Self-serve: answers those who name us"),
            (ENTERPRISE, "Enterprise: replies to anybody, and likes"),
        ),
        hint="What your app has been granted; the developer console says so.",
        default=SELF_SERVE,
    ),
    Field(
        name=WAYS,
        label="How posts come",
        kind=FieldKind.CHOICE,
        choices=(
            (ASKED, "Hearwell asks X each minute"),
            (CALLED, "X calls Hearwell"),
            (STREAMED, "Hearwell holds a line to X open"),
        ),
        hint="Calls need a public https address without a port. The other two work everywhere.",
        default=ASKED,
    ),
    Field(
        name=IN_KEY,
        label="API key secret",
        kind=FieldKind.SECRET,
        hint="Under “Consumer keys”. It proves that calls come from X; needed only for calls.",
        is_required=False,
    ),
    Field(
        name=IN_BEARER,
        label="Bearer token",
        kind=FieldKind.SECRET,
        hint="The app's own token. Needed for calls and for the open line.",
        is_required=False,
    ),
)
_REFUSED = "X did not accept its own consent. Please begin again."
_WRONG_APP = "X does not know this client ID with this secret."
_NO_REFRESH = "X gave no refresh token, so the sign-in lasts two hours. Please reconnect."
_WRONG = frozenset({"invalid_client", "unauthorized_client"})


def begin(site: str, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """Name X's page of consent. Raises as ``Authorizes.begin``."""
    ways = given.get(WAYS, "") or ASKED
    if ways == CALLED and not given.get(IN_KEY):
        raise FieldRefused(IN_KEY, "Without it nobody can tell X's calls from a stranger's.")
    if ways != ASKED and not given.get(IN_BEARER):
        raise FieldRefused(IN_BEARER, "X takes the app's own token for this.")
    verifier = random_secrets.token_urlsafe(_VERIFIER_BYTES)
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": given[IN_ID],
        "redirect_uri": return_url,
        "scope": " ".join(_asked_for(given)),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    keep = {field.name: given.get(field.name, "") for field in FIELDS}
    return Departure(
        f"{site}/i/oauth2/authorize?{urlencode(query)}", {**keep, "verifier": verifier}
    )


def _asked_for(given: Mapping[str, str]) -> tuple[str, ...]:
    return ENTERPRISE_SCOPES if given.get(IN_TIER) == ENTERPRISE else SCOPES


def finish(
    client: httpx.Client,
    at: str,
    keep: Mapping[str, str],
    query: Mapping[str, str],
    return_url: str,
) -> Connected:
    """Trade the code for tokens and see whose they are. Raises as ``Authorizes.finish``."""
    if not query.get("code"):
        message = "X sent nobody back with its consent. Please begin again."
        raise failures.NeedsReauth(message, network_code=query.get("error", "")[:60])
    form = {
        "grant_type": "authorization_code",
        "code": query["code"],
        "redirect_uri": return_url,
        "code_verifier": keep.get("verifier", ""),
        "client_id": keep.get(IN_ID, ""),
    }
    token = _token(client, at, keep, form)
    scopes = frozenset((text_or_none(token, "scope") or " ".join(_asked_for(keep))).split())
    missing = next((one for one in NEEDED if one not in scopes), "")
    if missing:
        raise scope_missing(missing)
    access = nonempty_in(token, "access_token")
    me = whoami(Line(client, at, access, scopes)).data
    kept = (IN_ID, IN_SECRET, IN_KEY, IN_BEARER)
    key = keep.get(IN_KEY, "")
    return Connected(
        external_id=id_of(me.get("id"), "an account"),
        handle=f"@{nonempty_in(me, 'username')}",
        settings={WAYS: keep.get(WAYS, "") or ASKED},
        secrets={
            "access": access,
            "refresh": text_or_none(token, "refresh_token") or "",
            **{name: keep.get(name, "") for name in kept},
        },
        # X signs with the app's own key, however often ours is made anew.
        ingress=IngressSecrets((key,), challenge=key) if key else None,
        tier=keep.get(IN_TIER, "") or SELF_SERVE,
        scopes=scopes,
    )


def whoami(line: Line) -> Answer:
    """The account that the token speaks for."""
    return line.get("users/me", {"user.fields": "name,username"}, needs="users.read")


def renewed(client: httpx.Client, at: str, account: Account) -> dict[str, str]:
    """The complete new secrets. The old refresh token is spent. Raises as ``Refreshes.refresh``."""
    secrets = dict(account.secrets)
    if not secrets.get("refresh"):
        raise failures.NeedsReauth(_NO_REFRESH, network_code="no_refresh_token")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": secrets["refresh"],
        "client_id": secrets.get(IN_ID, ""),
    }
    token = _token(client, at, secrets, form)
    fresh = {
        "access": nonempty_in(token, "access_token"),
        "refresh": text_or_none(token, "refresh_token") or "",
    }
    return secrets | {name: value for name, value in fresh.items() if value}


def _token(
    client: httpx.Client, at: str, app: Mapping[str, str], form: Mapping[str, str]
) -> Fields:
    basic = httpx.BasicAuth(app.get(IN_ID, ""), app.get(IN_SECRET, ""))
    try:
        response = client.post(f"{at}/2/{_TOKEN_PATH}", data=dict(form), auth=basic)
    except httpx.TransportError as error:
        # Not "from": the request in it holds the secret.
        raise failures.Unavailable(network_code=type(error).__name__) from None
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise failures.Unavailable(network_code=str(response.status_code))
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise failures.Throttled(reset_at(response.headers), "app", network_code="429")
    try:
        found: Any = response.json()
    except ValueError:
        found = None
    body: Fields = found if isinstance(found, dict) else {}
    if response.is_success and text_or_none(body, "access_token"):
        return body
    code = str(body.get("error", ""))[:60]
    if code in _WRONG:
        raise FieldRefused(IN_SECRET, _WRONG_APP, network_code=code)
    if response.is_success:
        raise failures.Unavailable(network_code=str(response.status_code))
    # "invalid_request" is what X says of a token that was used or revoked.
    raise failures.NeedsReauth(_REFUSED, network_code=code or str(response.status_code))

"""To be let in: consent on X's page (OAuth 2 with PKCE), tokens, and their renewal.

The app is the admin's own: X sells its API by the app. An access token lasts two hours. A refresh
token is good **once**; used again, X may end all of the sign-in. So whoever calls ``renewed`` holds
the lock of the account's row and keeps what it returns before using it.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from hearwell.connect import oauth
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.fields import nonempty_in
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
    oauth.CLIENT_ID, oauth.CLIENT_SECRET, "api_secret", "bearer", "tier",
)  # fmt: skip
CALLED, STREAMED = "webhook", "stream"
_CONSOLE = "https://console.x.com"
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
_WRONG_APP = "X does not know this “Client ID” with this “Client secret”."
_NO_REFRESH = "X gave no refresh token, so the sign-in lasts two hours. Please reconnect."
_NO_CONSENT = "X sent nobody back with its consent. Please begin again."
# X says "invalid_request" of a token that was used or revoked, and may say anything else.
_DEAD = frozenset(str(status) for status in range(400, 500)) - oauth.WRONG_APP


def _door(at: str) -> oauth.Door:
    return oauth.Door(
        url=f"{at}/2/oauth2/token",
        dead=_DEAD,
        refused=_REFUSED,
        unknown_app=_WRONG_APP,
        wait=lambda response: reset_at(response.headers),
    )


def _app(kept: Mapping[str, str]) -> oauth.App:
    number = kept.get(IN_ID, "")
    return oauth.App({IN_ID: number}, (number, kept.get(IN_SECRET, "")))


def begin(site: str, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """Name X's page of consent. Raises as ``Authorizes.begin``."""
    ways = given.get(WAYS, "") or ASKED
    if ways == CALLED and not given.get(IN_KEY):
        raise FieldRefused(IN_KEY, "Without it nobody can tell X's calls from a stranger's.")
    if ways != ASKED and not given.get(IN_BEARER):
        raise FieldRefused(IN_BEARER, "X takes the app's own token for this.")
    consent = oauth.Consent(f"{site}/i/oauth2/authorize", given[IN_ID], _asked_for(given))
    keep = {field.name: given.get(field.name, "") for field in FIELDS}
    return consent.departure(return_url, state, keep)


def _asked_for(given: Mapping[str, str]) -> str:
    return " ".join(ENTERPRISE_SCOPES if given.get(IN_TIER) == ENTERPRISE else SCOPES)


def finish(
    client: httpx.Client,
    at: str,
    keep: Mapping[str, str],
    query: Mapping[str, str],
    return_url: str,
) -> Connected:
    """Trade the code for tokens and see whose they are. Raises as ``Authorizes.finish``."""
    code, proof = oauth.code_in(query, _NO_CONSENT), keep.get(oauth.VERIFIER, "")
    token = oauth.traded(client, _door(at), _app(keep), code, return_url, proof)
    scopes = oauth.scopes_in(token, _asked_for(keep))
    missing = next((one for one in NEEDED if one not in scopes), "")
    if missing:
        raise scope_missing(missing)
    tokens = oauth.kept(token)
    me = whoami(Line(client, at, tokens[oauth.ACCESS], scopes)).data
    kept = (IN_ID, IN_SECRET, IN_KEY, IN_BEARER)
    key = keep.get(IN_KEY, "")
    return Connected(
        external_id=id_of(me.get("id"), "an account"),
        handle=f"@{nonempty_in(me, 'username')}",
        settings={WAYS: keep.get(WAYS, "") or ASKED},
        secrets={**tokens, **{name: keep.get(name, "") for name in kept}},
        # X signs with the app's own key, however often ours is made anew.
        ingress=IngressSecrets((key,), challenge=key) if key else None,
        tier=keep.get(IN_TIER, "") or SELF_SERVE,
        scopes=scopes,
    )


_WHO = "name,username,public_metrics"


def whoami(line: Line) -> Answer:
    """The account that the token speaks for, and how many follow it."""
    return line.get("users/me", {"user.fields": _WHO}, needs="users.read")


def renewed(client: httpx.Client, at: str, account: Account) -> dict[str, str]:
    """The complete new secrets. The old refresh token is spent. Raises as ``Refreshes.refresh``."""
    secrets = dict(account.secrets)
    token = oauth.renewed(client, _door(at), _app(secrets), secrets, _NO_REFRESH)
    return secrets | oauth.kept(token)

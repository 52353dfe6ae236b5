"""To be let in: consent on Google's page, with an app that is the admin's own.

Google grants access and quota to a project, so every organisation brings its own client. A new
access token is asked for with the refresh token, which lasts until it is taken away (or for a
week, while the project's consent page is still in testing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from hearwell.connect import failures, oauth
from hearwell.connect.connecting import Departure, Field, FieldKind, Step
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.model import Account

CONSENT: Final = "https://accounts.google.com"
TOKENS: Final = "https://oauth2.googleapis.com"
HOSTS = frozenset({"accounts.google.com", "oauth2.googleapis.com"})
ACCESS, UNTIL = oauth.ACCESS, "access_until"
_CONSOLE = "https://console.cloud.google.com/apis/credentials"
STEPS = (
    Step("In Google Cloud, create a project and an OAuth client of type Web application.",
         _CONSOLE),
    Step("Add this to the client's authorised redirect URIs:", shows_return=True),
    Step("Set the consent screen to In production: in testing, Google ends the sign-in each week."),
)  # fmt: skip
FIELDS = (
    Field(
        name=oauth.CLIENT_ID,
        label="Client ID",
        hint="In Google Cloud, under APIs and services, Credentials.",
        example="1234567890-abc.apps.googleusercontent.com",
    ),
    Field(
        name=oauth.CLIENT_SECRET,
        label="Client secret",
        kind=FieldKind.SECRET,
        hint="Shown once, when the client is created.",
    ),
)
_WRONG_APP = "Google does not know this “Client ID” with this “Client secret”."
_DENIED = "Consent was not given. Please begin again and allow what is asked for."
_NO_REFRESH = (
    "Google gave no lasting sign-in. Remove Hearwell from the Google account's connected apps,"
    " then connect again."
)
_DEAD = "Google has ended this sign-in. Please reconnect the account."
_WRONG = oauth.WRONG_APP | {"deleted_client"}


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
    # Only consent that is asked for anew, offline, brings a refresh token.
    way = {"access_type": "offline", "prompt": "consent"}
    page = f"{places.consent}/o/oauth2/v2/auth"
    consent = oauth.Consent(page, given[oauth.CLIENT_ID], " ".join(scopes), way)
    keep = {one.name: given.get(one.name, "") for one in fields}
    return consent.departure(return_url, state, keep)


def finish(
    client: httpx.Client,
    places: Places,
    keep: Mapping[str, str],
    query: Mapping[str, str],
    return_url: str,
) -> Tokens:
    """Trade the code for tokens. Raises as ``Authorizes.finish``."""
    code, app = oauth.code_in(query, _DENIED), oauth.app_in_form(keep)
    proof = keep.get(oauth.VERIFIER, "")
    token = oauth.traded(client, _door(places), app, code, return_url, proof)
    if not text_or_none(token, "refresh_token"):
        raise failures.NeedsReauth(_NO_REFRESH, network_code="no_refresh_token")
    return Tokens({**app.form, **_kept(token)}, oauth.scopes_in(token, ""))


def renewed(client: httpx.Client, places: Places, account: Account) -> dict[str, str]:
    """The complete secrets with a new access token. Raises as ``Refreshes.refresh``."""
    secrets, app = dict(account.secrets), oauth.app_in_form(account.secrets)
    return secrets | _kept(oauth.renewed(client, _door(places), app, secrets, _DEAD))


def _kept(token: Fields) -> dict[str, str]:
    return oauth.kept(token, **{UNTIL: oauth.told(oauth.ends(token))})


def _door(places: Places) -> oauth.Door:
    return oauth.Door(
        url=f"{places.tokens}/token",
        dead=frozenset({"invalid_grant"}),
        wrong_app=_WRONG,
        refused=_DEAD,
        unknown_app=_WRONG_APP,
    )

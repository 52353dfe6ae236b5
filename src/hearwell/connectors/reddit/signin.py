"""To be let in: consent on Reddit's page, and tokens that renew themselves until it is withdrawn.

The app is the admin's own: since November 2025 Reddit gives keys to approved apps only. Errors of
its token endpoint come as HTTP 200 with ``error`` inside, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.fields import Fields, nonempty_in, text_or_none
from hearwell.connect.model import Account
from hearwell.connectors.reddit import listing, parse, sending
from hearwell.connectors.reddit.manifest import CONTRACT, FREE, MODERATES, NEEDED, SCOPES, WHO
from hearwell.connectors.reddit.wire import Line, agent_of
from hearwell.kit import clock
from hearwell.kit.http import retry_after_s

IN_ID, IN_SECRET, IN_CONTACT, IN_TIER = "client_id", "client_secret", "contact", "tier"
IN_SUBREDDITS = listing.SUBREDDITS
STEPS = (
    Step(
        "Ask Reddit for access to its API and wait for the approval; customer care for a company"
        " is commercial use.",
        "https://support.reddithelp.com/hc/requests/new",
    ),
    Step("Create an app of the type “web app”.", "https://www.reddit.com/prefs/apps"),
    Step("Enter this as its redirect uri:", shows_return=True),
    Step("Sign in to Reddit in this browser as the account that is to answer."),
)
FIELDS = (
    Field(name=IN_ID, label="Client ID", hint="Below the app's name under “web app”."),
    Field(
        name=IN_SECRET,
        label="Client secret",
        kind=FieldKind.SECRET,
        hint="Beside “secret” in the app's settings.",
    ),
    Field(
        name=IN_CONTACT,
        label="Whom Reddit can turn to",
        hint="A Reddit user name. Reddit wants every app to say who is responsible for it.",
        example="northwind_care",
    ),
    Field(
        name=IN_SUBREDDITS,
        label="Subreddits to watch",
        hint="Comments there that have one of your words are taken in.",
        example="travel, airlines",
        is_required=False,
    ),
    Field(
        name=IN_TIER,
        label="Access",
        kind=FieldKind.CHOICE,
        choices=((FREE, "Approved, not commercial"), (CONTRACT, "By contract")),
        default=FREE,
        is_advanced=True,
    ),
)
_REFUSED = "Reddit did not accept its own consent. Please begin again."
_WRONG_APP = (
    "Reddit does not know this client ID with this secret. Has your app been approved? Since"
    " November 2025 new apps need that."
)
_SUSPENDED = "Reddit has suspended this account."


def begin(sign_in: str, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """Name Reddit's page of consent. Nothing is registered there beforehand."""
    query = {
        "client_id": given[IN_ID],
        "response_type": "code",
        "state": state,
        "redirect_uri": return_url,
        "duration": "permanent",
        "scope": " ".join(SCOPES),
    }
    url = f"{sign_in}/api/v1/authorize?{urlencode(query)}"
    return Departure(url, {field.name: given.get(field.name, "") for field in FIELDS})


def finish(
    client: httpx.Client,
    at: str,
    sign_in: str,
    keep: Mapping[str, str],
    query: Mapping[str, str],
    return_url: str,
) -> Connected:
    """Trade the code for tokens and see whose they are. Raises as ``Authorizes.finish``."""
    if not query.get("code"):
        message = "Reddit sent nobody back with its consent. Please begin again."
        raise failures.NeedsReauth(message, network_code=query.get("error", "")[:60])
    form = {
        "grant_type": "authorization_code",
        "code": query["code"],
        "redirect_uri": return_url,
    }
    token = _token(client, sign_in, keep, form)
    scopes = _scopes(token)
    access = nonempty_in(token, "access_token")
    line = Line(client, at, keep.get(IN_CONTACT, ""), access)
    me = whoami(line)
    if me.get("is_suspended") is True:
        raise failures.AccountDisabled(_SUSPENDED)
    name = nonempty_in(me, "name")
    return Connected(
        external_id=id_of(me),
        handle=f"u/{name}",
        settings={
            sending.NAME: name,
            IN_ID: keep.get(IN_ID, ""),
            IN_CONTACT: keep.get(IN_CONTACT, "") or name,
            IN_SUBREDDITS: keep.get(IN_SUBREDDITS, ""),
            IN_TIER: keep.get(IN_TIER, "") or FREE,
            sending.MODERATED: _moderated(line, scopes),
            listing.SINCE: str(int(clock.now().timestamp())),
        },
        secrets={
            "access": access,
            "refresh": text_or_none(token, "refresh_token") or "",
            IN_ID: keep.get(IN_ID, ""),
            IN_SECRET: keep.get(IN_SECRET, ""),
        },
        tier=keep.get(IN_TIER, "") or FREE,
        scopes=scopes,
    )


def renewed(client: httpx.Client, sign_in: str, account: Account) -> dict[str, str]:
    """The complete secrets with a new access token. Raises as ``Refreshes.refresh``."""
    secrets = dict(account.secrets)
    if not secrets.get("refresh"):
        raise failures.NeedsReauth(network_code="no_refresh_token")
    form = {"grant_type": "refresh_token", "refresh_token": secrets["refresh"]}
    keep = {**secrets, IN_CONTACT: account.settings.get(IN_CONTACT, "")}
    token = _token(client, sign_in, keep, form)
    fresh = text_or_none(token, "refresh_token") or secrets["refresh"]
    return secrets | {"access": nonempty_in(token, "access_token"), "refresh": fresh}


def whoami(line: Line) -> Fields:
    """Whom the token speaks for."""
    return line.get("/api/v1/me", {}, WHO).body


def id_of(me: Fields) -> str:
    """The account's fullname; Reddit tells it here without its ``t2_``."""
    return f"t2_{nonempty_in(me, 'id').removeprefix('t2_')}"


def _moderated(line: Line, scopes: frozenset[str]) -> str:
    if MODERATES not in scopes:
        return ""
    try:
        body = line.get("/subreddits/mine/moderator", {"limit": "100"}, MODERATES).body
    except (failures.Refused, failures.ScopeMissing):
        return ""
    found = (parse.data_of(one).get("display_name") for one in sending.things_in(body))
    return " ".join(name for name in found if isinstance(name, str) and name.strip() == name)


def _scopes(token: Fields) -> frozenset[str]:
    told = (text_or_none(token, "scope") or " ".join(SCOPES)).replace(",", " ").split()
    missing = [] if "*" in told else [scope for scope in NEEDED if scope not in told]
    if missing:
        message = f"Reddit did not give the right “{missing[0]}”. Please consent to all of them."
        raise failures.ScopeMissing(message, network_code=missing[0])
    return frozenset(SCOPES if "*" in told else told)


def _token(
    client: httpx.Client, sign_in: str, keep: Mapping[str, str], form: Mapping[str, str]
) -> Fields:
    headers = {"user-agent": agent_of(keep.get(IN_CONTACT, ""))}
    pair = (keep.get(IN_ID, ""), keep.get(IN_SECRET, ""))
    url = f"{sign_in}/api/v1/access_token"
    try:
        response = client.post(url, data=dict(form), headers=headers, auth=pair)
    except httpx.TransportError as error:
        # Not "from": the request in it holds the secrets.
        raise failures.Unavailable(network_code=type(error).__name__) from None
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        wait = timedelta(seconds=retry_after_s(response) or 60)
        raise failures.Throttled(clock.now() + wait, "app", network_code="429")
    try:
        found: Any = response.json()
    except ValueError:
        found = None
    body: Fields = found if isinstance(found, dict) else {}
    if response.is_success and text_or_none(body, "access_token"):
        return body
    raise _refusal(response.status_code, str(body.get("error", ""))[:60])


def _refusal(status: int, code: str) -> failures.Failure:
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN) or code in (
        "invalid_client",
        "unauthorized_client",
    ):
        return FieldRefused(IN_SECRET, _WRONG_APP, network_code=code or str(status))
    if code:
        return failures.NeedsReauth(_REFUSED, network_code=code)
    return failures.Unavailable(network_code=str(status))

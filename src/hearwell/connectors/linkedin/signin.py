"""To be let in: consent on LinkedIn's page, the Page that is meant, tokens and their ends.

The app is the admin's own: LinkedIn grants the Community Management API to an app of a registered
organisation, not to a product. The client secret signs webhooks as well.
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
from hearwell.connect.model import Account, IngressSecrets
from hearwell.connectors.linkedin import render, urns
from hearwell.connectors.linkedin.manifest import (
    ADMIN,
    DEVELOPMENT,
    REFRESH_LASTS,
    SCOPES,
    STANDARD,
)
from hearwell.connectors.linkedin.wire import Line
from hearwell.kit import clock
from hearwell.kit.http import retry_after_s

IN_ID, IN_SECRET, IN_APP, IN_PAGE, IN_TIER = (
    "client_id",
    "client_secret",
    "application",
    "page",
    "tier",
)
APPLICATION, PERSON, TIER = "application", "person", "tier"
ACCESS_UNTIL, REFRESH_UNTIL = "access_until", "refresh_until"
_PORTAL = "https://www.linkedin.com/developers/apps"
STEPS = (
    Step("Create an app for your LinkedIn Page and have a super admin verify it.", _PORTAL),
    Step("Under Products request the Community Management API; LinkedIn reviews it.", _PORTAL),
    Step("Under Auth, add this as a redirect URL of the app:", shows_return=True),
    Step("Sign in to LinkedIn in this browser as an administrator of the Page."),
)
FIELDS = (
    Field(name=IN_ID, label="Client ID", hint="In the developer portal, under Auth."),
    Field(
        name=IN_SECRET,
        label="Client secret",
        kind=FieldKind.SECRET,
        hint="Beside the client ID. It also proves that calls come from LinkedIn.",
    ),
    Field(
        name=IN_PAGE,
        label="Page",
        hint="Its number or address. Only needed if you look after several Pages.",
        example="https://www.linkedin.com/company/12345",
        is_required=False,
    ),
    Field(
        name=IN_TIER,
        label="Access",
        kind=FieldKind.CHOICE,
        choices=(
            (DEVELOPMENT, "Development tier: we ask each half hour"),
            (STANDARD, "Standard tier: LinkedIn can call us"),
        ),
        hint="As the developer portal shows it under Products.",
        default=DEVELOPMENT,
    ),
    Field(
        name=IN_APP,
        label="Application number",
        kind=FieldKind.NUMBER,
        hint="The number in the address of your app in the developer portal, so that LinkedIn can"
        " be told to call us. Without it we ask.",
        example="98765432",
        is_required=False,
    ),
    Field(
        name=render.COMMENT_TEXT,
        label="How comments are written",
        kind=FieldKind.CHOICE,
        choices=(
            (render.PLAIN, "As they are"),
            (render.LITTLE, "Brackets and signs escaped (Little Text)"),
        ),
        hint="Change this only if answers arrive cut off at a bracket.",
        default=render.PLAIN,
        is_advanced=True,
    ),
)  # fmt: skip
_REFUSED = "LinkedIn did not accept its own consent. Please begin again."
_WRONG_APP = "LinkedIn does not know this client ID with this secret."
_NO_PAGE = "This sign-in looks after no Page. A super admin of the Page can add you there."
_DEAD = frozenset({"invalid_grant", "invalid_token", "invalid_request", "access_denied"})
_WRONG = frozenset({"invalid_client", "unauthorized_client"})


def begin(sign_in: str, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """Name LinkedIn's page of consent. Nothing is registered there beforehand."""
    query = {
        "response_type": "code",
        "client_id": given[IN_ID],
        "redirect_uri": return_url,
        "state": state,
        "scope": " ".join(SCOPES),
    }
    url = f"{sign_in}/oauth/v2/authorization?{urlencode(query)}"
    return Departure(url, {field.name: given.get(field.name, "") for field in FIELDS})


def finish(
    client: httpx.Client,
    at: str,
    sign_in: str,
    keep: Mapping[str, str],
    query: Mapping[str, str],
    return_url: str,
) -> Connected:
    """Trade the code for tokens and find the Page. Raises as ``Authorizes.finish``."""
    if not query.get("code"):
        message = "LinkedIn sent nobody back with its consent. Please begin again."
        raise failures.NeedsReauth(message, network_code=query.get("error", "")[:60])
    form = {
        "grant_type": "authorization_code",
        "code": query["code"],
        "redirect_uri": return_url,
        IN_ID: keep.get(IN_ID, ""),
        IN_SECRET: keep.get(IN_SECRET, ""),
    }
    token = _token(client, sign_in, form)
    secrets = {IN_ID: form[IN_ID], IN_SECRET: form[IN_SECRET], **_tokens(token)}
    scopes = _scopes(token)
    line = Line(client, at, secrets["access"])
    role = _chosen(line, roles(line), keep.get(IN_PAGE, ""))
    page = nonempty_in(role, "organization")
    return Connected(
        external_id=page,
        handle=_name(line, page)[0],
        settings={
            APPLICATION: keep.get(IN_APP, ""),
            PERSON: text_or_none(role, "roleAssignee") or "",
            render.COMMENT_TEXT: keep.get(render.COMMENT_TEXT, "") or render.PLAIN,
            TIER: keep.get(IN_TIER, "") or DEVELOPMENT,
            IN_ID: form[IN_ID],
            IN_PAGE: page.rpartition(":")[2],
        },
        secrets=secrets,
        # The challenge is answered with the app's secret, however often ours is made anew.
        ingress=IngressSecrets((form[IN_SECRET],), challenge=form[IN_SECRET]),
        tier=keep.get(IN_TIER, "") or DEVELOPMENT,
        scopes=scopes,
    )


def renewed(client: httpx.Client, sign_in: str, account: Account) -> dict[str, str]:
    """The complete secrets with a new access token. Raises as ``Refreshes.refresh``."""
    secrets = dict(account.secrets)
    if not secrets.get("refresh"):
        message = "LinkedIn gave no refresh token: every 60 days somebody has to sign in again."
        raise failures.NeedsReauth(message, network_code="no_refresh_token")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": secrets["refresh"],
        IN_ID: secrets.get(IN_ID, ""),
        IN_SECRET: secrets.get(IN_SECRET, ""),
    }
    fresh = _tokens(_token(client, sign_in, form))
    return secrets | {name: value for name, value in fresh.items() if value}


# --- tokens --------------------------------------------------------------------------------------


def _token(client: httpx.Client, sign_in: str, form: Mapping[str, str]) -> Fields:
    try:
        response = client.post(f"{sign_in}/oauth/v2/accessToken", data=dict(form))
    except httpx.TransportError as error:
        # Not "from": the request in it holds the secret.
        raise failures.Unavailable(network_code=type(error).__name__) from None
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise failures.Unavailable(network_code=str(response.status_code))
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
    raise _refusal(str(body.get("error", ""))[:60], response.status_code)


def _refusal(code: str, status: int) -> failures.Failure:
    if code in _WRONG:
        return FieldRefused(IN_SECRET, _WRONG_APP, network_code=code)
    if code in _DEAD or status == httpx.codes.UNAUTHORIZED:
        return failures.NeedsReauth(_REFUSED, network_code=code or str(status))
    return failures.Unavailable(network_code=f"{status} {code}".strip())


def _tokens(token: Fields) -> dict[str, str]:
    now, refresh = clock.now(), text_or_none(token, "refresh_token") or ""
    lasts = _seconds(token, "refresh_token_expires_in")
    refresh_until = now + (timedelta(seconds=lasts) if lasts else REFRESH_LASTS)
    access_s = _seconds(token, "expires_in")
    return {
        "access": nonempty_in(token, "access_token"),
        "refresh": refresh,
        ACCESS_UNTIL: (now + timedelta(seconds=access_s)).isoformat() if access_s else "",
        REFRESH_UNTIL: refresh_until.isoformat() if refresh else "",
    }


def _seconds(token: Fields, name: str) -> int:
    found = token.get(name)
    is_told = isinstance(found, int) and not isinstance(found, bool)
    return min(int(found), int(timedelta(days=3650).total_seconds())) if is_told else 0  # type: ignore[arg-type]


def _scopes(token: Fields) -> frozenset[str]:
    """The rights really given; LinkedIn separates them by commas or by spaces."""
    told = (text_or_none(token, "scope") or " ".join(SCOPES)).replace(",", " ").split()
    missing = [scope for scope in SCOPES if scope not in told]
    if missing:
        message = (
            f"LinkedIn did not give the right “{missing[0]}”. Has the Community Management API"
            " been granted to your app?"
        )
        raise failures.ScopeMissing(message, network_code=missing[0])
    return frozenset(told)


# --- the Page ------------------------------------------------------------------------------------


def roles(line: Line) -> list[Fields]:
    """The roles that whoever signed in has on Pages."""
    path = "organizationAcls?q=roleAssignee&state=APPROVED&start=0&count=100"
    found = line.get(path, ADMIN).get("elements")
    if not isinstance(found, list):
        raise failures.ContractChanged
    return [one for one in found if isinstance(one, dict) and text_or_none(one, "organization")]


def _chosen(line: Line, found: list[Fields], typed: str) -> Fields:
    """The role on the Page that is meant; an administrator's first."""
    by_page: dict[str, Fields] = {}
    for role in sorted(found, key=lambda one: one.get("role") != "ADMINISTRATOR"):
        by_page.setdefault(nonempty_in(role, "organization"), role)
    if not by_page:
        raise FieldRefused(IN_PAGE, _NO_PAGE)
    if not typed and len(by_page) == 1:
        return next(iter(by_page.values()))
    number, name = urns.page_named(typed) if typed else ("", "")
    if number and f"{urns.ORGANIZATION}{number}" in by_page:
        return by_page[f"{urns.ORGANIZATION}{number}"]
    named = {page: _name(line, page) for page in list(by_page)[:20]}
    for page, (_, vanity) in named.items():
        if name and vanity.lower() == name:
            return by_page[page]
    known = ", ".join(f"{title} ({page.rpartition(':')[2]})" for page, (title, _) in named.items())
    raise FieldRefused(IN_PAGE, f"Which Page is meant? This sign-in looks after: {known}.")


def _name(line: Line, page: str) -> tuple[str, str]:
    """What a Page is called, and its name in addresses."""
    number = page.rpartition(":")[2]
    try:
        found = line.get(f"organizations/{urns.encoded(number)}", ADMIN)
    except (failures.TargetGone, failures.Refused, failures.ScopeMissing):
        return number, ""
    return text_or_none(found, "localizedName") or number, text_or_none(found, "vanityName") or ""

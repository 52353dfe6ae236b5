"""To be let in: consent on LinkedIn's page, the Page that is meant, tokens and their ends.

The app is the admin's own: LinkedIn grants the Community Management API to an app of a registered
organisation, not to a product. The client secret signs webhooks as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from hearwell.connect import failures, oauth
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.fields import Fields, nonempty_in, text_or_none
from hearwell.connect.model import Account, IngressSecrets
from hearwell.connect.wording import Wording
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

IN_ID, IN_SECRET, IN_APP, IN_PAGE, IN_TIER = (
    oauth.CLIENT_ID,
    oauth.CLIENT_SECRET,
    "application",
    "page",
    "tier",
)
NOT_GRANTED = Wording(
    "LinkedIn did not give the right “%(right)s”. Has the Community Management API been granted to"
    " your app?"
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
_WRONG_APP = "LinkedIn does not know this “Client ID” with this “Client secret”."
_NO_PAGE = "This sign-in looks after no Page. A super admin of the Page can add you there."
_NO_CONSENT = "LinkedIn sent nobody back with its consent. Please begin again."
_NO_REFRESH = "LinkedIn gave no refresh token: every 60 days somebody has to sign in again."
_DEAD = frozenset({"invalid_grant", "invalid_token", "invalid_request", "access_denied"})


def _door(sign_in: str) -> oauth.Door:
    url = f"{sign_in}/oauth/v2/accessToken"
    return oauth.Door(url=url, dead=_DEAD, refused=_REFUSED, unknown_app=_WRONG_APP)


def begin(sign_in: str, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """Name LinkedIn's page of consent. Nothing is registered there beforehand."""
    page = f"{sign_in}/oauth/v2/authorization"
    url = oauth.Consent(page, given[IN_ID], " ".join(SCOPES)).url(return_url, state)
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
    code, app = oauth.code_in(query, _NO_CONSENT), oauth.app_in_form(keep)
    token = oauth.traded(client, _door(sign_in), app, code, return_url)
    secrets = {**app.form, **_tokens(token)}
    scopes = _scopes(token)
    line = Line(client, at, secrets[oauth.ACCESS])
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
            IN_ID: app.form[IN_ID],
            IN_PAGE: page.rpartition(":")[2],
        },
        secrets=secrets,
        # The challenge is answered with the app's secret, however often ours is made anew.
        ingress=IngressSecrets((app.form[IN_SECRET],), challenge=app.form[IN_SECRET]),
        tier=keep.get(IN_TIER, "") or DEVELOPMENT,
        scopes=scopes,
    )


def renewed(client: httpx.Client, sign_in: str, account: Account) -> dict[str, str]:
    """The complete secrets with a new access token. Raises as ``Refreshes.refresh``."""
    secrets, app = dict(account.secrets), oauth.app_in_form(account.secrets)
    return secrets | _tokens(oauth.renewed(client, _door(sign_in), app, secrets, _NO_REFRESH))


# --- tokens --------------------------------------------------------------------------------------


def _tokens(token: Fields) -> dict[str, str]:
    refresh_ends = ""
    if text_or_none(token, "refresh_token"):
        told = oauth.ends(token, "refresh_token_expires_in") or clock.now() + REFRESH_LASTS
        refresh_ends = oauth.told(told)
    access_ends = oauth.told(oauth.ends(token))
    return oauth.kept(token, **{ACCESS_UNTIL: access_ends, REFRESH_UNTIL: refresh_ends})


def _scopes(token: Fields) -> frozenset[str]:
    given = oauth.scopes_in(token, " ".join(SCOPES))
    missing = next((scope for scope in SCOPES if scope not in given), "")
    if missing:
        raise failures.ScopeMissing(NOT_GRANTED(right=missing), network_code=missing)
    return given


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

"""To be let in: consent on Reddit's page, and tokens that renew themselves until it is withdrawn.

The app is the admin's own: since November 2025 Reddit gives keys to approved apps only. Errors of
its token endpoint come as HTTP 200 with ``error`` inside, too.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from hearwell.connect import failures, oauth
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, Step
from hearwell.connect.fields import Fields, nonempty_in
from hearwell.connect.model import Account
from hearwell.connect.wording import Wording
from hearwell.connectors.reddit import listing, parse, sending
from hearwell.connectors.reddit.manifest import CONTRACT, FREE, MODERATES, NEEDED, SCOPES, WHO
from hearwell.connectors.reddit.wire import Line, agent_of
from hearwell.kit import clock

IN_ID, IN_SECRET, IN_CONTACT, IN_TIER = oauth.CLIENT_ID, oauth.CLIENT_SECRET, "contact", "tier"
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
NOT_CONSENTED = Wording("Reddit did not give the right “%(right)s”. Please consent to all of them.")
_REFUSED = "Reddit did not accept its own consent. Please begin again."
_WRONG_APP = (
    "Reddit does not know this “Client ID” with this “Client secret”. Has your app been approved?"
    " Since November 2025 new apps need that."
)
_NO_CONSENT = "Reddit sent nobody back with its consent. Please begin again."
_SUSPENDED = "Reddit has suspended this account."
_WRONG = oauth.WRONG_APP | {"403"}


def _door(sign_in: str) -> oauth.Door:
    return oauth.Door(
        url=f"{sign_in}/api/v1/access_token",
        dead=frozenset({oauth.ANY}),
        wrong_app=_WRONG,
        refused=_REFUSED,
        unknown_app=_WRONG_APP,
    )


def _app(kept: Mapping[str, str], contact: str) -> oauth.App:
    pair = (kept.get(IN_ID, ""), kept.get(IN_SECRET, ""))
    return oauth.App(pair=pair, headers={"user-agent": agent_of(contact)})


def begin(sign_in: str, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """Name Reddit's page of consent. Nothing is registered there beforehand."""
    page, way = f"{sign_in}/api/v1/authorize", {"duration": "permanent"}
    url = oauth.Consent(page, given[IN_ID], " ".join(SCOPES), way).url(return_url, state)
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
    code, contact = oauth.code_in(query, _NO_CONSENT), keep.get(IN_CONTACT, "")
    token = oauth.traded(client, _door(sign_in), _app(keep, contact), code, return_url)
    scopes, tokens = _scopes(token), oauth.kept(token)
    line = Line(client, at, contact, tokens[oauth.ACCESS])
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
            **tokens,
            IN_ID: keep.get(IN_ID, ""),
            IN_SECRET: keep.get(IN_SECRET, ""),
        },
        tier=keep.get(IN_TIER, "") or FREE,
        scopes=scopes,
    )


def renewed(client: httpx.Client, sign_in: str, account: Account) -> dict[str, str]:
    """The complete secrets with a new access token. Raises as ``Refreshes.refresh``."""
    secrets = dict(account.secrets)
    app = _app(secrets, account.settings.get(IN_CONTACT, ""))
    return secrets | oauth.kept(oauth.renewed(client, _door(sign_in), app, secrets))


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
    given = oauth.scopes_in(token, " ".join(SCOPES))
    if "*" in given:
        return frozenset(SCOPES)
    missing = next((scope for scope in NEEDED if scope not in given), "")
    if missing:
        raise failures.ScopeMissing(NOT_CONSENTED(right=missing), network_code=missing)
    return given

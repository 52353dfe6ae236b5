"""How an account is connected: through the Facebook Page it belongs to, or on Instagram itself."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe

import httpx

from hearwell.connect import failures, oauth
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.fields import Fields, object_in, text_or_none
from hearwell.connect.model import Account, IngressSecrets
from hearwell.connectors.instagram.manifest import (
    BY_FACEBOOK,
    BY_INSTAGRAM,
    CODE_HOST,
    NEEDS_BY_FACEBOOK,
    NEEDS_BY_INSTAGRAM,
    SIGN_IN_HOST,
)
from hearwell.connectors.meta import tokens
from hearwell.connectors.meta.drafts import HUMAN_AGENT
from hearwell.connectors.meta.hook import id_in
from hearwell.connectors.meta.tokens import App, Page, Token
from hearwell.connectors.meta.wire import INSTAGRAM_HOST, Graph, Meta

IN_WAY, IN_APP, IN_SECRET, IN_NAME = "way", "app_id", "app_secret", "account"
IN_META_APP, IN_META_SECRET = "meta_app_id", "meta_app_secret"
_KEPT = (IN_WAY, IN_APP, IN_SECRET, IN_NAME, IN_META_APP, IN_META_SECRET, HUMAN_AGENT)
STEPS = (
    Step("Make the account a professional one (Settings, Account type). It has to be public."),
    Step(
        "Open your app in Meta's dashboard, or create one of the type “Business”.",
        "https://developers.facebook.com/apps",
    ),
    Step(
        "Under Facebook Login for Business, or under Instagram, API setup with Instagram login, add"
        " this as a valid OAuth redirect URI:",
        shows_return=True,
    ),
    Step("Sign in in this browser as somebody who looks after the account."),
)
FIELDS = (
    Field(
        name=IN_WAY,
        label="How you sign in",
        kind=FieldKind.CHOICE,
        choices=(
            (BY_FACEBOOK, "Through the Facebook Page that the account belongs to"),
            (BY_INSTAGRAM, "On Instagram itself, without a Page"),
        ),
        hint="Through the Page the sign-in does not end; on Instagram it is extended by itself.",
        default=BY_FACEBOOK,
    ),
    Field(
        name=IN_APP,
        label="App ID",
        hint="On Instagram itself: the Instagram app ID, which is another number.",
        example="1234567890123456",
    ),
    Field(name=IN_SECRET, label="App secret", kind=FieldKind.SECRET, hint="It belongs to that ID."),
    Field(
        name=IN_NAME,
        label="Account",
        hint="Its name. Only needed if you choose several accounts on Facebook.",
        example="northwindair",
        is_required=False,
    ),
    Field(
        name=IN_META_APP,
        label="Meta app ID",
        hint="Only if you sign in on Instagram: with it we switch the webhook on ourselves.",
        is_required=False,
        is_advanced=True,
    ),
    Field(
        name=IN_META_SECRET,
        label="Meta app secret",
        kind=FieldKind.SECRET,
        is_required=False,
        is_advanced=True,
    ),
    Field(
        name=HUMAN_AGENT,
        label="The app has the feature “Human Agent”",
        kind=FieldKind.CHECK,
        hint="Then a person may answer in private for 7 days instead of 24 hours.",
        is_required=False,
        is_advanced=True,
    ),
)
_WRONG_APP = (
    "Instagram does not know this “App ID” with this “App secret”. Both are under Instagram, API"
    " setup with Instagram login, and are not those of the Meta app. The address in the steps above"
    " has to stand there as well."
)
_NO_CONSENT = "You did not agree, so nothing was connected."
_NO_ACCOUNT = (
    "None of the Pages that you chose has an Instagram account. Link the account to its Page, and"
    " choose both on Facebook's page of consent."
)


def begin(meta: Meta, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """The page of consent of the way that was chosen. Raises ``FieldRefused``."""
    number = given.get(IN_APP, "").strip()
    if not (number.isascii() and number.isdecimal()):
        raise FieldRefused(IN_APP, "An app's ID is a number. Copy it from the app's dashboard.")
    if not given.get(IN_SECRET):
        raise FieldRefused(IN_SECRET, "Please fill this in.")
    keep = {name: given.get(name, "").strip() for name in _KEPT}
    keep[IN_WAY] = keep[IN_WAY] or BY_FACEBOOK
    app = App(number, keep[IN_SECRET])
    if keep[IN_WAY] == BY_FACEBOOK:
        scopes = (need.scope for need in NEEDS_BY_FACEBOOK)
        return Departure(tokens.consent_url(meta, app, scopes, return_url, state), keep)
    page = f"{meta.origin(SIGN_IN_HOST)}/oauth/authorize"
    consent = oauth.Consent(page, app.id, ",".join(need.scope for need in NEEDS_BY_INSTAGRAM))
    return Departure(consent.url(return_url, state), keep)


def finish(
    meta: Meta, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
) -> Connected:
    """Trade the code for a token and see whose it is. Raises failures."""
    # Instagram hangs this mark to the code.
    given = {**query, "code": query.get("code", "").removesuffix("#_")}
    code = oauth.code_in(given, _NO_CONSENT)
    app = App(keep.get(IN_APP, ""), keep.get(IN_SECRET, ""))
    if keep.get(IN_WAY) == BY_INSTAGRAM:
        return _by_instagram(meta, app, keep, code, return_url)
    person = tokens.exchanged(meta, app, code, return_url)
    page = _chosen(tokens.pages_of(meta, app, person.value), keep.get(IN_NAME, ""))
    facts = tokens.inspect(meta, app, page.token)
    found = Account(
        page.instagram_id,
        page.instagram_name,
        settings={"page_id": page.id, "page": page.name},
        secrets={"token": page.token},
        scopes=facts.scopes,
    )
    return _connected(found, keep)


def _by_instagram(
    meta: Meta, app: App, keep: Mapping[str, str], code: str, return_url: str
) -> Connected:
    form = {
        "client_id": app.id,
        "client_secret": app.secret,
        "grant_type": "authorization_code",
        "redirect_uri": return_url,
        "code": code,
    }
    brief = _first(_traded(_unversioned(meta, "", CODE_HOST), form))
    token = _long_lived(meta, app, tokens.token_in(brief).value)
    me = whoami(meta.line(token.value, host=INSTAGRAM_HOST))
    found = Account(
        me[0],
        me[1],
        secrets={"token": token.value, "expires_at": oauth.told(token.expires_at)},
        scopes=frozenset(_scopes(brief.get("permissions"))),
    )
    return _connected(found, keep)


def _traded(line: Graph, form: Mapping[str, str]) -> Fields:
    try:
        with tokens.naming_the_field():
            return line.post_form("oauth/access_token", form).fields
    except failures.OutcomeUnknown as doubt:  # a token too many harms nobody
        raise failures.Unavailable(network_code=doubt.network_code) from doubt
    except failures.Refused as refused:
        # Instagram has one code here for the app, its secret and the way back.
        if refused.network_code != str(int(httpx.codes.BAD_REQUEST)):
            raise
        raise FieldRefused(IN_SECRET, _WRONG_APP, network_code=refused.network_code) from None


def _connected(found: Account, keep: Mapping[str, str]) -> Connected:
    names = (IN_WAY, IN_APP, IN_META_APP, HUMAN_AGENT)
    settings = {**found.settings, **{name: keep.get(name, "") for name in names}}
    secrets = {name: keep.get(name, "") for name in (IN_SECRET, IN_META_SECRET)}
    signing = tuple(dict.fromkeys(one for one in reversed(secrets.values()) if one))
    return Connected(
        external_id=found.external_id,
        handle=found.handle or found.external_id,
        settings=settings,
        secrets={**found.secrets, **{name: value for name, value in secrets.items() if value}},
        # Whichever of the two apps Meta signs with.
        ingress=IngressSecrets(signing, token_urlsafe(24)),
        tier="human_agent" if settings[HUMAN_AGENT] else "",
        scopes=found.scopes,
    )


def whoami(line: Graph) -> tuple[str, str]:
    """The number and the name of the account that an Instagram token speaks for."""
    me = line.get("me", {"fields": "user_id,username"}).fields
    return id_in(me, "user_id"), text_or_none(me, "username") or ""


def extended(meta: Meta, token: str) -> Token:
    """An Instagram token for another 60 days; it must be a day old and alive. Raises failures."""
    asked = {"grant_type": "ig_refresh_token", "access_token": token}
    return tokens.token_in(_unversioned(meta, "").get("refresh_access_token", asked).fields)


def _long_lived(meta: Meta, app: App, token: str) -> Token:
    asked = {"grant_type": "ig_exchange_token", "client_secret": app.secret, "access_token": token}
    with tokens.naming_the_field():
        return tokens.token_in(_unversioned(meta, "").get("access_token", asked).fields)


def _unversioned(meta: Meta, token: str, host: str = INSTAGRAM_HOST) -> Graph:
    return Graph(meta.client, meta.origin(host), token, version="")


def _chosen(pages: list[Page], wanted: str) -> Page:
    linked = [page for page in pages if page.instagram_id]
    if not linked:
        raise failures.ScopeMissing(_NO_ACCOUNT, network_code="instagram_basic")
    name = wanted.strip().lstrip("@").casefold()
    named = [one for one in linked if not name or name in {one.instagram_name, one.instagram_id}]
    if len(named) == 1:
        return named[0]
    names = ", ".join(one.instagram_name or one.instagram_id for one in linked[:10])
    raise FieldRefused(IN_NAME, f"Which of these accounts? {names}.")


def _first(fields: Fields) -> Fields:
    """The answer itself, or the first of its ``data``: Instagram has given both."""
    listed = fields.get("data")
    if isinstance(listed, list) and listed:
        return object_in(listed[0], "a token")
    return fields


def _scopes(value: object) -> list[str]:
    if isinstance(value, str):
        return [one.strip() for one in value.split(",") if one.strip()]
    return [str(one) for one in value] if isinstance(value, list) else []

"""How a Page is connected: an app, the person's consent, one of the Pages that they look after."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe

from hearwell.connect import failures, oauth
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.model import IngressSecrets
from hearwell.connectors.facebook.manifest import SCOPES
from hearwell.connectors.meta import tokens
from hearwell.connectors.meta.drafts import HUMAN_AGENT
from hearwell.connectors.meta.tokens import App, Page
from hearwell.connectors.meta.wire import Meta

IN_APP, IN_SECRET, IN_PAGE = "app_id", "app_secret", "page"
STEPS = (
    Step(
        "Open your app in Meta's dashboard, or create one of the type “Business”. It can serve all"
        " your Pages.",
        "https://developers.facebook.com/apps",
    ),
    Step(
        "Under Facebook Login for Business, Settings, add this as a valid OAuth redirect URI:",
        shows_return=True,
    ),
    Step("Under App settings, Basic, you find the app's number and its secret."),
    Step("Sign in to Facebook in this browser as somebody who looks after the Page."),
)
FIELDS = (
    Field(
        name=IN_APP,
        label="App ID",
        hint="The number at the top of the app's dashboard.",
        example="1234567890123456",
    ),
    Field(
        name=IN_SECRET,
        label="App secret",
        kind=FieldKind.SECRET,
        hint="App settings, Basic. It also proves that calls come from Facebook.",
    ),
    Field(
        name=IN_PAGE,
        label="Page",
        hint="Its name, number or address. Only needed if you choose several Pages on Facebook.",
        example="Northwind Air",
        is_required=False,
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
_NO_CONSENT = "Facebook says that you did not agree. Nothing was connected."
_NO_PAGE = (
    "Facebook gave us no Page. Connect again, and choose the Page on Facebook's page of consent."
)


def begin(meta: Meta, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """Facebook's page of consent. Raises ``FieldRefused``."""
    app = app_in(given)
    url = tokens.consent_url(meta, app, SCOPES, return_url, state)
    keep = {name: given.get(name, "") for name in (IN_APP, IN_SECRET, IN_PAGE, HUMAN_AGENT)}
    return Departure(url, keep)


def app_in(given: Mapping[str, str]) -> App:
    """The app that was filled in. Raises ``FieldRefused``."""
    number, secret = given.get(IN_APP, "").strip(), given.get(IN_SECRET, "").strip()
    if not (number.isascii() and number.isdecimal()):
        raise FieldRefused(IN_APP, "An app's ID is a number. Copy it from the app's dashboard.")
    if not secret:
        raise FieldRefused(IN_SECRET, "Please fill this in.")
    return App(number, secret)


def finish(
    meta: Meta, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
) -> Connected:
    """Trade what Facebook sent along for the token of the Page. Raises failures."""
    app = App(keep.get(IN_APP, ""), keep.get(IN_SECRET, ""))
    code = oauth.code_in(query, _NO_CONSENT)
    person = tokens.exchanged(meta, app, code, return_url)
    page = _chosen(tokens.pages_of(meta, app, person.value), keep.get(IN_PAGE, ""))
    facts = tokens.inspect(meta, app, page.token)
    settings = {
        "app_id": app.id,
        "page": page.name,
        HUMAN_AGENT: "1" if keep.get(HUMAN_AGENT) == "1" else "",
    }
    return Connected(
        external_id=page.id,
        handle=page.name or page.id,
        settings=settings,
        secrets={"token": page.token, "app_secret": app.secret},
        ingress=IngressSecrets((app.secret,), token_urlsafe(24)),
        tier="human_agent" if settings[HUMAN_AGENT] else "",
        scopes=facts.scopes,
    )


def _chosen(pages: list[Page], wanted: str) -> Page:
    if not pages:
        raise failures.ScopeMissing(_NO_PAGE, network_code="pages_show_list")
    page = tokens.chosen_among(pages, wanted)
    if page is None:
        names = ", ".join(f"{one.name} ({one.id})" for one in pages[:10])
        raise FieldRefused(IN_PAGE, f"Which of these Pages? {names}.")
    return page

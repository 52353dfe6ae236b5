"""To be let in: an application registered on the person's own server, then their consent there.

Every server knows its own applications only. What was registered and the verifier of PKCE wait,
sealed, until the person is back; where the server does not know PKCE it passes by unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hearwell.connect import failures, oauth
from hearwell.connect.answers import soonest
from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.fields import Fields, text_in, text_or_none
from hearwell.connectors.mastodon import instance
from hearwell.connectors.mastodon.health import whoami
from hearwell.connectors.mastodon.listing import (
    CONVERSATIONS,
    NOTIFICATIONS,
    START_NOTIFICATION,
    START_STATUS,
)
from hearwell.connectors.mastodon.manifest import MEDIA_SCOPE, SCOPES
from hearwell.connectors.mastodon.names import address_of, server_of
from hearwell.connectors.mastodon.render import VISIBILITY
from hearwell.connectors.mastodon.window import order
from hearwell.connectors.mastodon.wire import Line, Params, reset_at, scope_missing

if TYPE_CHECKING:
    OpenLine = Callable[[str, str, Collection[str]], AbstractContextManager[Line]]

IN_SERVER, IN_VISIBILITY = "server", "visibility"
STEPS = (
    Step("Have the account's address at hand; for @northwind@social.example it is that."),
    Step("Sign in on that server in this browser, as the account that is to answer."),
)
FIELDS = (
    Field(
        name=IN_SERVER,
        label="Server or address",
        hint="The part after the last @ of the account's address, or all of it.",
        example="@northwind@social.example",
    ),
    Field(
        name=IN_VISIBILITY,
        label="Public answers",
        kind=FieldKind.CHOICE,
        hint="An answer never reaches further than what it answers.",
        choices=(
            ("public", "Everybody sees them, in public timelines too"),
            ("unlisted", "Everybody sees them, but not in public timelines"),
        ),
        default="public",
        is_advanced=True,
    ),
)
CLIENT_NAME = "Hearwell"
_NO_SERVER = "There is no server of this name that speaks Mastodon's language."
_SCOPES = " ".join((*SCOPES, MEDIA_SCOPE))
_REFUSED = "The server did not accept its own consent. Please begin again."
_NO_CONSENT = "The server sent nobody back with its consent. Please begin again."


def begin(open_line: OpenLine, given: Mapping[str, str], return_url: str, state: str) -> Departure:
    """Register with the server and name its page of consent. Raises as ``Authorizes.begin``."""
    server = server_of(given.get(IN_SERVER, ""))
    if server is None:
        raise FieldRefused(IN_SERVER, "This does not look like a server's name or an address.")
    with open_line(server, "", ()) as line:
        _look(line)
        app = _registered(line, return_url)
    consent = oauth.Consent(f"{server}/oauth/authorize", app["client_id"], _SCOPES)
    keep = {"server": server, VISIBILITY: given.get(IN_VISIBILITY, ""), **app}
    return consent.departure(return_url, state, keep)


def _look(line: Line) -> None:
    """See whether somebody is there who speaks the API."""
    try:
        instance.ask(line)
    except (failures.ContractChanged, failures.TargetGone, failures.Refused) as error:
        raise FieldRefused(IN_SERVER, _NO_SERVER, network_code=error.network_code) from error
    except failures.Unavailable as error:
        if error.network_code.isdecimal():
            raise
        message = "This server cannot be reached. Is the name right?"
        raise FieldRefused(IN_SERVER, message, network_code=error.network_code) from error


def _registered(line: Line, return_url: str) -> dict[str, str]:
    """Register an application: again for every consent, for keys are not shared."""
    parts = urlsplit(return_url)
    form: Params = {
        "client_name": CLIENT_NAME,
        "redirect_uris": return_url,
        "scopes": _SCOPES,
        "website": f"{parts.scheme}://{parts.netloc}",
    }
    try:
        app = line.post("/api/v1/apps", form).fields
    # An application too many harms nobody: doubt is no more than a failure here.
    except (failures.OutcomeUnknown, failures.ContractChanged) as error:
        raise failures.Unavailable(network_code=error.network_code) from error
    return {"client_id": text_in(app, "client_id"), "client_secret": text_in(app, "client_secret")}


# --- back again ----------------------------------------------------------------------------------


def finish(
    open_line: OpenLine, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
) -> Connected:
    """Trade the code for a token and see whose it is. Raises as ``Authorizes.finish``."""
    server, code = keep.get("server", ""), oauth.code_in(query, _NO_CONSENT)
    with open_line(server, "", ()) as line:
        token = _token(line, keep, code, return_url)
    access = text_in(token, "access_token")
    scopes = oauth.scopes_in(token, _SCOPES)
    with open_line(server, access, scopes) as line:
        try:
            return _connected(line, keep, access, scopes)
        except failures.ContractChanged as error:
            raise failures.Unavailable(network_code=error.network_code) from error


def _token(line: Line, keep: Mapping[str, str], code: str, return_url: str) -> Fields:
    app = oauth.App({**oauth.app_in_form(keep).form, "scope": _SCOPES})
    door = oauth.Door(
        url=f"{line.server}/oauth/token",
        # The application is ours and a minute old: whatever is refused, one begins again.
        dead=frozenset({oauth.ANY, "400", "401", "422"}),
        wrong_app=frozenset(),
        refused=_REFUSED,
        wait=lambda response: reset_at(response.headers) or soonest(response),
    )
    return oauth.traded(line.client, door, app, code, return_url, keep.get(oauth.VERIFIER, ""))


def _connected(
    line: Line, keep: Mapping[str, str], access: str, scopes: frozenset[str]
) -> Connected:
    missing = next((scope for scope in SCOPES if not line.may(scope)), "")
    if missing:
        raise scope_missing(missing)
    server = instance.ask(line)
    me = whoami(line).fields
    address = address_of(text_in(me, "acct"), server.domain)
    return Connected(
        external_id=address,
        handle=address,
        settings={
            "server": line.server,
            "account_id": text_in(me, "id"),
            VISIBILITY: keep.get(VISIBILITY, "") or "public",
            **server.settings,
            **_start(line, text_in(me, "id")),
        },
        secrets={
            "access": access,
            "client_id": keep.get("client_id", ""),
            "client_secret": keep.get("client_secret", ""),
        },
        scopes=scopes,
    )


def _start(line: Line, account_id: str) -> dict[str, str]:
    """The newest that there is: what is older was before our time."""
    own = f"/api/v1/accounts/{account_id}/statuses"
    newest = {_newest(line, own, ()), _newest(line, CONVERSATIONS, ("last_status",))}
    return {
        START_NOTIFICATION: _newest(line, NOTIFICATIONS, (), include_filtered="true"),
        START_STATUS: max(newest, key=order),
    }


def _newest(line: Line, path: str, within: Collection[str], **params: str) -> str:
    """The newest id in a list; empty if it is empty, or not there."""
    try:
        entries = line.get(path, {"limit": 1, **params}).entries
    except (failures.TargetGone, failures.ContractChanged):
        return ""
    for name in within:
        entries = [inner for one in entries if isinstance(inner := one.get(name), dict)]
    return max((text_or_none(one, "id") or "" for one in entries), key=order, default="")

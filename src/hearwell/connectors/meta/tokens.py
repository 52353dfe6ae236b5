"""Meta's tokens: consent, exchange, extension, inspection, and the Pages a person can hand over.

A person's token lives for an hour, its long-lived form for about 60 days. A Page's token that was
got with a long-lived one does not expire, but the access to data does, 90 days after the consent.

Only the page of consent is as ``connect.oauth`` knows it: Meta has no refresh tokens, it exchanges
one token for another, by GET, and refuses in the Graph API's own words, which ``wire`` reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hearwell.connect import oauth
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.failures import ContractChanged, Failure
from hearwell.connect.fields import Fields, nonempty_in, object_in, text_or_none
from hearwell.connectors.meta.hook import id_in
from hearwell.connectors.meta.wire import VERSION, Meta

DIALOG_HOST = "www.facebook.com"
_PAGE_FIELDS = "id,name,access_token,tasks,instagram_business_account{id,username}"
_MOST_PAGES = 20
# What Meta says where a code or a token is traded and the app is not the one that it knows: at
# which field, in the words of the forms. Elsewhere the second code is trouble of its own.
_WRONG_APP: Mapping[str, tuple[str, str]] = {
    "101": ("app_id", "Meta knows no app of this “App ID”. Copy it from the app's dashboard."),
    "1": (
        "app_secret",
        "Meta does not know this “App secret” for this app. Copy it again: App settings, Basic.",
    ),
}


@dataclass(frozen=True, slots=True)
class App:
    """An app of Meta's: its number and its secret, which also signs its webhooks."""

    id: str
    secret: str = field(repr=False)

    @property
    def token(self) -> str:
        """The app's own token."""
        return f"{self.id}|{self.secret}"


@dataclass(frozen=True, slots=True)
class Token:
    """A token and until when it is good; None: for ever, or nobody says."""

    value: str = field(repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What Meta says of a token. ``targets`` are the accounts that a right was given for."""

    is_valid: bool
    app_id: str = ""
    scopes: frozenset[str] = frozenset()
    targets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    expires_at: datetime | None = None
    error_code: int = 0
    error_subcode: int = 0

    def may(self, scope: str, account: str = "") -> bool:
        """Whether it has the right, for this account if rights were given one by one."""
        given = self.targets.get(scope, frozenset())
        return scope in self.scopes and (not account or not given or account in given)


@dataclass(frozen=True, slots=True)
class Page:
    """A Page that a person may hand over, with the Instagram account that belongs to it."""

    id: str
    name: str
    token: str = field(repr=False)
    instagram_id: str = ""
    instagram_name: str = ""


def consent_url(meta: Meta, app: App, scopes: Iterable[str], return_url: str, state: str) -> str:
    """Meta's page of consent (Facebook Login)."""
    page = f"{meta.origin(DIALOG_HOST)}/{VERSION.name}/dialog/oauth"
    return oauth.Consent(page, app.id, ",".join(scopes)).url(return_url, state)


def exchanged(meta: Meta, app: App, code: str, return_url: str) -> Token:
    """The token of the person who consented, extended at once. Raises failures."""
    asked = {"redirect_uri": return_url, "code": code}
    return extended(meta, app, _token_for(meta, app, asked).value)


def extended(meta: Meta, app: App, token: str) -> Token:
    """The long-lived form of a person's token. Raises ``NeedsReauth`` if it is dead already."""
    asked = {"grant_type": "fb_exchange_token", "fb_exchange_token": token}
    return _token_for(meta, app, asked)


def _token_for(meta: Meta, app: App, asked: Mapping[str, str]) -> Token:
    query = {"client_id": app.id, "client_secret": app.secret, **asked}
    with naming_the_field():
        return token_in(meta.line("").get("oauth/access_token", query).fields)


@contextmanager
def naming_the_field() -> Iterator[None]:
    """Have a wrong app be said at its field. Raises ``FieldRefused``."""
    try:
        yield
    except Failure as failure:
        found = _WRONG_APP.get(failure.network_code)
        if found is None:
            raise
        # Not "from": the request in it holds the secret.
        raise FieldRefused(*found, network_code=failure.network_code) from None


def token_in(fields: Fields) -> Token:
    """A token out of an answer. Raises ``ContractChanged``."""
    return Token(nonempty_in(fields, "access_token"), oauth.ends(fields))


def inspect(meta: Meta, app: App, token: str) -> Facts:
    """What Meta says of a token. Raises failures; that it is dead is no failure."""
    answer = meta.line(app.token).get("debug_token", {"input_token": token})
    data = object_in(answer.fields.get("data"), "what it says of a token")
    error = data.get("error")
    told: Mapping[str, Any] = error if isinstance(error, dict) else {}
    ends = [_time(data.get(name)) for name in ("expires_at", "data_access_expires_at")]
    return Facts(
        is_valid=data.get("is_valid") is True,
        app_id=str(data.get("app_id", "")),
        scopes=frozenset(_texts(data.get("scopes"))),
        targets=_targets(data.get("granular_scopes")),
        expires_at=min((one for one in ends if one), default=None),
        error_code=_whole(told.get("code")),
        error_subcode=_whole(told.get("subcode")),
    )


def pages_of(meta: Meta, app: App, token: str) -> list[Page]:
    """The Pages that a person gave us. Raises failures."""
    line, pages, after = meta.line(token, proof=app.secret), list[Page](), ""
    for _ in range(_MOST_PAGES):
        asked: dict[str, str | int] = {"fields": _PAGE_FIELDS, "limit": 100}
        answer = line.get("me/accounts", asked | ({"after": after} if after else {}))
        pages += [_page(one) for one in answer.entries if text_or_none(one, "access_token")]
        after = answer.after or ""
        if not after:
            break
    return pages


def chosen_among(pages: Sequence[Page], wanted: str) -> Page | None:
    """The Page of this id, name or address; the only one, if none was named; else None."""
    word = wanted.strip().rstrip("/").rpartition("/")[2].casefold()
    if not word:
        return pages[0] if len(pages) == 1 else None
    return next((one for one in pages if word in {one.id, one.name.casefold()}), None)


def _page(one: Fields) -> Page:
    linked = one.get("instagram_business_account")
    instagram: Fields = linked if isinstance(linked, dict) else {}
    return Page(
        id_in(one, "id"),
        text_or_none(one, "name") or "",
        nonempty_in(one, "access_token"),
        str(instagram.get("id", "")),
        text_or_none(instagram, "username") or "",
    )


def _targets(value: object) -> dict[str, frozenset[str]]:
    """Which accounts each right was given for; a right without a list holds for all."""
    if not isinstance(value, list):
        return {}
    given = [one for one in value if isinstance(one, dict) and one.get("target_ids")]
    return {str(one.get("scope", "")): frozenset(_texts(one["target_ids"])) for one in given}


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _time(value: object) -> datetime | None:
    seconds = _whole(value)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError) as error:
        raise ContractChanged from error


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0

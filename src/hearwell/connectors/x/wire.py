"""One call to X's API, and what its answers mean.

Classified by status and by the ``type`` of the problem, never by its words. An answer of 200 may
hold nothing but ``errors``. What separates ``Unavailable`` from ``OutcomeUnknown`` is whether a
byte of something that is done may have left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import allowance_in, object_or_none, reset_in
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.model import Account
from hearwell.connect.wording import RIGHT_MISSING
from hearwell.kit import clock

Params = Mapping[str, str | int]
Form = Mapping[str, str]
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_FIRST_SERVER_ERROR, _FIRST_REFUSAL = 500, 400
_NO_TIME_TOLD = timedelta(minutes=15)
_CREDITS = "X's credits are used up. Buy more in X's developer console, or wait until they refill."
_APP = (
    "X refuses this app. It needs a project with pay-per-use or Enterprise access, and the right"
    " “Read and write and Direct message” in its settings."
)
_SUSPENDED = "X has suspended this account."
_BY_TYPE: Mapping[str, type[failures.Failure]] = {
    "resource-not-found": failures.TargetGone,
    "not-authorized-for-resource": failures.NotAllowed,
    "disallowed-resource": failures.NotAllowed,
    "usage-capped": failures.QuotaExhausted,
    "credits-depleted": failures.QuotaExhausted,
    "client-forbidden": failures.ScopeMissing,
    "oauth1-permissions": failures.ScopeMissing,
    "unsupported-authentication": failures.NeedsReauth,
    "user-suspended": failures.AccountDisabled,
    "resource-unavailable": failures.Unavailable,
}
_BY_STATUS: Mapping[int, type[failures.Failure]] = {
    401: failures.NeedsReauth,
    402: failures.QuotaExhausted,
    403: failures.NotAllowed,
    404: failures.TargetGone,
    410: failures.ContractChanged,
    413: failures.MediaRejected,
}
_WORDS: Mapping[type[failures.Failure], str] = {
    failures.QuotaExhausted: _CREDITS,
    failures.ScopeMissing: _APP,
    failures.AccountDisabled: _SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: its JSON object, and what its headers say of our pace."""

    body: Fields
    headers: httpx.Headers = field(repr=False)

    @property
    def data(self) -> Fields:
        """The one thing asked for. Raises the failure that stands in its place."""
        found = self.body.get("data")
        if isinstance(found, dict):
            return found
        raise problem_of(self.body) or failures.ContractChanged(network_code="200")

    @property
    def entries(self) -> list[Fields]:
        """The things asked for; none where X names nothing but what it lacks."""
        found = self.body.get("data", [])
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            return found
        raise failures.ContractChanged(network_code="200")

    @property
    def next_token(self) -> str:
        """Where the next page begins; empty if there is none."""
        meta = self.body.get("meta")
        return (text_or_none(meta, "next_token") or "") if isinstance(meta, dict) else ""


@dataclass(frozen=True, slots=True)
class Line:
    """X and how to speak to it: an origin, a token and the rights that it has (empty: unknown)."""

    client: httpx.Client
    at: str
    token: str = field(default="", repr=False)
    scopes: frozenset[str] = frozenset()

    def get(self, path: str, params: Params | None = None, *, needs: str = "") -> Answer:
        """Ask. Nothing can be half done, so whatever goes wrong in transit is ``Unavailable``."""
        try:
            response = self.client.get(self._url(path), params=_plain(params), headers=self._who())
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        if response.status_code >= _FIRST_SERVER_ERROR:
            raise failures.Unavailable(network_code=str(response.status_code))
        return self._read(response, needs)

    def do(self, method: str, path: str, body: Any = None, *, needs: str = "") -> Answer:
        """Do, once. Any doubt about the outcome is said to be one."""
        return self._write(method, path, needs, {} if body is None else {"json": body})

    def upload(self, path: str, form: Form, file: tuple[str, bytes, str], *, needs: str) -> Answer:
        """Hand over a file: what it is called, its bytes, its type."""
        return self._write("POST", path, needs, {"data": dict(form), "files": {"media": file}})

    def _write(self, method: str, path: str, needs: str, sent: Mapping[str, Any]) -> Answer:
        try:
            response = self.client.request(method, self._url(path), headers=self._who(), **sent)
        except (*_NEVER_LEFT, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        except httpx.TransportError as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
        if response.status_code >= _FIRST_SERVER_ERROR:
            raise failures.OutcomeUnknown(network_code=str(response.status_code))
        try:
            return self._read(response, needs)
        except failures.ContractChanged as error:
            if response.status_code >= _FIRST_REFUSAL:
                raise failures.Refused(network_code=error.network_code) from error
            raise failures.OutcomeUnknown(network_code=str(response.status_code)) from error

    def _read(self, response: httpx.Response, needs: str) -> Answer:
        body = object_or_none(response)
        if response.status_code >= _FIRST_REFUSAL:
            raise self._failure(response, body, needs)
        if not response.is_success or body is None:
            raise failures.ContractChanged(network_code=str(response.status_code))
        return Answer(body, response.headers)

    def _failure(
        self, response: httpx.Response, body: Fields | None, needs: str
    ) -> failures.Failure:
        status, kind = response.status_code, _type_of(body or {})
        code = f"{status} {kind}".strip()
        found = _BY_TYPE.get(kind)
        if found is None and status == httpx.codes.TOO_MANY_REQUESTS:
            return failures.Throttled(reset_at(response.headers), "user", network_code=code)
        is_forbidden = status == httpx.codes.FORBIDDEN
        if is_forbidden and needs and self.scopes and needs not in self.scopes:
            return scope_missing(needs, code)
        kept = found or _BY_STATUS.get(status, failures.Refused)
        return _failed(kept, code, reset_at(response.headers))

    def _url(self, path: str) -> str:
        return f"{self.at}/2/{path}"

    def _who(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


def line_of(client: httpx.Client, at: str, account: Account) -> Line:
    """A line in the account's name."""
    return Line(client, at, account.secrets.get("access", ""), account.scopes)


def scope_missing(scope: str, code: str = "") -> failures.ScopeMissing:
    """A right that we were not given, by its name."""
    return failures.ScopeMissing(RIGHT_MISSING(right=scope), network_code=code)


def problem_of(body: Fields) -> failures.Failure | None:
    """What an answer of 200 says of a single thing it does not give; None if nothing."""
    found = body.get("errors")
    first = found[0] if isinstance(found, list) and found else None
    if not isinstance(first, dict):
        return None
    kind = _type_of(first)
    return _failed(_BY_TYPE.get(kind, failures.Refused), f"200 {kind}".strip(), None)


def _failed(kind: type[failures.Failure], code: str, at: datetime | None) -> failures.Failure:
    words = _WORDS.get(kind, "")
    if kind is failures.QuotaExhausted:
        return failures.QuotaExhausted(at, words, network_code=code)
    return kind(words, network_code=code)


def _type_of(problem: Fields) -> str:
    """The last part of a problem's type, which is an address; empty for ``about:blank``."""
    kind = text_or_none(problem, "type") or ""
    return kind.rpartition("/")[2][:60] if "/problems/" in kind else ""


def _plain(params: Params | None) -> dict[str, str | int]:
    return dict(params or {})


def reset_at(headers: httpx.Headers) -> datetime:
    """When to come back, by the limit that is used up: for the day, else for these minutes."""
    day = headers.get("x-user-limit-24hour-remaining") == "0"
    name = "x-user-limit-24hour-reset" if day else "x-rate-limit-reset"
    return reset_in(headers, name) or clock.now() + _NO_TIME_TOLD


def allowance(headers: httpx.Headers) -> tuple[int, int] | None:
    """Calls left and allowed in these minutes; None where X is silent."""
    return allowance_in(headers, "x-rate-limit-")

"""One call to an XRPC method, and what its answers mean.

Classified by status and ``error``. A dead token is a 400 here (``ExpiredToken``,
``InvalidToken``), none at all a 401. What separates ``Unavailable`` from ``OutcomeUnknown`` is
whether a byte of the request may have left: only a connection that never stood surely did nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import allowance_in, object_or_none, reset_in, wait_in

Answer = Mapping[str, Any]
Params = Mapping[str, str | int | Sequence[str]]
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_FIRST_SERVER_ERROR, _FIRST_REFUSAL = 500, 400
_DAY_S, _PER_ADDRESS_S = 86_400, 300
_BY_CODE: Mapping[str, type[failures.Failure]] = {
    "ExpiredToken": failures.NeedsReauth,
    "InvalidToken": failures.NeedsReauth,
    "AuthMissing": failures.NeedsReauth,
    "AuthenticationRequired": failures.NeedsReauth,
    "AuthFactorTokenRequired": failures.NeedsReauth,
    "InsufficientScope": failures.ScopeMissing,
    "ScopeMissingError": failures.ScopeMissing,
    "AccountTakedown": failures.AccountDisabled,
    "AccountDeactivated": failures.AccountDisabled,
    "AccountNotFound": failures.AccountDisabled,
    "AccountSuspended": failures.AccountDisabled,
    "RepoTakendown": failures.AccountDisabled,
    "RepoSuspended": failures.AccountDisabled,
    "RepoDeactivated": failures.AccountDisabled,
    "BlockedActor": failures.NotAllowed,
    "BlockedByActor": failures.NotAllowed,
    "RecordNotFound": failures.TargetGone,
    "NotFound": failures.TargetGone,
    "RepoNotFound": failures.TargetGone,
    "HandleNotFound": failures.TargetGone,
    "ActorNotFound": failures.TargetGone,
    "BlobTooLarge": failures.MediaRejected,
    "InvalidMimeType": failures.MediaRejected,
    # Nobody there understands the method: another kind of server, or another protocol by now.
    "MethodNotImplemented": failures.ContractChanged,
    "XRPCNotSupported": failures.ContractChanged,
}
_BY_STATUS: Mapping[int, type[failures.Failure]] = {
    401: failures.NeedsReauth,
    403: failures.NotAllowed,
    404: failures.TargetGone,
    410: failures.TargetGone,
    413: failures.MediaRejected,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A server and how to speak to it; ``token`` is the access or refresh token, if any."""

    client: httpx.Client
    server: str
    token: str = field(default="", repr=False)

    def get(self, method: str, params: Params) -> Answer:
        """Ask. Nothing can be half done, so whatever goes wrong in transit is ``Unavailable``."""
        try:
            response = self.client.get(
                self._url(method), params=cast("Any", dict(params)), headers=self._headers()
            )
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        if response.status_code >= _FIRST_SERVER_ERROR and not _is_refusal(response):
            raise failures.Unavailable(network_code=_code(response))
        return _answer(response)

    def post(self, method: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Do, once. Any doubt about the outcome is said to be one."""
        return self._post(method, {"json": None if body is None else dict(body)})

    def upload(self, method: str, body: bytes, mime: str) -> Answer:
        """The same with the bytes of a file."""
        return self._post(method, {"content": body}, {"content-type": mime})

    def _post(
        self, method: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Answer:
        try:
            response = self.client.post(
                self._url(method), **body, headers=self._headers() | dict(headers or {})
            )
        except (*_NEVER_LEFT, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        except httpx.TransportError as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
        if response.status_code >= _FIRST_SERVER_ERROR and not _is_refusal(response):
            raise failures.OutcomeUnknown(network_code=_code(response))
        try:
            return _answer(response)
        except failures.ContractChanged as error:
            if _is_refusal(response):
                raise failures.Refused(network_code=error.network_code) from error
            # It said yes, or something like it, in words we cannot read: it may well be done.
            raise failures.OutcomeUnknown(network_code=_code(response)) from error

    def _url(self, method: str) -> str:
        return f"{self.server.rstrip('/')}/xrpc/{method}"

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


def objects(answer: Answer, name: str) -> list[Answer]:
    """A list of objects from an answer. Raises ``ContractChanged``."""
    values = answer.get(name)
    if isinstance(values, list) and all(isinstance(value, dict) for value in values):
        return values
    message = f"Bluesky's answer has no list of {name}"
    raise failures.ContractChanged(message)


def _is_refusal(response: httpx.Response) -> bool:
    """501 is a definite no, whatever its number."""
    return response.status_code == httpx.codes.NOT_IMPLEMENTED


def _code(response: httpx.Response) -> str:
    return f"{response.status_code} {(object_or_none(response) or {}).get('error', '')}".strip()


def _answer(response: httpx.Response) -> Answer:
    body = object_or_none(response) or {}
    if response.status_code >= _FIRST_REFUSAL:
        raise _failure(response, str(body.get("error", "")))
    # A deletion answers with an empty object, health with a version: what must be in it is for
    # the caller to ask.
    if not response.is_success or (not body and response.content.strip() not in (b"", b"{}")):
        raise failures.ContractChanged(network_code=str(response.status_code))
    return body


def _failure(response: httpx.Response, code: str) -> failures.Failure:
    """The failure that a refusal stands for."""
    network_code = f"{response.status_code} {code}".strip()
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return _slow_down(response, network_code)
    kind = _BY_CODE.get(code) or _BY_STATUS.get(response.status_code)
    if kind is None:
        kind = failures.ContractChanged if _is_refusal(response) else failures.Refused
    return kind(network_code=network_code)


def _slow_down(response: httpx.Response, network_code: str) -> failures.Failure:
    """When to come back: ``ratelimit-reset`` is an epoch in seconds, ``retry-after`` a span."""
    retry_at = _reset_at(response)
    window_s = _window_s(response.headers.get("ratelimit-policy", ""))
    if window_s >= _DAY_S:
        return failures.QuotaExhausted(retry_at, network_code=network_code)
    scope = "app" if window_s == _PER_ADDRESS_S else "account"
    return failures.Throttled(retry_at, scope, network_code=network_code)


def _reset_at(response: httpx.Response) -> datetime | None:
    return wait_in(response.headers) or reset_in(response.headers, "ratelimit-reset")


def _window_s(policy: str) -> int:
    """Seconds in ``3000;w=300``; 0 where the policy does not say."""
    found = policy.partition("w=")[2].partition(";")[0].strip()
    return int(found) if found.isdecimal() and len(found) < len("1000000000") else 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the network said is left of a budget, and until when."""

    limit: int
    left: int
    reset_at: datetime | None


def allowance(response: httpx.Response) -> Allowance | None:
    """What the answer's headers say of our pace; None if nothing."""
    found = allowance_in(response.headers, "ratelimit-")
    if found is None:
        return None
    return Allowance(found[1], found[0], _reset_at(response))

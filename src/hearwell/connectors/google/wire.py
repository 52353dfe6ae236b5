"""One call to an API of Google's, and what its answers mean.

A refusal names its reason in one of two places: in ``error.errors`` (YouTube) or in an
``ErrorInfo`` among ``error.details`` (newer APIs). Both are read; the words are never relied on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import object_or_none, soonest
from hearwell.connect.wording import NOT_GIVEN
from hearwell.connectors.google.midnight import next_midnight
from hearwell.kit import clock

Params = Mapping[str, str | int]
Answer = Mapping[str, Any]
# By reason: the failure, and the words for the agent ("" for the failure's own).
Table = Mapping[str, tuple[type[failures.Failure], str]]
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_FIRST_REFUSAL, _FIRST_SERVER_ERROR = 400, 500
_LONGEST_REASON = 60
_NOT_ENABLED = (
    "The API is not switched on in your Google Cloud project. Switch it on there under"
    " APIs and services, then check again."
)
_NO_QUOTA = (
    "Google has not granted this project access to the API yet: its quota is 0. Apply for access"
    " with Google, then check again."
)
_WITHDRAWN = "Google has withdrawn this version of its API. An update of Hearwell is needed."
_DAILY = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_PACE = frozenset({
    "rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED",
    "concurrentLimitExceeded",
})  # fmt: skip
_COMMON: Table = {
    "authError": (failures.NeedsReauth, ""),
    "required": (failures.NeedsReauth, ""),
    "UNAUTHENTICATED": (failures.NeedsReauth, ""),
    "ACCESS_TOKEN_EXPIRED": (failures.NeedsReauth, ""),
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": (failures.ScopeMissing, ""),
    "insufficientPermissions": (failures.ScopeMissing, ""),
    "accessNotConfigured": (failures.ScopeMissing, _NOT_ENABLED),
    "SERVICE_DISABLED": (failures.ScopeMissing, _NOT_ENABLED),
    "NOT_FOUND": (failures.TargetGone, ""),
    "backendError": (failures.Unavailable, ""),
}
_BY_STATUS: Table = {
    "401": (failures.NeedsReauth, ""),
    "403": (failures.NotAllowed, ""),
    "404": (failures.TargetGone, ""),
    "410": (failures.ContractChanged, _WITHDRAWN),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line to one API in one account's name. ``scope`` is named where a right is missing."""

    client: httpx.Client = field(repr=False)
    at: str
    token: str = field(repr=False)
    table: Table = field(default_factory=dict, repr=False)
    scope: str = ""

    def elsewhere(self, at: str) -> Line:
        """The same account at another API of Google's."""
        return replace(self, at=at)

    def get(self, path: str, params: Params | None = None) -> Answer:
        """Ask: nothing can be half done, so what went wrong in transit is ``Unavailable``."""
        try:
            response = self._call("GET", path, params, None)
        except httpx.TransportError as error:
            raise failures.Unavailable(network_code=type(error).__name__) from None
        if response.status_code >= _FIRST_SERVER_ERROR:
            raise failures.Unavailable(network_code=str(response.status_code))
        return self._answer(response)

    def do(self, method: str, path: str, params: Params | None, body: Answer | None) -> Answer:
        """Change something, once. Any doubt about the outcome is said to be one."""
        try:
            response = self._call(method, path, params, body)
        except _NEVER_LEFT as error:
            raise failures.Unavailable(network_code=type(error).__name__) from None
        except httpx.TransportError as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from None
        if response.status_code >= _FIRST_SERVER_ERROR:
            raise failures.OutcomeUnknown(network_code=str(response.status_code))
        if response.status_code == httpx.codes.NO_CONTENT:
            return {}
        try:
            return self._answer(response)
        except failures.ContractChanged as error:
            if response.status_code >= _FIRST_REFUSAL:
                raise
            raise failures.OutcomeUnknown(network_code=error.network_code) from None

    def _call(
        self, method: str, path: str, params: Params | None, body: Answer | None
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"}
        more: dict[str, Any] = {} if body is None else {"json": dict(body)}
        return self.client.request(
            method, f"{self.at}/{path}", params=dict(params or {}), headers=headers, **more
        )

    def _answer(self, response: httpx.Response) -> Answer:
        body = object_or_none(response) or {}
        # An answer of 200 that holds an error is one all the same.
        if response.status_code >= _FIRST_REFUSAL or isinstance(body.get("error"), dict):
            raise self._failure(response, body)
        if not response.is_success or (not body and response.content.strip() not in (b"{}", b"")):
            raise failures.ContractChanged(network_code=str(response.status_code))
        return body

    def _failure(self, response: httpx.Response, body: Answer) -> failures.Failure:
        reasons = list(reasons_of(body))
        code = _code(response, reasons)
        if _is_zero_quota(body):
            return failures.ScopeMissing(_NO_QUOTA, network_code=f"{code} quota 0")
        if _DAILY & set(reasons):
            return failures.QuotaExhausted(next_midnight(clock.now()), network_code=code)
        if _PACE & set(reasons) or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            # Google says how long only in words; a minute is the stretch its pace is counted in.
            return failures.Throttled(soonest(response), "app", network_code=code)
        return self._by_table(reasons, response.status_code, code)

    def _by_table(self, reasons: list[str], status: int, code: str) -> failures.Failure:
        table = {**_COMMON, **self.table}
        found = next((table[reason] for reason in reasons if reason in table), None)
        if found is not None:
            return self._worded(*found, code)
        return self._worded(*_BY_STATUS.get(str(status), (failures.Refused, "")), code)

    def _worded(self, kind: type[failures.Failure], words: str, code: str) -> failures.Failure:
        if kind is failures.ScopeMissing and not words and self.scope:
            words = NOT_GIVEN(right=self.scope)
        return kind(words, network_code=code)


def reasons_of(body: Answer) -> Iterator[str]:
    """Why it was refused, the most telling first."""
    error = body.get("error")
    if not isinstance(error, dict):
        return
    for name in ("errors", "details"):
        found = error.get(name)
        for one in found if isinstance(found, list) else ():
            if isinstance(one, dict) and isinstance(one.get("reason"), str):
                yield one["reason"]
    if isinstance(error.get("status"), str):
        yield error["status"]


def _is_zero_quota(body: Answer) -> bool:
    """Whether the quota that was exceeded is one of nothing: access was never granted."""
    error = body.get("error")
    details = error.get("details") if isinstance(error, dict) else None
    for one in details if isinstance(details, list) else ():
        metadata = one.get("metadata") if isinstance(one, dict) else None
        if isinstance(metadata, dict) and metadata.get("quota_limit_value") == "0":
            return True
    return False


def _code(response: httpx.Response, reasons: list[str]) -> str:
    return f"{response.status_code} {reasons[0][:_LONGEST_REASON] if reasons else ''}".strip()


def objects(answer: Answer, name: str) -> list[Answer]:
    """A list of objects from an answer, which may be left out if empty. Raises otherwise."""
    values = answer.get(name, [])
    if isinstance(values, list) and all(isinstance(value, dict) for value in values):
        return values
    message = f"Google's answer has no list of {name}"
    raise failures.ContractChanged(message)

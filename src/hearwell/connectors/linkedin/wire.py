"""One call to LinkedIn's REST API, and what its answers mean.

Classified by status and ``code``. Addresses are built by hand: Rest.li wants its brackets and
commas as they are and every URN escaped, which no library's query encoding does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import object_or_none, wait_in
from hearwell.connect.wording import Wording
from hearwell.connectors.linkedin.manifest import COMMENT_LIMIT, PROTOCOL, VERSION
from hearwell.kit import clock

Answer = Mapping[str, Any]
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_FIRST_SERVER_ERROR, _FIRST_REFUSAL = 500, 400
_SHORT_WAIT = timedelta(minutes=1)
WITHDRAWN = Wording(
    "LinkedIn has withdrawn version %(name)s of its interface. Hearwell has to be updated."
)(name=VERSION.name)
_NO_RIGHT = (
    "LinkedIn refuses this: the right “%s” or the role that it needs on the Page is missing."
    " Connect again as an administrator of the Page, with an app that has the Community"
    " Management API."
)
_BY_CODE: Mapping[str, type[failures.Failure]] = {
    "INVALID_ACCESS_TOKEN": failures.NeedsReauth,
    "REVOKED_ACCESS_TOKEN": failures.NeedsReauth,
    "EXPIRED_ACCESS_TOKEN": failures.NeedsReauth,
    "EMPTY_ACCESS_TOKEN": failures.NeedsReauth,
    "MEMBER_RESTRICTED": failures.AccountDisabled,
    "DUPLICATE_POST": failures.Duplicate,
    "ALREADY_EXISTS": failures.Duplicate,
    "COMMENTS_DISABLED": failures.NotAllowed,
    "NOT_FOUND": failures.TargetGone,
}
_BY_STATUS: Mapping[int, type[failures.Failure]] = {
    401: failures.NeedsReauth,
    404: failures.TargetGone,
    409: failures.Duplicate,
    410: failures.TargetGone,
}


@dataclass(frozen=True, slots=True)
class Line:
    """LinkedIn's API at ``at``, in the name of ``token``."""

    client: httpx.Client
    at: str
    token: str = field(default="", repr=False)

    def get(self, path: str, needs: str) -> Answer:
        """Ask. ``needs`` is the right that a 403 says is missing.

        Nothing can be half done, so whatever goes wrong in transit is ``Unavailable``.
        """
        try:
            response = self.client.get(f"{self.at}/rest/{path}", headers=self._headers())
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        if response.status_code >= _FIRST_SERVER_ERROR:
            raise failures.Unavailable(network_code=_code(response))
        return _answer(response, needs, is_read=True)

    def do(self, method: str, path: str, needs: str, body: Answer | None = None) -> Answer:
        """Do, once. Any doubt about the outcome is said to be one."""
        given: dict[str, Any] = {} if body is None else {"json": dict(body)}
        try:
            response = self.client.request(
                method, f"{self.at}/rest/{path}", headers=self._headers(), **given
            )
        except _NEVER_LEFT as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        except httpx.TransportError as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
        if response.status_code >= _FIRST_SERVER_ERROR:
            raise failures.OutcomeUnknown(network_code=_code(response))
        try:
            return _answer(response, needs, is_read=False)
        except failures.ContractChanged as error:
            raise failures.OutcomeUnknown(network_code=_code(response)) from error

    def _headers(self) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self.token}",
            "linkedin-version": VERSION.name,
            "x-restli-protocol-version": PROTOCOL,
        }


def _answer(response: httpx.Response, needs: str, *, is_read: bool) -> Answer:
    if response.status_code >= _FIRST_REFUSAL:
        raise _failure(response, needs, is_read=is_read)
    if not response.content:
        return {}
    body = object_or_none(response)
    if body is None or not response.is_success:
        raise failures.ContractChanged(network_code=_code(response))
    return body


def _failure(response: httpx.Response, needs: str, *, is_read: bool) -> failures.Failure:
    status, code = response.status_code, _code(response)
    request_id = response.headers.get("x-li-uuid", "")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return _too_fast(response, code, is_read=is_read)
    if status == httpx.codes.UPGRADE_REQUIRED:
        kind = failures.ContractChanged if is_read else failures.Refused
        return kind(WITHDRAWN, network_code=code, request_id=request_id)
    named = _BY_CODE.get(code.partition(" ")[2])
    if status == httpx.codes.FORBIDDEN and named is None:
        return failures.ScopeMissing(_NO_RIGHT % needs, network_code=code, request_id=request_id)
    if code.endswith("FIELD_LENGTH_TOO_LONG"):
        return failures.TooLong(COMMENT_LIMIT, 0, "utf16", network_code=code)
    found = named or _BY_STATUS.get(status, failures.Refused)
    return found(network_code=code, request_id=request_id)


def _too_fast(response: httpx.Response, code: str, *, is_read: bool) -> failures.Failure:
    """LinkedIn names no time: what is written is held up for a minute, a day's quota to midnight.

    A ``retry-after``, should one come, is believed.
    """
    now, told = clock.now(), wait_in(response.headers)
    if told or not is_read:
        return failures.Throttled(told or now + _SHORT_WAIT, "app", network_code=code)
    return failures.QuotaExhausted(midnight_after(now), network_code=code)


def midnight_after(now: datetime) -> datetime:
    """When LinkedIn's quotas begin anew: midnight in UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _code(response: httpx.Response) -> str:
    """The status and LinkedIn's own word for it, as an admin may have to tell it."""
    body = object_or_none(response) or {}
    word = body.get("code") or body.get("serviceErrorCode") or ""
    return f"{response.status_code} {word}".strip()[:80]

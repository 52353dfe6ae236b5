"""One call to Reddit's API, and what its answers mean.

Errors of what is said come within HTTP 200, as ``json.errors``; ``RATELIMIT`` among them, with the
seconds to wait beside it. The headers ``x-ratelimit-*`` tell how many calls are left and the
seconds, with a fraction, until there are more. Classified by status and code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import object_or_none
from hearwell.connect.fields import Fields
from hearwell.connectors.reddit.manifest import AGENT, COMMENT_LIMIT
from hearwell.kit import clock

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_FIRST_SERVER_ERROR, _FIRST_REFUSAL = 500, 400
_LONGEST_WAIT_S = 86_400.0
# Fewer calls left than this: the rest is for what people do.
_KEEP = 10
_WAIT = re.compile(r"(\d+) (millisecond|second|minute|hour)")
_UNIT_S = {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0}
_NO_RIGHT = "This account was connected without the right “%s”. Please reconnect it."
_BY_CODE: Mapping[str, type[failures.Failure]] = {
    "USER_REQUIRED": failures.NeedsReauth,
    "WRONG_PASSWORD": failures.NeedsReauth,
    "DELETED_COMMENT": failures.TargetGone,
    "DELETED_LINK": failures.TargetGone,
    "DELETED_THING": failures.TargetGone,
    "NO_THING_ID": failures.TargetGone,
    "THREAD_LOCKED": failures.NotAllowed,
    "TOO_OLD": failures.NotAllowed,
    "USER_BLOCKED": failures.NotAllowed,
    "USER_BLOCKED_MESSAGE": failures.NotAllowed,
    "USER_MUTED": failures.NotAllowed,
    "BANNED_FROM_SUBREDDIT": failures.NotAllowed,
    "SUBREDDIT_NOTALLOWED": failures.NotAllowed,
    "SUBREDDIT_NOEXIST": failures.TargetGone,
    "NOT_AUTHOR": failures.NotAllowed,
    "NOT_WHITELISTED_BY_USER_MESSAGE": failures.NotAllowed,
    "SOMETHING_IS_BROKEN": failures.NotAllowed,
    "SUSPENDED": failures.AccountDisabled,
    "ALREADY_SUB": failures.Duplicate,
}
_BY_STATUS: Mapping[int, type[failures.Failure]] = {
    401: failures.NeedsReauth,
    403: failures.NotAllowed,
    404: failures.TargetGone,
    410: failures.TargetGone,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What Reddit said, and how many calls it still takes until when; None where untold."""

    body: Fields
    left: float | None = None
    used: float | None = None
    resets_at: datetime | None = None

    @property
    def wait_until(self) -> datetime | None:
        """Until when to leave it alone, if few calls are left."""
        return self.resets_at if self.left is not None and self.left < _KEEP else None


@dataclass(frozen=True, slots=True)
class Line:
    """Reddit's API at ``at``, in the name of ``token``; ``contact`` is the person to turn to."""

    client: httpx.Client
    at: str
    contact: str
    token: str = field(default="", repr=False)

    def get(self, path: str, params: Mapping[str, str], needs: str) -> Answer:
        """Ask. Nothing can be half done: whatever goes wrong in transit is ``Unavailable``."""
        given = {"raw_json": "1", **params}
        try:
            response = self.client.get(f"{self.at}{path}", params=given, headers=self._headers())
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        if response.status_code >= _FIRST_SERVER_ERROR:
            raise failures.Unavailable(network_code=str(response.status_code))
        return _answer(response, needs)

    def do(self, path: str, form: Mapping[str, str], needs: str) -> Answer:
        """Do, once. Any doubt about the outcome is said to be one."""
        given = {"api_type": "json", "raw_json": "1", **form}
        try:
            response = self.client.post(f"{self.at}{path}", data=given, headers=self._headers())
        except _NEVER_LEFT as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        except httpx.TransportError as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
        if response.status_code >= _FIRST_SERVER_ERROR:
            raise failures.OutcomeUnknown(network_code=str(response.status_code))
        try:
            return _answer(response, needs)
        except failures.ContractChanged as error:
            raise failures.OutcomeUnknown(network_code=error.network_code) from error

    def _headers(self) -> dict[str, str]:
        return {
            "authorization": f"Bearer {self.token}",
            "user-agent": agent_of(self.contact),
        }


def agent_of(contact: str) -> str:
    """Who calls, as Reddit's rules want it said; only signs that a user name may have."""
    return AGENT % (re.sub(r"[^\w-]", "", contact, flags=re.ASCII) or "unknown")


def _answer(response: httpx.Response, needs: str) -> Answer:
    status = response.status_code
    body = object_or_none(response)
    if status >= _FIRST_REFUSAL:
        raise _refusal(response, body or {}, needs)
    if not response.is_success or body is None:
        raise failures.ContractChanged(network_code=str(status))
    found = _error_within(body)
    if found is not None:
        raise found
    number = {name: _number(response.headers.get(f"x-ratelimit-{name}")) for name in _COUNTS}
    return Answer(body, number["remaining"], number["used"], _after(number["reset"]))


_COUNTS = ("remaining", "used", "reset")


def _error_within(body: Fields) -> failures.Failure | None:
    """What a 200 refuses: ``json.errors`` holds lists of code, words and field."""
    inner = body.get("json")
    errors = inner.get("errors") if isinstance(inner, dict) else None
    if not isinstance(errors, list) or not errors:
        return None
    first = errors[0] if isinstance(errors[0], list) and errors[0] else [""]
    code, words = str(first[0])[:60], str(first[1]) if len(first) > 1 else ""
    if code == "RATELIMIT":
        told = _number(inner.get("ratelimit")) if isinstance(inner, dict) else None
        return failures.Throttled(_after(told or _wait_in(words)), "account", network_code=code)
    return _coded(code, code)


def _coded(code: str, network_code: str) -> failures.Failure:
    if code == "TOO_LONG":
        return failures.TooLong(COMMENT_LIMIT, 0, "code_points", network_code=network_code)
    return _BY_CODE.get(code, failures.Refused)(network_code=network_code)


def _refusal(response: httpx.Response, body: Fields, needs: str) -> failures.Failure:
    status = response.status_code
    reason = str(body.get("reason") or body.get("error") or "")[:60]
    code = f"{status} {reason}".strip()
    if status == httpx.codes.TOO_MANY_REQUESTS:
        left = response.headers.get("x-ratelimit-reset") or response.headers.get("retry-after")
        return failures.Throttled(_after(_number(left)), "app", network_code=code)
    if status == httpx.codes.FORBIDDEN and "insufficient_scope" in response.headers.get(
        "www-authenticate", ""
    ):
        return failures.ScopeMissing(_NO_RIGHT % needs, network_code=f"{code} {needs}")
    if reason == "TOO_LONG" or reason in _BY_CODE:
        return _coded(reason, code)
    return _BY_STATUS.get(status, failures.Refused)(network_code=code)


def _wait_in(words: str) -> float | None:
    """The wait that the words of a RATELIMIT name, where no number stands beside them."""
    found = _WAIT.search(words)
    return float(found[1]) * _UNIT_S[found[2]] if found else None


def _number(value: object) -> float | None:
    """A number that makes sense as seconds or a count, whether it comes as one or as text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _after(seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    return clock.now() + timedelta(seconds=math.ceil(min(seconds, _LONGEST_WAIT_S)))

"""One call to Harbour's API, and what its answers mean.

Classified by status and code. What separates ``Unavailable`` from ``OutcomeUnknown`` is whether
a byte of the request may have left: only a connection that never stood surely did nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import object_or_none
from hearwell.connect.attachments import Attachment
from hearwell.kit import clock

Answer = Mapping[str, Any]
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_FIRST_SERVER_ERROR = 500
_FIRST_REFUSAL = 400
_BY_CODE: Mapping[str, type[failures.Failure]] = {
    "token_expired": failures.NeedsReauth,
    "token_unknown": failures.NeedsReauth,
    "scope_missing": failures.ScopeMissing,
    "page_closed": failures.AccountDisabled,
    "not_allowed": failures.NotAllowed,
    "window_closed": failures.WindowClosed,
    "target_gone": failures.TargetGone,
    "media_rejected": failures.MediaRejected,
}
_BY_STATUS: Mapping[int, type[failures.Failure]] = {
    401: failures.NeedsReauth,
    404: failures.TargetGone,
    410: failures.TargetGone,
}


def read(client: httpx.Client, url: str, token: str, params: Mapping[str, str]) -> Answer:
    """GET: nothing can be half done, so whatever went wrong in transit is ``Unavailable``."""
    try:
        response = client.get(url, params=params, headers=_headers(token))
    except httpx.TransportError as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    if response.status_code >= _FIRST_SERVER_ERROR:
        raise failures.Unavailable(network_code=str(response.status_code))
    return _answer(response)


def write(client: httpx.Client, url: str, token: str, body: Mapping[str, Any]) -> Answer:
    """POST, once. Any doubt about the outcome is said to be one."""
    return _post(client, url, token, {"json": dict(body)})


def upload(client: httpx.Client, url: str, token: str, file: Attachment) -> Answer:
    """The same with a file and what describes it."""
    files = {"file": (file.name, file.body, file.mime)}
    return _post(client, url, token, {"data": {"description": file.alt}, "files": files})


def _post(client: httpx.Client, url: str, token: str, body: Mapping[str, Any]) -> Answer:
    try:
        response = client.post(url, **body, headers=_headers(token))
    except _NEVER_LEFT as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    except httpx.TransportError as error:
        raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
    if response.status_code >= _FIRST_SERVER_ERROR:
        raise failures.OutcomeUnknown(network_code=str(response.status_code))
    try:
        return _answer(response)
    except failures.ContractChanged as error:
        # It said yes, or something like it, in words we cannot read: it may well have posted.
        raise failures.OutcomeUnknown(network_code=str(response.status_code)) from error


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _answer(response: httpx.Response) -> Answer:
    body = object_or_none(response)
    if response.status_code >= _FIRST_REFUSAL:
        raise _failure(response, body or {})
    if not response.is_success or body is None:
        raise failures.ContractChanged(network_code=str(response.status_code))
    return body


def _failure(response: httpx.Response, body: Answer) -> failures.Failure:
    """The failure that a 4xx stands for."""
    found = body.get("error")
    error = found if isinstance(found, dict) else {}
    code = str(error.get("code", ""))
    network_code = f"{response.status_code} {code}".strip()
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return _slow_down(response, code, network_code)
    if code == "too_long":
        limit, actual = _whole(error.get("limit")), _whole(error.get("actual"))
        return failures.TooLong(limit, actual, "graphemes", network_code=network_code)
    if code == "duplicate":
        existing = error.get("existing")
        return failures.Duplicate(
            existing=existing if isinstance(existing, str) else None, network_code=network_code
        )
    kind = _BY_CODE.get(code) or _BY_STATUS.get(response.status_code, failures.Refused)
    return kind(network_code=network_code)


def _slow_down(response: httpx.Response, code: str, network_code: str) -> failures.Failure:
    seconds = response.headers.get("retry-after", "")
    retry_at = clock.now() + timedelta(seconds=int(seconds)) if seconds.isdigit() else None
    if code == "quota_exhausted":
        return failures.QuotaExhausted(retry_at, network_code=network_code)
    return failures.Throttled(retry_at, "account", network_code=network_code)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0

"""One call to the provider, and what its answers mean. The token is in no address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import object_or_none, wait_in
from hearwell.connectors.sms.errors import REFUSALS, SPENT, THROTTLED, TOO_LONG
from hearwell.connectors.sms.manifest import TEXT_LIMIT

Login = tuple[str, str]
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_FIRST_SERVER_ERROR: Final = 500
_FIRST_REFUSAL: Final = 400
_BY_STATUS: Final[Mapping[int, type[failures.Failure]]] = {
    401: failures.NeedsReauth,
    403: failures.ScopeMissing,
    404: failures.NeedsReauth,
}


def ask(
    client: httpx.Client, login: Login, url: str, params: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Look something up: whatever went wrong in transit, nothing was done."""
    try:
        response = client.get(url, params=dict(params) if params else None, auth=login)
    except httpx.TransportError as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    if response.status_code >= _FIRST_SERVER_ERROR:
        raise failures.Unavailable(network_code=str(response.status_code))
    return _answer(response)


def act(client: httpx.Client, login: Login, url: str, form: Mapping[str, str]) -> dict[str, Any]:
    """Do something, once. Any doubt about the outcome is said to be one."""
    try:
        response = client.post(url, data=dict(form), auth=login)
    except _NEVER_LEFT as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    except httpx.TransportError as error:
        raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
    if response.status_code >= _FIRST_SERVER_ERROR:
        raise failures.OutcomeUnknown(network_code=str(response.status_code))
    try:
        return _answer(response)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown(network_code=str(response.status_code)) from error


def download(client: httpx.Client, login: Login, url: str) -> bytes:
    """The bytes of a file. It lies elsewhere, at an address that wants no password."""
    try:
        response = client.get(url, auth=login)
        if response.is_redirect:
            response = client.get(response.headers["location"])
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        raise failures.TargetGone(network_code=str(response.status_code))
    if response.status_code != httpx.codes.OK:
        raise failures.Unavailable(network_code=str(response.status_code))
    return response.content


def _answer(response: httpx.Response) -> dict[str, Any]:
    body = object_or_none(response)
    if response.status_code >= _FIRST_REFUSAL:
        raise _failure(response, body or {})
    if body is None:
        raise failures.ContractChanged(network_code=str(response.status_code))
    # A refusal that says so inside of a good answer is one, too.
    code = body.get("code")
    if isinstance(code, int) and "sid" not in body and code in REFUSALS:
        raise _failure(response, body)
    return body


def _failure(response: httpx.Response, body: Mapping[str, Any]) -> failures.Failure:
    status, found = response.status_code, body.get("code")
    code = found if isinstance(found, int) and not isinstance(found, bool) else 0
    told = str(code or status)
    if status == httpx.codes.TOO_MANY_REQUESTS or code in THROTTLED:
        return failures.Throttled(wait_in(response.headers), "account", network_code=told)
    if code in SPENT:
        return failures.QuotaExhausted(wait_in(response.headers), network_code=told)
    if code in TOO_LONG:
        return failures.TooLong(TEXT_LIMIT, 0, "sms", network_code=told)
    if code in REFUSALS:
        kind, words = REFUSALS[code]
        return kind(words, network_code=told)
    return _BY_STATUS.get(status, failures.Refused)(network_code=told)

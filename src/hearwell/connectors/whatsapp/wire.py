"""One call to the Graph API, and what its answers mean.

Errors are told by ``error.code``, whatever the status is; only where there is none does the
status count. How long to wait stands in a header of Meta's own, in minutes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import urlsplit, urlunsplit

import httpx

from hearwell.connect import failures
from hearwell.connectors.whatsapp.manifest import (
    BASE,
    MANAGEMENT,
    MANIFEST,
    MESSAGING,
    PAIR_WAIT,
)
from hearwell.kit import clock

Answer = Mapping[str, Any]
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_FIRST_SERVER_ERROR: Final = 500
_USAGE: Final = "x-business-use-case-usage"
_LONGEST_WAIT_MIN: Final = 24 * 60
_TRY_AGAIN: Final = timedelta(minutes=1)
F = failures

# By code: which failure it is, and what an agent or an admin can do about it.
_SLOW: Final[Mapping[int, str]] = {
    4: "app", 80007: "account", 130429: "account", 131048: "account", 131056: "user",
    131057: "account", 131064: "account", 133016: "account",
}  # fmt: skip
_RIGHTS: Final = frozenset({3, 10, 131005, *range(200, 300)})
_DEAD: Final = frozenset({0, 102, 190})
# It may have been done before it broke.
_BROKEN: Final = frozenset({1, 2, 131000, 131016, 135000})
_OLD: Final = "Meta no longer answers this version of its interface. Update Hearwell."
_BY_CODE: Final[Mapping[int, tuple[type[failures.Failure], str]]] = {
    368: (F.AccountDisabled, "Meta has blocked this number for now for breaking its rules."),
    2635: (F.AccountDisabled, _OLD),
    131031: (F.AccountDisabled, "Meta has locked this WhatsApp account."),
    131037: (F.AccountDisabled, "The display name of this number has yet to be approved."),
    131042: (F.AccountDisabled, "Meta has no valid means of payment for this WhatsApp account."),
    131045: (F.AccountDisabled, "This number is not registered with the Cloud API."),
    133010: (F.AccountDisabled, "This number is not registered with the Cloud API."),
    130497: (F.NotAllowed, "This number may not write to people in that country."),
    130472: (F.NotAllowed, "WhatsApp keeps marketing messages from this person."),
    131021: (F.NotAllowed, "A number cannot write to itself."),
    131026: (F.NotAllowed, "This person cannot be reached on WhatsApp."),
    131030: (F.NotAllowed, "A test number reaches only the people on its list at Meta."),
    131049: (
        F.NotAllowed,
        "WhatsApp did not deliver this, so that people get fewer such messages.",
    ),
    131050: (F.NotAllowed, "This person wants no more marketing messages from you."),
    131062: (F.NotAllowed, "This kind of message needs a phone number, which is not known."),
    137000: (F.NotAllowed, "This person's identity has changed. Wait until they write again."),
    131063: (F.Refused, "Marketing templates cannot be sent this way from this account."),
    131051: (F.Refused, "WhatsApp does not take this kind of message."),
    131052: (F.MediaRejected, "WhatsApp could not fetch the file."),
    131053: (F.MediaRejected, "WhatsApp does not take this file."),
    132000: (F.Refused, "The template has another number of blanks. Choose it again."),
    132001: (F.Refused, "This template does not exist in that language, or is not approved."),
    132005: (F.Refused, "The template is too long with what was filled in."),
    132007: (F.Refused, "What was filled in breaks WhatsApp's rules for templates."),
    132008: (F.Refused, "A blank of the template takes no such value."),
    132012: (F.Refused, "A blank of the template takes no such value."),
    132015: (F.Refused, "WhatsApp has paused this template for its low quality."),
    132016: (F.Refused, "WhatsApp has switched this template off for good."),
    132018: (F.Refused, "A blank of a template takes one line, without tabs."),
}
_WINDOW: Final = 131047
_MISSING_OBJECT: Final = 33


def read(client: httpx.Client, url: str, token: str, params: Mapping[str, str]) -> Answer:
    """GET: nothing can be half done, so whatever went wrong in transit is ``Unavailable``."""
    try:
        response = client.get(url, params=params, headers=_headers(token))
    except httpx.TransportError as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    try:
        return _answer(response, MANAGEMENT)
    except failures.OutcomeUnknown as error:
        raise failures.Unavailable(network_code=error.network_code) from error


def write(
    client: httpx.Client,
    url: str,
    token: str,
    *,
    right: str = MESSAGING,
    method: str = "POST",
    **body: Any,
) -> Answer:
    """Do something, once. Any doubt about the outcome is said to be one."""
    try:
        response = client.request(method, url, headers=_headers(token), **body)
    except _NEVER_LEFT as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    except httpx.TransportError as error:
        raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
    try:
        return _answer(response, right)
    except failures.ContractChanged as error:
        # It said yes, or something like it, in words we cannot read: it may well have posted.
        raise failures.OutcomeUnknown(network_code=str(response.status_code)) from error


def download(client: httpx.Client, url: str, token: str, at: str) -> bytes:
    """The bytes at an address of the network's; the token goes to no other host."""
    host = urlsplit(url).hostname or ""
    if host not in MANIFEST.hosts and not url.startswith(f"{at}/"):
        raise failures.ContractChanged(network_code="media host")
    try:
        response = client.get(moved(url, at), headers=_headers(token))
    except httpx.TransportError as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    if response.status_code == httpx.codes.NOT_FOUND:
        raise failures.TargetGone(network_code="404")
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise failures.NeedsReauth(network_code="401")
    if response.status_code != httpx.codes.OK:
        raise failures.Unavailable(network_code=str(response.status_code))
    return response.content


def moved(url: str, at: str) -> str:
    """The same address at the origin that stands for the network."""
    if at == BASE:
        return url
    parts, there = urlsplit(url), urlsplit(at)
    return urlunsplit((there.scheme, there.netloc, parts.path, parts.query, ""))


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _answer(response: httpx.Response, right: str) -> Answer:
    try:
        body = response.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        raise failure_for(response, cast("Answer", error), right)
    if response.status_code >= _FIRST_SERVER_ERROR:
        raise failures.OutcomeUnknown(network_code=str(response.status_code))
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise failures.NeedsReauth(network_code="401")
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise failures.Throttled(_when(response, _TRY_AGAIN), "app", network_code="429")
    if not isinstance(body, dict) or not response.is_success:
        raise failures.ContractChanged(network_code=str(response.status_code))
    return cast("Answer", body)


def failure_for(response: httpx.Response, error: Answer, right: str) -> failures.Failure:
    """What an error of the Graph API means; ``right`` is what the call needed."""
    given = error.get("code")
    code = given if isinstance(given, int) and not isinstance(given, bool) else -1
    subcode = error.get("error_subcode")
    named: dict[str, Any] = {
        "network_code": f"{code}/{subcode}" if subcode else str(code),
        "request_id": str(error.get("fbtrace_id") or "")[:100],
    }
    if code in _SLOW:
        wait = PAIR_WAIT if _SLOW[code] == "user" else _TRY_AGAIN
        return failures.Throttled(_when(response, wait), _SLOW[code], **named)
    if code in _DEAD:
        return failures.NeedsReauth(**named)
    if code in _RIGHTS:
        words = f"The token lacks the right {right}. Make a new one with it at Meta."
        return failures.ScopeMissing(words, **named)
    return _other(response, code, subcode, named)


def _other(
    response: httpx.Response, code: int, subcode: object, named: dict[str, Any]
) -> failures.Failure:
    if code == _WINDOW:
        return failures.WindowClosed(alternatives=("template",), **named)
    if code in _BY_CODE:
        kind, words = _BY_CODE[code]
        return kind(words, **named)
    if code in _BROKEN or (code < 0 and response.status_code >= _FIRST_SERVER_ERROR):
        return failures.OutcomeUnknown(**named)
    if subcode == _MISSING_OBJECT:
        return failures.TargetGone("Meta knows no such number, account or file here.", **named)
    return failures.Refused(**named)


def _when(response: httpx.Response, otherwise: timedelta) -> datetime:
    """When to try again: the longest wait that the usage header tells, else a usual one."""
    minutes = _minutes(response.headers.get(_USAGE, ""))
    return clock.now() + (timedelta(minutes=minutes) if minutes else otherwise)


def _minutes(header: str) -> int:
    try:
        usage = json.loads(header or "{}")
        told = [one["estimated_time_to_regain_access"] for many in usage.values() for one in many]
        waits = [int(wait) for wait in told]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return 0
    return min(_LONGEST_WAIT_MIN, max(waits, default=0))

"""One call to a server's API, and what its answers mean.

Classified by status and by the code in ``WWW-Authenticate``, for the texts come in every
language. A dead token is a 401; Takahe answers 400 to whatever comes with it. What separates
``Unavailable`` from ``OutcomeUnknown`` is whether a byte of the request may have left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import allowance_in, json_in, reset_in, wait_in
from hearwell.connect.fields import Fields, moment_or_none

Params = Mapping[str, str | int | Sequence[str]]
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_FIRST_REFUSAL, _FIRST_SERVER_ERROR = 400, 500
_RESET = "x-ratelimit-reset"
_BEARER_ERROR = re.compile(r'error="([a-z_]+)"')
_BY_STATUS: Mapping[int, type[failures.Failure]] = {
    401: failures.NeedsReauth,
    404: failures.TargetGone,
    405: failures.ContractChanged,
    410: failures.TargetGone,
    413: failures.MediaRejected,
    501: failures.ContractChanged,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: its JSON, and what the headers say of our pace."""

    body: Any
    headers: httpx.Headers = field(repr=False)
    status: int = 200

    @property
    def fields(self) -> Fields:
        """The object that it is. Raises ``ContractChanged``."""
        if isinstance(self.body, dict):
            return self.body
        message = "The server's answer is not an object."
        raise failures.ContractChanged(message)

    @property
    def entries(self) -> list[Fields]:
        """The list of objects that it is. Raises ``ContractChanged``."""
        if isinstance(self.body, list) and all(isinstance(one, dict) for one in self.body):
            return self.body
        message = "The server's answer is not a list."
        raise failures.ContractChanged(message)


@dataclass(frozen=True, slots=True)
class Line:
    """A server and how to speak to it: its origin, our token, the rights that it gave us."""

    client: httpx.Client
    server: str
    token: str = field(default="", repr=False)
    scopes: frozenset[str] = frozenset()

    def get(self, path: str, params: Params | None = None, *, needs: str = "") -> Answer:
        """Ask. Nothing can be half done, so whatever goes wrong in transit is ``Unavailable``."""
        try:
            response = self.client.get(self._url(path), params=_plain(params), headers=self._who())
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        if _is_broken(response):
            raise failures.Unavailable(network_code=str(response.status_code))
        return self._read(response, needs)

    def post(
        self, path: str, form: Params | None = None, *, needs: str = "", key: str = ""
    ) -> Answer:
        """Do, once. Any doubt about the outcome is said to be one."""
        headers = self._who() | ({"idempotency-key": key} if key else {})
        return self._write(self._request("POST", path, form, headers), needs)

    def upload(
        self, path: str, form: Params, file: tuple[str, bytes, str], *, needs: str
    ) -> Answer:
        """Hand over a file: what it is called, its bytes, its type."""
        return self._write(self._request("POST", path, form, self._who(), {"file": file}), needs)

    def delete(self, path: str, *, needs: str = "") -> Answer:
        """Take away, once."""
        return self._write(self._request("DELETE", path, None, self._who()), needs)

    def _request(
        self,
        method: str,
        path: str,
        form: Params | None,
        headers: Mapping[str, str],
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> httpx.Response:
        try:
            return self.client.request(
                method, self._url(path), data=_plain(form), files=files, headers=dict(headers)
            )
        except (*_NEVER_LEFT, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        except httpx.TransportError as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from error

    def _write(self, response: httpx.Response, needs: str) -> Answer:
        if _is_broken(response) or response.status_code == httpx.codes.REQUEST_TIMEOUT:
            raise failures.OutcomeUnknown(network_code=str(response.status_code))
        try:
            return self._read(response, needs)
        except failures.ContractChanged as error:
            if response.status_code in _BY_STATUS:
                raise failures.Refused(network_code=error.network_code) from error
            # It said yes, or something like it, in words we cannot read: it may well be done.
            raise failures.OutcomeUnknown(network_code=str(response.status_code)) from error

    def _read(self, response: httpx.Response, needs: str) -> Answer:
        body = json_in(response)
        if response.status_code >= _FIRST_REFUSAL:
            raise self._failure(response, body, needs)
        if not response.is_success or body is None:
            raise failures.ContractChanged(network_code=str(response.status_code))
        return Answer(body, response.headers, response.status_code)

    def _failure(self, response: httpx.Response, body: object, needs: str) -> failures.Failure:
        """The failure that a refusal stands for."""
        status, code = response.status_code, _code(response, body)
        network_code = f"{status} {code}".strip()
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return failures.Throttled(reset_at(response.headers), network_code=network_code)
        if status == httpx.codes.FORBIDDEN:
            return self._forbidden(code, body, needs, network_code)
        if status == httpx.codes.BAD_REQUEST and body is None and self._is_token_refused():
            return failures.NeedsReauth(network_code=network_code)
        return _BY_STATUS.get(status, failures.Refused)(network_code=network_code)

    def _forbidden(
        self, code: str, body: object, needs: str, network_code: str
    ) -> failures.Failure:
        if code == "insufficient_scope" or (needs and self.scopes and not self.may(needs)):
            return scope_missing(needs, network_code)
        if body is None:
            # A guard before the server, which has not been asked at all.
            return failures.Unavailable(network_code=network_code)
        return failures.NotAllowed(network_code=network_code)

    def _is_token_refused(self) -> bool:
        """Whether our token is what a server refuses (Takahe): the same for an innocent call."""
        if not self.token:
            return False
        try:
            url = self._url("/api/v1/instance")
            with_it = self.client.get(url, headers=self._who())
            without = self.client.get(url)
        except (httpx.TransportError, httpx.InvalidURL):
            return False
        return with_it.status_code == httpx.codes.BAD_REQUEST and without.is_success

    def may(self, scope: str) -> bool:
        """Whether the rights we were given contain this one (``read`` contains all of its)."""
        return scope in self.scopes or scope.partition(":")[0] in self.scopes

    def _url(self, path: str) -> str:
        return self.server.rstrip("/") + path

    def _who(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


def scope_missing(scope: str, network_code: str = "") -> failures.ScopeMissing:
    """A right that we were not given, by its name."""
    message = f"This account was connected without the right {scope}. Please reconnect it."
    return failures.ScopeMissing(message if scope else "", network_code=network_code)


def _plain(params: Params | None) -> Any:
    return None if params is None else dict(params)


def _is_broken(response: httpx.Response) -> bool:
    """501 is a definite no, whatever its number."""
    status = response.status_code
    return status >= _FIRST_SERVER_ERROR and status != httpx.codes.NOT_IMPLEMENTED


def _code(response: httpx.Response, body: object) -> str:
    """The code of a refusal: OAuth's, in the header that is for it or in the body."""
    found = _BEARER_ERROR.search(response.headers.get("www-authenticate", ""))
    if found:
        return found[1]
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, str) and re.fullmatch(r"[a-z_]{1,60}", error) else ""


def reset_at(headers: httpx.Headers) -> datetime | None:
    """When to come back: ``Retry-After`` in seconds, else ``X-RateLimit-Reset``.

    That one is a time; some servers give seconds since 1970.
    """
    told = wait_in(headers) or reset_in(headers, _RESET)
    return told or moment_or_none(headers.get(_RESET))


def allowance(headers: httpx.Headers) -> tuple[int, int] | None:
    """Calls left and allowed, of the limit that is nearest; None where the server is silent."""
    return allowance_in(headers, "x-ratelimit-")

"""One call to Meta's Graph, and what its answer means.

Whatever a ``get`` fails at in transit is ``Unavailable``: nothing can be half done. A ``post`` or
``delete`` raises ``OutcomeUnknown`` as soon as a byte may have left and no answer came that can be
trusted. An error may come with any status, 200 too: the code decides.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import json_in
from hearwell.connect.fields import Fields, object_in
from hearwell.connect.terms import ApiVersion
from hearwell.connectors.meta.failing import COMMON, Table, failure_of, is_known
from hearwell.kit import http as kit_http

GRAPH_HOST, INSTAGRAM_HOST = "graph.facebook.com", "graph.instagram.com"
BASE = f"https://{GRAPH_HOST}"
# The one place that names the version we speak. Meta published it on 18 February 2026 and promises
# two years for each (by its rule, not announced as a date): correct it here when Meta says more.
VERSION = ApiVersion("v25.0", date(2028, 2, 18))
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_FIRST_REFUSAL, _FIRST_SERVER_ERROR = 400, 500
Params = Mapping[str, str | int]
Files = Mapping[str, tuple[str, bytes, str]]


def client_for(
    hosts: Iterable[str], inside: Iterable[str], timeout_s: float = 10.0
) -> httpx.Client:
    """A client that reaches these hosts, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    client = kit_http.client(hosts, origins=tuple(inside), timeout_s=timeout_s)
    # A line that stayed open between two answers may be dead by the next post, and whether that
    # has left would be in doubt.
    client.headers["connection"] = "close"
    return client


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: the object that it is, and the headers that tell our pace."""

    fields: Fields
    headers: httpx.Headers = field(repr=False)

    @property
    def entries(self) -> list[Fields]:
        """The objects under ``data``. Raises ``ContractChanged``."""
        found = self.fields.get("data")
        if not isinstance(found, list):
            message = "Meta's answer has no list where one belongs."
            raise failures.ContractChanged(message)
        return [object_in(one, "an entry") for one in found]

    @property
    def after(self) -> str | None:
        """The cursor of the next page; None on the last one."""
        paging = self.fields.get("paging")
        if not isinstance(paging, dict) or not paging.get("next"):
            return None
        cursors = paging.get("cursors")
        after = cursors.get("after") if isinstance(cursors, dict) else None
        return after if isinstance(after, str) and after else None


@dataclass(frozen=True, slots=True)
class Meta:
    """Where Meta is: at its own hosts, or all of them at one other origin (tests, the demo)."""

    client: httpx.Client
    at: str = BASE

    def origin(self, host: str = GRAPH_HOST) -> str:
        """The origin that stands for one of Meta's hosts."""
        return f"https://{host}" if self.at == BASE else self.at.rstrip("/")

    def hosts(self, own: Iterable[str]) -> frozenset[str]:
        """The hosts that are called: the network's ``own``, or the one that stands for them."""
        return frozenset(own) if self.at == BASE else frozenset({urlsplit(self.at).netloc})

    def line(
        self, token: str, *, host: str = GRAPH_HOST, proof: str = "", table: Table = COMMON
    ) -> Graph:
        """How to speak as ``token``. ``proof`` is the app's secret, where it is known."""
        return Graph(self.client, self.origin(host), token, proof, table)


@dataclass(frozen=True, slots=True)
class Graph:
    """A host of the Graph and whom we speak as. The token goes in a header: addresses are logged.

    With the app's secret each call proves that it comes from the app (``appsecret_proof``), which
    an app's settings may demand.
    """

    client: httpx.Client
    origin: str
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    table: Table = field(default_factory=lambda: COMMON, repr=False)
    # A few addresses of sign-in have no version; theirs is empty.
    version: str = VERSION.name

    def get(self, path: str, params: Params | None = None) -> Answer:
        """Ask."""
        try:
            response = self._request("GET", path, params=params)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        try:
            return self._read(response)
        except failures.OutcomeUnknown as doubt:
            code = doubt.network_code
            raise failures.Unavailable(network_code=code) from doubt

    def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, files: Files | None = None
    ) -> Answer:
        """Do, once: as JSON, or with ``files`` as a form whose values are texts."""
        if files:
            return self._write("POST", path, data=dict(body or {}), files=dict(files))
        return self._write("POST", path, json=dict(body or {}))

    def post_form(self, path: str, form: Mapping[str, str]) -> Answer:
        """Do, once, with a form: as OAuth's addresses want it."""
        return self._write("POST", path, data=dict(form))

    def delete(self, path: str, params: Params | None = None) -> Answer:
        """Take away, once."""
        return self._write("DELETE", path, params=params)

    def _write(self, method: str, path: str, **how: Any) -> Answer:
        try:
            response = self._request(method, path, **how)
        except _NEVER_LEFT as error:
            raise failures.Unavailable(network_code=type(error).__name__) from error
        except httpx.TransportError as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
        try:
            return self._read(response)
        except failures.ContractChanged as error:
            if response.status_code >= _FIRST_REFUSAL:
                raise failures.Refused(error.message, network_code=error.network_code) from error
            # It said yes, or something like it, in words we cannot read: it may well be done.
            raise failures.OutcomeUnknown(network_code=str(response.status_code)) from error

    def _request(
        self, method: str, path: str, params: Params | None = None, **how: Any
    ) -> httpx.Response:
        url = "/".join(part for part in (self.origin, self.version, path.lstrip("/")) if part)
        query = dict(params or {}) | self._proof()
        return self.client.request(method, url, params=query, headers=self._who(), **how)

    def _who(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def _proof(self) -> dict[str, str | int]:
        if not self.secret or not self.token:
            return {}
        made = hmac.new(self.secret.encode(), self.token.encode(), hashlib.sha256)
        return {"appsecret_proof": made.hexdigest()}

    def _read(self, response: httpx.Response) -> Answer:
        body = _json(response)
        error = body.get("error") if isinstance(body, dict) else None
        status = response.status_code
        if isinstance(error, dict) and (is_known(error) or status < _FIRST_SERVER_ERROR):
            raise failure_of(response, error, self.table)
        if status >= _FIRST_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
            raise failures.OutcomeUnknown(network_code=str(status))
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise failures.Throttled(None, network_code=str(status))
        if not response.is_success or not isinstance(body, dict):
            raise failures.ContractChanged(network_code=str(status))
        return Answer(body, response.headers)


def _json(response: httpx.Response) -> Any:
    """The JSON of an answer; ``true`` stands for success, None for what is none."""
    found = json_in(response)
    return {"success": True} if found is True else found

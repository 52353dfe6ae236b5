"""The base of a fake network of Meta's: tokens, permissions, hooks and troubles, no socket.

A network says what it answers (``answer``) and what it may do wrong beside this (``TROUBLES``).
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import httpx

from hearwell.connect.pretended import Pretended, consented
from hearwell.connect.subject import Part, parts_of
from hearwell.connectors.meta.hook import HEADER, signature_of
from hearwell.connectors.meta.pace import APP_USAGE, BUSINESS_USAGE
from hearwell.connectors.meta.tokens import App

Body = dict[str, Any]
CHALLENGE = "verify-canary-3b7c"
_VERSIONED = re.compile(r"/v\d+\.\d+/?")
_DAYS_60 = 60 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was made: without its version, its fields from wherever they came."""

    method: str
    path: str
    fields: Mapping[str, Any]
    files: Mapping[str, Part]
    token: str = field(repr=False)


def error(code: int, subcode: int = 0, *, status: int = 400, **headers: str) -> httpx.Response:
    """An error as the Graph words it."""
    body: Body = {
        "message": f"(#{code}) On purpose",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "AFakeTrace",
    }
    if subcode:
        body["error_subcode"] = subcode
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"error": body}, headers=named)


def throttled(code: int = 4, minutes: int = 7) -> httpx.Response:
    """Too fast, with the minutes until we may come again."""
    usage = {"call_count": 100, "total_cputime": 25, "total_time": 30}
    business = [{"type": "pages", **usage, "estimated_time_to_regain_access": minutes}]
    answer = error(code)
    answer.headers[APP_USAGE] = json.dumps(usage)
    answer.headers[BUSINESS_USAGE] = json.dumps({"1784": business})
    return answer


def escaped(payload: Body) -> bytes:
    r"""A delivery as Meta writes it: ``é`` as ``\u00e9``, ``/`` as ``\/``, ``@`` as ``\u0040``."""
    text = json.dumps(payload, separators=(",", ":"))
    for char, written in (("/", "\\/"), ("<", "\\u003C"), ("@", "\\u0040"), ("%", "\\u0025")):
        text = text.replace(char, written)
    return text.encode()


class GraphNetwork(Pretended, ABC):
    """One app and what it may see; ``next_answer`` makes it misbehave once."""

    TROUBLES: ClassVar[Mapping[str, str]] = {
        "token_expired": "Every token that was given out so far is dead (190/463).",
        "permission_missing": "A permission was taken away; calls that need it answer 200.",
        "throttled": "The app has asked too often (4); it may come again in seven minutes.",
        "outage": "Meta answers 503 with a page of HTML.",
        "error_in_200": "Meta refuses (100) with the status 200.",
        "duplicates": "Every delivery comes three times.",
        "reordered": "Deliveries come in the wrong order.",
        "hook_disabled": "Meta has switched our webhook off and tells nobody.",
        "version_withdrawn": "The version of the Graph that we speak is gone (2635).",
        "restricted": "The account is restricted for a while (10/1893063).",
    }
    # What deliveries are about, and the permission that ``permission_missing`` takes.
    kind: ClassVar[str] = "page"
    fragile_scope: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self.app = App("1000200030004", "app-secret-canary-51d0")
        self.scopes: set[str] = set()
        self.calls: list[Call] = []
        self.waiting: list[Body] = []
        self.tokens: dict[str, str] = {}
        self.hook: Body = {}
        self._dead: set[str] | None = None
        self._made = 0

    # --- the whole of it -------------------------------------------------------------------------

    def deliveries(self) -> list[httpx.Request]:
        """What it would call us with since it was last asked; each is signed."""
        told, self.waiting = self.waiting, []
        if "hook_disabled" in self.trouble:
            return []
        if "reordered" in self.trouble:
            told = told[::-1]
        if "duplicates" in self.trouble:
            told = told * 3
        return [self.signed(payload) for payload in told]

    def signed(self, payload: Body) -> httpx.Request:
        """A delivery of this payload, escaped and signed as Meta does."""
        body = escaped(payload)
        headers = {"content-type": "application/json", HEADER: signature_of(self.app.secret, body)}
        return httpx.Request("POST", "", headers=headers, content=body)

    def tell(self, entry: Body) -> None:
        """Keep an entry to be delivered."""
        self.waiting.append({"object": self.kind, "entry": [entry]})

    def mint(self, account: str, name: str = "token") -> str:
        """A new token that speaks for an account."""
        self._made += 1
        token = f"{name}-canary-{self._made}-{account}"
        self.tokens[token] = account
        return token

    @abstractmethod
    def answer(self, call: Call) -> Body | httpx.Response | None:
        """What the network itself answers; None for a path that it does not know."""

    # --- what every network of Meta's has --------------------------------------------------------

    def respond(self, request: httpx.Request) -> httpx.Response:
        """What it answers: its troubles first, then what all networks of Meta's have."""
        if "outage" in self.trouble:
            return httpx.Response(503, text="<html>Sorry, something went wrong.</html>")
        call = call_of(request)
        self.calls.append(call)
        if call.path == "dialog/oauth":
            return self._consent(call)
        found = self._refused(call) or self._common(call) or self.answer(call)
        if found is None:
            return error(100, 33)
        return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)

    def _refused(self, call: Call) -> httpx.Response | None:
        if "version_withdrawn" in self.trouble:
            return error(2635)
        if "throttled" in self.trouble:
            return throttled()
        if self.is_open(call) or call.token == self.app.token:
            return None
        if not self.is_alive(call.token):
            return error(190, 463, status=401)
        return self._unwilling() if call.method == "POST" else None

    def is_open(self, call: Call) -> bool:
        """Whether a call needs no token of an account."""
        return call.path.endswith("access_token")

    def _unwilling(self) -> httpx.Response | None:
        """What it says to one who wants something done, in its troubles."""
        said = {
            "error_in_200": error(100, status=200),
            "restricted": error(10, 1893063),
            "permission_missing": error(200),
        }
        return next((said[name] for name in said if name in self.trouble), None)

    def is_alive(self, token: str) -> bool:
        """Whether a token is good: known, and not of those that were out when they all died."""
        if "token_expired" not in self.trouble:
            self._dead = None
        elif self._dead is None:
            self._dead = set(self.tokens)
        return token in self.tokens and token not in (self._dead or ())

    def _common(self, call: Call) -> Body | httpx.Response | None:
        routes: dict[str, Callable[[Call], Body | httpx.Response]] = {
            "oauth/access_token": lambda call: self._wrong_app(call) or self._token(),
            "debug_token": self._inspected,
            f"{self.app.id}/subscriptions": self._subscriptions,
        }
        return routes[call.path](call) if call.path in routes else None

    def _consent(self, call: Call) -> httpx.Response:
        """Its page of consent, on which everybody agrees at once."""
        self.is_alive("")
        return consented(call.fields, "code-canary")

    def _wrong_app(self, call: Call) -> httpx.Response | None:
        """What it says where a code is traded for an app that it does not know."""
        if call.fields.get("client_id") != self.app.id:
            return error(101)
        return None if call.fields.get("client_secret") == self.app.secret else error(1)

    def _token(self) -> Body:
        self.is_alive("")
        token = self.mint("person", "person")
        return {"access_token": token, "token_type": "bearer", "expires_in": _DAYS_60}

    def _inspected(self, call: Call) -> Body:
        asked = str(call.fields.get("input_token", ""))
        if not self.is_alive(asked):
            return {"data": {"is_valid": False, "error": {"code": 190, "subcode": 463}}}
        given = set(self.scopes)
        if "permission_missing" in self.trouble:
            given.discard(self.fragile_scope)
        return {"data": {"is_valid": True, "app_id": self.app.id, "scopes": sorted(given)}}

    def _subscriptions(self, call: Call) -> Body:
        if call.method == "POST":
            self.hook = dict(call.fields)
            self.trouble.discard("hook_disabled")
            return {"success": True}
        fields = [{"name": one} for one in str(self.hook.get("fields", "")).split(",") if one]
        is_on = "hook_disabled" not in self.trouble and bool(self.hook)
        one = {"object": self.hook.get("object"), "active": is_on, "fields": fields}
        return {"data": [one] if self.hook else []}


def call_of(request: httpx.Request) -> Call:
    """What a request asks for."""
    path = _VERSIONED.sub("", request.url.path, count=1).strip("/")
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    fields, files = _read(request)
    query = dict(request.url.params)
    return Call(request.method, path, {**query, **fields}, files, bearer)


def _read(request: httpx.Request) -> tuple[Mapping[str, Any], Mapping[str, Part]]:
    parts = parts_of(request)
    if parts:
        plain = {name: one.body.decode() for name, one in parts.items() if not one.filename}
        return plain, {name: one for name, one in parts.items() if one.filename}
    if not request.content:
        return {}, {}
    if "json" in request.headers.get("content-type", ""):
        return json.loads(request.content), {}
    return dict(parse_qsl(request.content.decode())), {}

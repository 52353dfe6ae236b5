"""An in-process Harbour for the examination: the same API, no sockets, no clock of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Author, Draft, IngressSecrets, Raw, Source
from hearwell.connect.pretended import Answered, Examined, Pretended
from hearwell.connect.subject import (
    Count,
    ErrorCase,
    parts_of,
)
from hearwell.connect.textrule import Graphemes
from hearwell.connectors.sandbox.connector import SandboxConnector
from hearwell.connectors.sandbox.manifest import (
    ALT,
    PICTURE_BYTES,
    PICTURE_TYPES,
    PICTURES,
    PRIVATE_LIMIT,
    PUBLIC_LIMIT,
)
from hearwell.connectors.sandbox.signing import SIGNATURE, TIMESTAMP, signature_of
from hearwell.kit.sniff import type_of

HOST = "harbour.test:8000"
BASE_URL = f"http://{HOST}/sandbox/api/northwind"
PAGE = {"id": "page-1", "handle": "northwindair", "name": "Northwind Air", "is_page": True}
LENA = {"id": "lena-1", "handle": "lena", "name": "Lena Hoff", "is_page": False}
_SIGNING, _CHALLENGE = "whsec-canary-4c1f", "verify-canary-77aa"
_ACCESS, _REFRESH = "access-canary-9f3e", "refresh-canary-1b2d"
Item = dict[str, Any]


class FakeHarbour(Pretended):
    """Posts in a dict, entries in a list; ``next_answer`` makes it misbehave once."""

    def __init__(self, page: Item = PAGE) -> None:
        super().__init__()
        self.page, self.page_size = page, 2
        self.items: dict[str, Item] = {}
        self.entries: list[Item] = []
        self.pictures: list[tuple[bytes, str]] = []
        self.last_shown: list[tuple[bytes, str]] = []
        self.access, self.refresh = _ACCESS, _REFRESH
        self._now = datetime.now(UTC)

    # --- what people do ------------------------------------------------------------------------

    def post(self, author: Item, text: str, **more: Any) -> Item:
        """A post, or with ``parent_id`` a comment, or with ``kind`` a private message."""
        item_id = f"item-{len(self.items) + 1}"
        kind = more.pop("kind", "comment" if more.get("parent_id") else "post")
        item: Item = {
            "id": item_id, "kind": kind, "text": text, "author": dict(author), "version": 1,
            "created_at": self._tick(), "url": f"http://{HOST}/sandbox/northwind/p/{item_id}/",
            "root_id": item_id, "branch_id": item_id, "root_by_page": False, "on_page": True,
            "parent_id": None, "mentions": [], "customer_id": LENA["id"],
        } | more  # fmt: skip
        self.items[item_id] = item
        self._tell(f"{kind}.created", item)
        return item

    def edit(self, item: Item, text: str) -> None:
        """A new version of an item."""
        edited = item | {"text": text, "version": item["version"] + 1, "edited_at": self._tick()}
        self.items[item["id"]] = edited
        self._tell(f"{item['kind']}.edited", edited)

    def delete(self, item: Item) -> None:
        """Take an item away."""
        gone = self.items.pop(item["id"])
        self._tell(f"{item['kind']}.deleted", gone | {"version": gone["version"] + 1})

    def _tick(self) -> str:
        self._now += timedelta(milliseconds=5)
        return self._now.isoformat()

    def _tell(self, kind: str, item: Item) -> None:
        self.entries.append(
            {
                "id": f"{kind}:{item['id']}:{item['version']}",
                "seq": len(self.entries) + 1,
                "type": kind,
                "at": item.get("edited_at") or item["created_at"],
                "item": dict(item),
            }
        )

    # --- its API -------------------------------------------------------------------------------

    def respond(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        path = request.url.path.removeprefix("/sandbox/api/northwind/")
        if path == "token":
            return self._token(json.loads(request.content))
        if request.headers.get("authorization") != f"Bearer {self.access}":
            return refusal(401, "token_expired")
        head, _, rest = path.partition("/")
        routes: Mapping[str, Callable[[], httpx.Response]] = {
            "me": self._me,
            "events": lambda: self._events(int(request.url.params["after"])),
            "sent": lambda: self._sent(request.url.params),
            "search": lambda: self._search(request.url.params),
            "timeline": lambda: self._timeline(request.url.params),
            "items": lambda: self._at_item(request, rest),
            "media": lambda: self._upload(request),
            "comments": lambda: self._comment(json.loads(request.content)),
            "messages": lambda: self._message(json.loads(request.content)),
        }
        return routes[head]()

    def _me(self) -> httpx.Response:
        body = {
            "page": self.page["id"],
            "handle": self.page["handle"],
            "scopes": ["read", "write"],
            "webhook": True,
            "expires_at": (self._now + timedelta(days=60)).isoformat(),
        }
        return httpx.Response(200, json=body)

    def _token(self, body: Item) -> httpx.Response:
        if body["refresh_token"] != self.refresh:
            return refusal(401, "token_unknown")
        self.access, self.refresh = self.access + "2", self.refresh + "2"
        tokens = {"access_token": self.access, "refresh_token": self.refresh}
        return httpx.Response(200, json=tokens)

    def _events(self, after: int) -> httpx.Response:
        found = [entry for entry in self.entries if entry["seq"] > after][:2]
        last = found[-1]["seq"] if found else after
        body = {"page": self.page["id"], "entries": found, "next": str(last), "more": bool(found)}
        return httpx.Response(200, json=body)

    def _at_item(self, request: httpx.Request, rest: str) -> httpx.Response:
        item_id, _, is_act = rest.partition("/")
        if not is_act:
            return self._one(item_id)
        what, item = json.loads(request.content)["act"], self.items.get(item_id)
        if item is None:
            return refusal(404, "target_gone")
        is_ours = item["author"] == self.page
        if is_ours != (what == "delete") or ("hide" in what and not item["parent_id"]):
            return refusal(403, "not_allowed")
        if what == "delete":
            self.delete(item)
        else:
            item[what.removeprefix("un")] = not what.startswith("un")
        return httpx.Response(200, json={"id": item_id})

    def _one(self, item_id: str) -> httpx.Response:
        item = self.items.get(item_id)
        if item is None:
            return refusal(404, "target_gone")
        entries = [entry for entry in self.entries if entry["item"]["id"] == item_id][:1]
        return httpx.Response(200, json={"page": self.page["id"], "entries": entries})

    def _search(self, params: httpx.QueryParams) -> httpx.Response:
        words = params["q"].lower().split()
        return self._listed(
            params, lambda item: all(word in item["text"].lower() for word in words)
        )

    def _timeline(self, params: httpx.QueryParams) -> httpx.Response:
        of = params["of"]
        if all(of not in (one["author"]["handle"], one["author"]["id"]) for one in self._said()):
            return refusal(404, "target_gone")
        return self._listed(
            params, lambda item: of in (item["author"]["handle"], item["author"]["id"])
        )

    def _said(self) -> list[Item]:
        return [one["item"] for one in self.entries]

    def _listed(
        self, params: httpx.QueryParams, is_wanted: Callable[[Item], bool]
    ) -> httpx.Response:
        before = params.get("before", "9999")
        found = [
            entry | {"item": self.items[entry["item"]["id"]]}
            for entry in reversed(self.entries)
            if entry["type"] in {"post.created", "comment.created"}
            and entry["item"]["id"] in self.items
            and entry["at"] < before
            and is_wanted(self.items[entry["item"]["id"]])
        ]
        body: Item = {"page": self.page["id"], "entries": found[: self.page_size]}
        if len(found) > len(body["entries"]):
            body["next"] = body["entries"][-1]["at"]
        return httpx.Response(200, json=body)

    def _sent(self, params: httpx.QueryParams) -> httpx.Response:
        key = "to" if params["kind"] == "messages" else "parent_id"
        found = [
            item
            for item in self.items.values()
            if item["author"]["id"] == self.page["id"] and item.get(key) == params["target"]
        ]
        return httpx.Response(200, json={"items": found})

    def _upload(self, request: httpx.Request) -> httpx.Response:
        parts = parts_of(request)
        body, alt = parts["file"].body, parts["description"].body.decode()
        if type_of(body) not in PICTURE_TYPES or len(body) > PICTURE_BYTES or len(alt) > ALT:
            return refusal(422, "media_rejected")
        self.pictures.append((body, alt))
        return httpx.Response(201, json={"id": str(len(self.pictures))})

    def _shows(self, body: Item) -> list[Item] | None:
        """The pictures of what is to be posted; None if they cannot be shown."""
        ids = body.get("media_ids", [])
        known = {str(n): one for n, one in enumerate(self.pictures, start=1)}
        if len(ids) > PICTURES or any(each not in known for each in ids):
            return None
        self.last_shown = [known[each] for each in ids]
        return [{"url": f"http://{HOST}/p/{each}", "alt": known[each][1]} for each in ids]

    def _comment(self, body: Item) -> httpx.Response:
        parent = self.items.get(body["in_reply_to"])
        if parent is None:
            return refusal(404, "target_gone")
        if (actual := Graphemes(PUBLIC_LIMIT).count(body["text"])) > PUBLIC_LIMIT:
            return refusal(422, "too_long", limit=PUBLIC_LIMIT, actual=actual)
        if (media := self._shows(body)) is None:
            return refusal(422, "media_rejected")
        more = {"parent_id": parent["id"], "root_id": parent["root_id"], "media": media}
        return self._created(
            self.post(self.page, body["text"], client_ref=body["client_ref"], **more)
        )

    def _message(self, body: Item) -> httpx.Response:
        if body["to"] != LENA["id"]:
            return refusal(403, "window_closed")
        if (actual := Graphemes(PRIVATE_LIMIT).count(body["text"])) > PRIVATE_LIMIT:
            return refusal(422, "too_long", limit=PRIVATE_LIMIT, actual=actual)
        more = {"kind": "message", "to": body["to"], "client_ref": body["client_ref"]}
        return self._created(self.post(self.page, body["text"], **more))

    def _created(self, item: Item) -> httpx.Response:
        shown = {name: item[name] for name in ("id", "url", "created_at", "text", "client_ref")}
        return httpx.Response(201, json=shown)


def refusal(status: int, code: str, **more: Any) -> httpx.Response:
    """An error as Harbour words it."""
    headers = {"retry-after": "30"} if status == httpx.codes.TOO_MANY_REQUESTS else {}
    return httpx.Response(status, json={"error": {"code": code, **more}}, headers=headers)


class Fake(Examined):
    """The examination of the connector on a fresh fake Harbour with one post in it."""

    connector: SandboxConnector
    stream = "default"

    def __init__(self) -> None:
        self.network = self.harbour = FakeHarbour()
        self.connector = SandboxConnector(
            lambda _: httpx.Client(transport=httpx.MockTransport(self.harbour.handle)),
            lambda _: httpx.AsyncClient(transport=httpx.MockTransport(self.harbour.handle)),
        )
        self.account = Account(
            external_id="page-1",
            handle="northwindair",
            settings={"base_url": BASE_URL},
            secrets={"access": _ACCESS, "refresh": _REFRESH},
            scopes=frozenset({"read", "write"}),
        )
        self.ingress = IngressSecrets(signing=(_SIGNING,), challenge=_CHALLENGE)
        self.first = self.harbour.post(LENA, "@northwindair my bag stayed in Lisbon")

    def raw(self, body: bytes) -> Raw:
        """A webhook, signed just now."""
        now = datetime.now(UTC)
        timestamp = str(int(now.timestamp()))
        headers = {TIMESTAMP: timestamp, SIGNATURE: signature_of(_SIGNING, timestamp, body)}
        return Raw("POST", f"http://{HOST}/hooks/x", headers, body, now, Source.WEBHOOK)

    def delivered(self) -> list[Raw]:
        """One webhook an entry."""
        return [
            self.raw(json.dumps({"page": PAGE["id"], "entries": [entry]}).encode())
            for entry in self.harbour.entries
        ]

    def story(self) -> list[Raw]:
        """A post, edited twice; a comment below it, then gone; an answer of ours."""
        harbour = FakeHarbour()
        post = harbour.post(LENA, "Where is my bag?")
        below = {"parent_id": post["id"], "root_id": post["id"]}
        comment = harbour.post(LENA, "Anyone?", **below)
        harbour.post(PAGE, "We are looking for it. ^ML", client_ref="ref-1", **below)
        harbour.edit(post, "Where is my blue bag?")
        harbour.edit(harbour.items[post["id"]], "Where is my blue bag? Tag LIS 4711")
        harbour.delete(comment)
        taught, self.harbour.entries = self.harbour.entries, harbour.entries
        told = self.delivered()
        self.harbour.entries = taught
        return told

    def draft(self) -> Draft:
        """A public answer to the first post."""
        return Draft(
            text="We have found it.",
            audience=Audience.PUBLIC,
            account="page-1",
            thread_key=self.first["id"],
            parent_id=self.first["id"],
            root_id=self.first["id"],
            to=Author("lena-1", "lena", "Lena Hoff"),
            initials="AB",
        )

    def shown(self) -> list[tuple[bytes, str]]:
        """The pictures of what was posted last."""
        return list(self.harbour.last_shown)

    def errors(self) -> list[ErrorCase]:
        """Every refusal that Harbour documents, and every way a line can break."""
        return [
            *self.answered(self.say, _REFUSALS),
            *self.answered(self.ask, _TO_A_QUESTION),
            *self.broken(),
            ErrorCase("target gone", partial(self.say, parent_id="item-0"), failures.TargetGone),
            ErrorCase("too long", partial(self.say, "x" * 281), failures.TooLong),
        ]

    def counts(self) -> list[Count]:
        """Counted by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦 family", 8),
            Count(Audience.PUBLIC, "🇵🇹🇯🇵", 2),
            Count(Audience.PUBLIC, "नमस्ते", 3),
            Count(Audience.PUBLIC, "e\u0301te\u0301", 3),
            Count(Audience.PRIVATE, "a\r\nb", 3),
            Count(Audience.PRIVATE, "شكراً", 4),
        ]


_TO_A_QUESTION: tuple[Answered, ...] = (
    ("poll at 500", httpx.Response(500), failures.Unavailable),
    ("poll in HTML", httpx.Response(200, text="<html>"), failures.ContractChanged),
)
_SAID: tuple[tuple[int, str, type[failures.Failure]], ...] = (
    (401, "token_expired", failures.NeedsReauth),
    (401, "", failures.NeedsReauth),
    (403, "scope_missing", failures.ScopeMissing),
    (403, "page_closed", failures.AccountDisabled),
    (403, "not_allowed", failures.NotAllowed),
    (403, "window_closed", failures.WindowClosed),
    (403, "", failures.Refused),
    (404, "target_gone", failures.TargetGone),
    (409, "duplicate", failures.Duplicate),
    (422, "too_long", failures.TooLong),
    (422, "media_rejected", failures.MediaRejected),
    (429, "slow_down", failures.Throttled),
    (429, "quota_exhausted", failures.QuotaExhausted),
    (500, "", failures.OutcomeUnknown),
    (503, "", failures.OutcomeUnknown),
    (200, "", failures.OutcomeUnknown),
)
_REFUSALS: tuple[Answered, ...] = tuple(
    (f"{status} {code}", refusal(status, code), expects) for status, code, expects in _SAID
)

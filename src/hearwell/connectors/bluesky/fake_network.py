"""An in-process Bluesky: one server and its app view behind the same XRPC methods, no sockets.

Its answers have the shapes of a real server (``@atproto/dev-env``), less what nobody reads.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from hearwell.connect.pretended import Pretended
from hearwell.connect.textrule import Graphemes, utf8_length
from hearwell.connectors.bluesky import uris
from hearwell.connectors.bluesky.manifest import BYTES, GRAPHEMES, PICTURE_BYTES, PICTURES
from hearwell.connectors.bluesky.render import stamp

HOST, DIRECTORY_HOST = "pds.northwind.test", "plc.directory"
SERVER = f"https://{HOST}"
BRAND, LENA = "did:plc:brandbrandbrandbrandbran", "did:plc:lenalenalenalenalenalena"
HANDLES = {BRAND: "northwind.test", LENA: "lena.test"}
APP_PASSWORD = "abcd-efgh-ijkl-mnop"  # noqa: S105 -- of the fake network
MAIN_PASSWORD = "the-account-s-own-password"  # noqa: S105 -- the same
_PAGE, _MOST = 50, 100
_LARGEST_BLOB = 5 * 1024 * 1024
Fields = dict[str, Any]


def token(kind: str, number: int, scope: str = "com.atproto.appPass") -> str:
    """A token that can be read as a JWT is, with a canary in place of its signature."""
    ends = int((datetime.now(UTC) + timedelta(hours=2)).timestamp())
    claims = json.dumps({"scope": scope, "sub": BRAND, "exp": ends}).encode()
    middle = base64.urlsafe_b64encode(claims).rstrip(b"=").decode()
    return f"eyJhbGciOiJub25lIn0.{middle}.{kind}-canary-{number}"


def refusal(status: int, code: str, **headers: str) -> httpx.Response:
    """An error as XRPC words it."""
    body = {"error": code, "message": "In the words of this server"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=named)


def mention(text: str, handle: str, did: str) -> Fields:
    """A text with one mention of ``@handle`` marked in it, by bytes."""
    start = len(text[: text.index(f"@{handle}")].encode())
    index = {"byteStart": start, "byteEnd": start + len(handle) + 1}
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    return {"text": text, "facets": [{"index": index, "features": [feature]}]}


@dataclass
class FakeBluesky(Pretended):
    """Records by address, newest last; ``next_answer`` makes it misbehave once."""

    records: dict[str, Fields] = field(default_factory=dict)
    blobs: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    muted: set[str] = field(default_factory=set)
    sessions: int = 1
    blocked: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.access, self.refresh = token("access", 1), token("refresh", 1)

    # --- what people do --------------------------------------------------------------------------

    def put(self, did: str, collection: str, record: Fields, rkey: str = "") -> Fields:
        """Write a record; returns it with its address."""
        self.now += timedelta(milliseconds=5)
        uri = uris.uri_of(did, collection, rkey or uris.tid_at(self.now))
        value = {"$type": collection, "createdAt": stamp(self.now)} | record
        digest = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
        entry = {"uri": uri, "cid": f"bafyrei{digest[:52]}", "value": value}
        self.records[uri] = entry
        return entry

    def post(self, did: str, text: str, below: Fields | None = None, **more: Any) -> Fields:
        """A post, marked where it mentions the brand; ``below`` makes it a reply."""
        handle = HANDLES[BRAND]
        record: Fields = {"text": text}
        if f"@{handle}" in text:
            record = mention(text, handle, BRAND)
        if below is not None:
            ref = {"uri": below["uri"], "cid": below["cid"]}
            root = below["value"].get("reply", {}).get("root", ref)
            record = record | {"reply": {"root": root, "parent": ref}}
        return self.put(did, uris.POST, record | more)

    def delete(self, uri: str) -> None:
        """Take a record away: nobody is told."""
        self.records.pop(uri, None)

    def told(self, entry: Fields) -> Fields:
        """The notification that a record of somebody else is to the brand."""
        value = entry["value"]
        subject = value.get("subject", {}).get("uri") or None
        reason = {uris.LIKE: "like", "app.bsky.graph.follow": "follow"}.get(value["$type"], "")
        if not reason:
            reason = "mention" if value.get("facets") else "reply"
            subject = value.get("reply", {}).get("parent", {}).get("uri")
        return {
            "uri": entry["uri"],
            "cid": entry["cid"],
            "author": self._profile(uris.did_of(entry["uri"])),
            "reason": reason,
            "record": value,
            "isRead": False,
            "indexedAt": value["createdAt"],
        } | ({"reasonSubject": subject} if subject else {})

    def view(self, entry: Fields) -> Fields:
        """A post as the app view shows it."""
        uri = entry["uri"]
        likes = [
            r["uri"] for r in self._of(BRAND, uris.LIKE) if r["value"]["subject"]["uri"] == uri
        ]
        viewer = {"replyDisabled": uri in self.closed} | ({"like": likes[0]} if likes else {})
        return {
            "uri": uri,
            "cid": entry["cid"],
            "author": self._profile(uris.did_of(uri)),
            "record": entry["value"],
            "indexedAt": entry["value"]["createdAt"],
            "viewer": viewer,
            "replyCount": len(self._below(uri)),
        }

    def _below(self, uri: str) -> list[Fields]:
        """The replies right below a post."""
        found = (e for e in self.records.values() if e["value"]["$type"] == uris.POST)
        return [e for e in found if e["value"].get("reply", {}).get("parent", {}).get("uri") == uri]

    def _profile(self, did: str) -> Fields:
        viewer = {"muted": did in self.muted, "blockedBy": False}
        return {"did": did, "handle": HANDLES[did], "viewer": viewer, "labels": []}

    def _of(self, did: str, collection: str) -> list[Fields]:
        """Somebody's records, newest first."""
        start = uris.uri_of(did, collection, "")
        found = [entry for uri, entry in self.records.items() if uri.startswith(start)]
        return sorted(found, key=lambda entry: str(entry["uri"]), reverse=True)

    # --- its API ---------------------------------------------------------------------------------

    def respond(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        if request.url.host == DIRECTORY_HOST:
            return httpx.Response(200, json=self._document(request.url.path[1:]))
        method, query = request.url.path.removeprefix("/xrpc/"), request.url.params
        is_blob = method.endswith("uploadBlob")
        body = json.loads(request.content) if request.content and not is_blob else {}
        opened: Mapping[str, Callable[[], httpx.Response]] = {
            "com.atproto.server.describeServer": lambda: _said(availableUserDomains=[".test"]),
            "com.atproto.server.createSession": lambda: self._sign_in(body),
            "com.atproto.server.refreshSession": lambda: self._renew(_bearer(request)),
            "com.atproto.identity.resolveHandle": lambda: self._resolve(query["handle"]),
            "com.atproto.repo.getRecord": lambda: self._one(query),
            "com.atproto.repo.listRecords": lambda: self._list(query),
        }
        if method in opened:
            return opened[method]()
        if _bearer(request) != self.access:
            return refusal(400, "ExpiredToken") if _bearer(request) else refusal(401, "AuthMissing")
        closed: Mapping[str, Callable[[], httpx.Response]] = {
            "com.atproto.server.getSession": self._session,
            "com.atproto.server.deleteSession": _said,
            "app.bsky.notification.listNotifications": lambda: self._notifications(query),
            "app.bsky.actor.getProfile": lambda: _said(**self._profile(query["actor"])),
            "app.bsky.feed.getPosts": lambda: self._posts(query.get_list("uris")),
            "app.bsky.feed.getAuthorFeed": lambda: self._feed(query["actor"]),
            "app.bsky.feed.getPostThread": lambda: self._thread(query["uri"]),
            "app.bsky.feed.searchPosts": lambda: self._search(query["q"]),
            "com.atproto.repo.putRecord": lambda: self._put(body),
            "com.atproto.repo.uploadBlob": lambda: self._upload(request),
            "com.atproto.repo.deleteRecord": lambda: self._delete(body),
        }
        return closed[method]() if method in closed else refusal(501, "MethodNotImplemented")

    def _document(self, did: str) -> Fields:
        service = {"id": "#atproto_pds", "serviceEndpoint": SERVER}
        return {"id": did, "service": [service]}

    def _session(self) -> httpx.Response:
        return _said(did=BRAND, handle=HANDLES[BRAND], active=True, didDoc=self._document(BRAND))

    def _sign_in(self, body: Fields) -> httpx.Response:
        scopes = {APP_PASSWORD: "com.atproto.appPass", MAIN_PASSWORD: "com.atproto.access"}
        if body["identifier"] not in (BRAND, HANDLES[BRAND]) or body["password"] not in scopes:
            return refusal(401, "AuthenticationRequired")
        return self._new_session(scopes[body["password"]])

    def _renew(self, given: str) -> httpx.Response:
        return self._new_session() if given == self.refresh else refusal(400, "ExpiredToken")

    def _new_session(self, scope: str = "com.atproto.appPass") -> httpx.Response:
        self.sessions += 1
        self.access = token("access", self.sessions, scope)
        self.refresh = token("refresh", self.sessions)
        tokens = {"accessJwt": self.access, "refreshJwt": self.refresh}
        return _said(did=BRAND, handle=HANDLES[BRAND], didDoc=self._document(BRAND), **tokens)

    @staticmethod
    def _resolve(handle: str) -> httpx.Response:
        found = [did for did, name in HANDLES.items() if name == handle]
        return _said(did=found[0]) if found else refusal(400, "InvalidRequest")

    def _one(self, query: httpx.QueryParams) -> httpx.Response:
        uri = uris.uri_of(query["repo"], query["collection"], query["rkey"])
        entry = self.records.get(uri)
        return _said(**entry) if entry else refusal(400, "RecordNotFound")

    def _list(self, query: httpx.QueryParams) -> httpx.Response:
        found = self._of(query["repo"], query["collection"])
        found = [r for r in found if r["uri"].rpartition("/")[2] < query.get("cursor", "~")]
        page = found[: int(query.get("limit", _PAGE))]
        more = {"cursor": page[-1]["uri"].rpartition("/")[2]} if page else {}
        return _said(records=page, **more)

    def _notifications(self, query: httpx.QueryParams) -> httpx.Response:
        heard = [
            self.told(entry)
            for uri, entry in self.records.items()
            if uris.did_of(uri) not in self.blocked | {BRAND}
        ]
        heard = [n for n in heard if n["reason"] in query.get_list("reasons")]
        heard = [n for n in heard if n["indexedAt"] < query.get("cursor", "~")]
        heard.sort(key=lambda n: str(n["indexedAt"]), reverse=True)
        page = heard[: min(_MOST, int(query.get("limit", _PAGE)))]
        more = {"cursor": page[-1]["indexedAt"]} if page else {}
        return _said(notifications=page, **more)

    def _posts(self, addresses: list[str]) -> httpx.Response:
        found = [self.records[uri] for uri in addresses if uri in self.records]
        seen = [
            self.view(entry) for entry in found if uris.did_of(entry["uri"]) not in self.blocked
        ]
        return _said(posts=seen)

    def _feed(self, actor: str) -> httpx.Response:
        found = [did for did, handle in HANDLES.items() if actor in (did, handle)]
        if not found:
            return refusal(400, "InvalidRequest")
        return _said(feed=[{"post": self.view(entry)} for entry in self._of(found[0], uris.POST)])

    def _thread(self, uri: str) -> httpx.Response:
        return _said(thread=self._nested(self.records[uri]))

    def _nested(self, entry: Fields) -> Fields:
        replies = [self._nested(reply) for reply in self._below(entry["uri"])]
        return {"post": self.view(entry), "replies": replies}

    def _search(self, words: str) -> httpx.Response:
        posts = [e for e in self.records.values() if e["value"]["$type"] == uris.POST]
        return _said(posts=[self.view(e) for e in posts if words in e["value"]["text"]])

    def _put(self, body: Fields) -> httpx.Response:
        uri = uris.uri_of(body["repo"], body["collection"], body["rkey"])
        there = self.records.get(uri)
        if "swapRecord" in body and body["swapRecord"] != (there["cid"] if there else None):
            return refusal(400, "InvalidSwap")
        text = body["record"].get("text", "")
        if Graphemes(GRAPHEMES).count(text) > GRAPHEMES or utf8_length(text) > BYTES:
            return refusal(400, "InvalidRequest")
        if not self._may_show(body["record"].get("embed")):
            return refusal(400, "InvalidRequest")
        entry = self.put(body["repo"], body["collection"], body["record"], body["rkey"])
        return _said(uri=uri, cid=entry["cid"], validationStatus="valid")

    def _upload(self, request: httpx.Request) -> httpx.Response:
        """Keep bytes; the same ones are one blob."""
        if len(request.content) > _LARGEST_BLOB:
            return refusal(413, "BlobTooLarge")
        link = "bafkrei" + hashlib.sha256(request.content).hexdigest()
        mime = request.headers["content-type"]
        self.blobs[link] = request.content, mime
        blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": mime}
        return _said(blob=blob | {"size": len(request.content)})

    def _may_show(self, embed: Fields | None) -> bool:
        """As the lexicon has it: at most four pictures, uploaded before, none too large."""
        if embed is None:
            return True
        images = embed["images"]
        return len(images) <= PICTURES and all(self._is_picture(one) for one in images)

    def _is_picture(self, image: Fields) -> bool:
        body, mime = self.blobs.get(image["image"]["ref"]["$link"], (b"", ""))
        is_told = isinstance(image.get("alt"), str) and image["image"]["size"] == len(body)
        return mime.startswith("image/") and 0 < len(body) <= PICTURE_BYTES and is_told

    def pictures_of(self, record: Fields) -> list[tuple[bytes, str]]:
        """What a post shows."""
        images = record.get("embed", {}).get("images", [])
        return [(self.blobs[one["image"]["ref"]["$link"]][0], one["alt"]) for one in images]

    def _delete(self, body: Fields) -> httpx.Response:
        self.delete(uris.uri_of(body["repo"], body["collection"], body["rkey"]))
        return _said()


def _said(**body: Any) -> httpx.Response:
    return httpx.Response(200, json=body)


def _bearer(request: httpx.Request) -> str:
    return str(request.headers.get("authorization", "")).removeprefix("Bearer ")

"""A small web of feeds in memory, for the examination and for tests: no socket is opened."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Raw, Source
from hearwell.connect.subject import ErrorCase, Handler, Subject, breaking
from hearwell.connectors.feeds.connector import FeedsConnector
from hearwell.connectors.feeds.parse import ACCOUNT, CHANGED

ADDRESS = "https://blog.northwind.test/feed"
HOST = "blog.northwind.test"
ROBOTS = "User-agent: *\nDisallow: /private/\n"


def atom(*entries: str, more: str = "") -> bytes:
    """An Atom feed."""
    head = (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="en-GB">'
        "<title>Northwind travellers</title><id>tag:northwind.test,2026:feed</id>"
        "<updated>2026-11-22T08:00:00Z</updated>"
    )
    return f"{head}{more}{''.join(entries)}</feed>".encode()


def entry(
    number: int,
    text: str = "My bag stayed in Lisbon",
    *,
    published: str = "2026-11-22T08:00:00Z",
    updated: str = "",
    parent: int = 0,
) -> str:
    """An entry of Lena's."""
    answers = f'<thr:in-reply-to ref="tag:northwind.test,2026:{parent}"/>' if parent else ""
    return (
        f"<entry><id>tag:northwind.test,2026:{number}</id><title>Post {number}</title>"
        f'<link href="https://{HOST}/posts/{number}"/><published>{published}</published>'
        f"<updated>{updated or published}</updated>{answers}"
        "<author><name>Lena Hoff</name><uri>https://lena.example/</uri></author>"
        f'<content type="html">&lt;p&gt;{text}&lt;/p&gt;</content></entry>'
    )


class FakeWeb:
    """Documents by address; whatever a test wants answered otherwise stands in ``handlers``."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {ADDRESS: atom(entry(2), entry(1))}
        self.headers: dict[str, str] = {"content-type": "application/atom+xml"}
        self.handlers: dict[str, Handler] = {}
        self.robots = ROBOTS
        self.calls: list[httpx.Request] = []

    @property
    def hosts(self) -> set[str]:
        """Hosts that were called."""
        return {request.url.netloc.decode() for request in self.calls}

    def asked(self, address: str = ADDRESS) -> list[httpx.Request]:
        """The calls for one address."""
        return [request for request in self.calls if str(request.url) == address]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One call."""
        self.calls.append(request)
        address = str(request.url)
        if handler := self.handlers.get(address):
            return handler(request)
        if request.url.path == "/robots.txt":
            return response(200, {}, self.robots.encode())
        body = self.documents.get(address)
        if body is None:
            return response(404)
        tag = f'"{zlib.crc32(body):08x}"'
        if request.headers.get("if-none-match") == tag:
            return response(304, {"etag": tag})
        return response(200, {**self.headers, "etag": tag}, body)


def response(
    status: int, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> httpx.Response:
    """An answer as it comes over a line: not read yet, and packed if it says so."""
    return httpx.Response(status, headers=dict(headers or {}), stream=httpx.ByteStream(body))


def answering(
    status: int, headers: Mapping[str, str] | None = None, content: bytes = b""
) -> Handler:
    """A handler that always gives this."""
    return lambda _: response(status, headers, content)


class Fake(Subject):
    """The examination of the connector on a fresh web with one feed in it."""

    connector: FeedsConnector

    def __init__(self) -> None:
        self.web = FakeWeb()
        self.connector = FeedsConnector(
            lambda _: httpx.Client(transport=httpx.MockTransport(self.web.answer))
        )
        self.account = Account(
            external_id=ADDRESS, handle="Northwind travellers", settings={"address": ADDRESS}
        )

    def raw(self, body: bytes) -> Raw:
        """Any bytes as a document that was fetched."""
        return self._raw(body, datetime(2026, 11, 23, tzinfo=UTC))

    def _raw(self, body: bytes, at: datetime, *, is_changed: bool = False) -> Raw:
        headers = {ACCOUNT: ADDRESS} | ({CHANGED: "1"} if is_changed else {})
        return Raw("GET", ADDRESS, headers, body, at, Source.POLL)

    def story(self) -> list[Raw]:
        """A post, a comment on it, and the post edited twice: once told, once not."""
        day = datetime(2026, 11, 23, tzinfo=UTC)
        told = entry(1, "My blue bag stayed", updated="2026-11-22T09:00:00Z")
        return [
            self._raw(atom(entry(1)), day),
            self._raw(atom(entry(2, "Mine, too", parent=1)), day.replace(hour=1)),
            self._raw(atom(told), day.replace(hour=2), is_changed=True),
            self._raw(atom(entry(1, "Found")), day.replace(hour=3), is_changed=True),
        ]

    def errors(self) -> list[ErrorCase]:
        """Every refusal that matters, and every way a line can break."""
        return [
            *(ErrorCase(name, partial(self._poll, how), kind) for name, how, kind in _CASES),
            ErrorCase("kept out", partial(self._poll, None, _KEEP_OUT), failures.NotAllowed),
            ErrorCase(
                "robots.txt broken",
                partial(self._poll, None, answering(500)),
                failures.Unavailable,
            ),
        ]

    def contacted(self) -> set[str]:
        """The hosts that were called so far."""
        return self.web.hosts

    def _poll(self, how: Handler | None, robots: Handler | None = None) -> object:
        """Poll a web in which one thing is not as it should be."""
        broken = Fake()
        if how is not None:
            broken.web.handlers[ADDRESS] = how
        if robots is not None:
            broken.web.handlers[f"https://{HOST}/robots.txt"] = robots
        return broken.connector.poll(broken.account, "default", None)


_KEEP_OUT = answering(200, content=b"User-agent: Hearwell\nDisallow: /\n")
_CASES: tuple[tuple[str, Handler, type[failures.Failure]], ...] = (
    ("401", answering(401), failures.Refused),
    ("403", answering(403), failures.Refused),
    ("404", answering(404), failures.Refused),
    ("410", answering(410), failures.Ended),
    ("418", answering(418), failures.Refused),
    ("429", answering(429, {"retry-after": "120"}), failures.Throttled),
    ("429, no time", answering(429), failures.Throttled),
    ("503 with a time", answering(503, {"retry-after": "120"}), failures.Throttled),
    ("503", answering(503), failures.Unavailable),
    ("500", answering(500), failures.Unavailable),
    ("a page", answering(200, content=b"<!doctype html><html><p>Hi</html>"),
     failures.ContractChanged),
    ("broken XML", answering(200, content=b"<rss><channel><item>"), failures.ContractChanged),
    ("broken JSON", answering(200, content=b'{"items": ['), failures.ContractChanged),
    ("nothing", answering(200), failures.ContractChanged),
    ("another packing", answering(200, {"content-encoding": "br"}), failures.ContractChanged),
    ("a circle", answering(302, {"location": ADDRESS}), failures.Refused),
    ("a redirect to nowhere", answering(301), failures.Refused),
    ("a redirect to a file", answering(301, {"location": "file:///etc/passwd"}), failures.Refused),
    ("no line", breaking(httpx.ConnectError), failures.Unavailable),
    ("too slow", breaking(httpx.ReadTimeout), failures.Unavailable),
    ("cut off", breaking(httpx.RemoteProtocolError), failures.Unavailable),
)  # fmt: skip

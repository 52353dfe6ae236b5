"""From what a person pastes to an account, how it fares, and what must not be fetched."""

from __future__ import annotations

import gzip
import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hearwell.connect import failures
from hearwell.connect.connecting import FieldRefused
from hearwell.connect.health import HealthState
from hearwell.connect.model import Account
from hearwell.connectors.feeds import fetching
from hearwell.connectors.feeds.connector import FeedsConnector, client_for
from hearwell.connectors.feeds.discovery import named_in
from hearwell.connectors.feeds.fake import ADDRESS, HOST, Fake, answering, atom, entry
from hearwell.connectors.feeds.manifest import MOST_BYTES
from hearwell.kit.http import origin_of

PAGE = f"https://{HOST}/"


def page_with(*links: str) -> bytes:
    return f"<!doctype html><html><head>{''.join(links)}</head><p>Hello".encode()


def link(href: str, kind: str = "rss", title: str = "") -> str:
    return f'<link rel="alternate" type="application/{kind}+xml" title="{title}" href="{href}">'


# --- finding it --------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [ADDRESS, f"{HOST}/feed", f"http://{HOST.upper()}:80/feed"])
def test_a_feed_is_connected_by_its_address(fake: Fake, typed: str) -> None:
    found = fake.connector.connect({"address": typed})
    assert found.external_id == found.settings["address"] == ADDRESS
    assert found.handle == "Northwind travellers"
    assert not found.secrets


def test_a_page_leads_to_the_feed_that_it_names_first_and_not_to_comments(fake: Fake) -> None:
    fake.web.documents[PAGE] = page_with(
        link("/comments/feed", title="Comments"), link("/feed", "atom", "Posts")
    )
    assert fake.connector.connect({"address": HOST}).external_id == ADDRESS


def test_the_next_feed_that_is_named_is_tried_if_one_is_none(fake: Fake) -> None:
    fake.web.documents[PAGE] = page_with(link("/gone"), link(f"http://{HOST}/feed"))
    assert fake.connector.connect({"address": HOST}).external_id == ADDRESS


def test_links_are_found_as_people_write_them() -> None:
    page = """<BASE HREF='https://other.test/blog/'><link type=application/rss+xml
        rel="feed alternate" href=rss.xml><link rel=stylesheet href=/a.css>
        <link rel="alternate" hreflang="de" href="/de"><link href="https://x.test/?a=1&amp;b=2"
        rel="ALTERNATE" type="Application/Feed+JSON">"""
    assert list(named_in(page, PAGE)) == [
        "https://other.test/blog/rss.xml",
        "https://x.test/?a=1&b=2",
    ]


@pytest.mark.parametrize(
    ("typed", "handle"),
    [
        (
            "https://apps.apple.com/us/app/northwind-air/id123456789",
            "Northwind air, App Store US",
        ),
        ("https://apps.apple.com/us/app/id123456789?platform=iphone", "123456789, App Store US"),
    ],
)
def test_an_app_is_connected_by_its_page_in_the_store(fake: Fake, typed: str, handle: str) -> None:
    reviews = "https://itunes.apple.com/us/rss/customerreviews/id=123456789/sortBy=mostRecent/json"
    fake.web.documents[reviews] = b'{"feed": {"title": {"label": "Customer Reviews"}}}'
    found = fake.connector.connect({"address": typed})
    assert (found.external_id, found.handle) == (reviews, handle)


def test_an_address_that_moved_for_good_is_noted_as_it_is_now(fake: Fake) -> None:
    fake.web.handlers[f"https://{HOST}/old"] = answering(308, {"location": "/feed"})
    assert fake.connector.connect({"address": f"{HOST}/old"}).external_id == ADDRESS
    fake.web.handlers[f"https://{HOST}/now"] = answering(307, {"location": "/feed"})
    found = fake.connector.connect({"address": f"{HOST}/now"})
    assert found.external_id == f"https://{HOST}/now"


@pytest.mark.parametrize(
    ("title", "handle"),
    [("A \x00 \ud800\n blog", "A \u2400 \ufffd blog"), (" \n", HOST), ("x" * 500, "x" * 100)],
)
def test_whatever_a_feed_calls_itself_can_be_stored(fake: Fake, title: str, handle: str) -> None:
    document = {"items": [], "title": title, "home_page_url": f"{PAGE}\x00"}
    fake.web.documents[ADDRESS] = json.dumps(document).encode()
    found = fake.connector.connect({"address": ADDRESS})
    assert found.handle == handle
    assert "\x00" not in found.settings["site"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ftp://blog.northwind.test/feed", "not a web address"),
        ("https://anna:secret@blog.northwind.test/feed", "not a web address"),
        ("https://", "not a web address"),
        ("https://[", "not a web address"),
        (f"https://{HOST}/page", "names no feed"),
        (f"https://{HOST}/private/feed", "robots.txt"),
        (f"https://{HOST}/missing", "404"),
        (f"https://{HOST}/gone", "410"),
        (f"https://{HOST}/broken", "broken"),
    ],
)
def test_what_cannot_be_connected_is_said_at_the_field(fake: Fake, typed: str, words: str) -> None:
    fake.web.documents[f"https://{HOST}/page"] = page_with()
    fake.web.documents[f"https://{HOST}/broken"] = b"<rss><channel><item>"
    fake.web.handlers[f"https://{HOST}/gone"] = answering(410)
    with pytest.raises(FieldRefused) as caught:
        fake.connector.connect({"address": typed})
    assert caught.value.field_name == "address"
    assert words in caught.value.message


def test_a_server_that_is_down_is_not_the_fault_of_the_field(fake: Fake) -> None:
    fake.web.handlers[ADDRESS] = answering(502)
    with pytest.raises(failures.Unavailable):
        fake.connector.connect({"address": ADDRESS})


# --- how it fares ------------------------------------------------------------------------------


def test_a_feed_that_is_well(fake: Fake) -> None:
    health = fake.connector.health(fake.account)
    assert health.state is HealthState.OK
    assert [check.name for check in health.checks] == ["settings", "reach", "scopes", "quota"]


@pytest.mark.parametrize(
    ("status", "content", "name", "state"),
    [
        (410, b"", "reach", HealthState.BAD),
        (429, b"", "quota", HealthState.WARNING),
        (500, b"", "reach", HealthState.BAD),
        (200, b"<html>", "reach", HealthState.BAD),
        (200, b"<rss><channel><item><title>A</title></item><item>", "reach", HealthState.WARNING),
    ],
)
def test_what_is_the_matter_is_told(
    fake: Fake, status: int, content: bytes, name: str, state: HealthState
) -> None:
    fake.web.handlers[ADDRESS] = answering(status, {}, content)
    bad = {c.name: c.state for c in fake.connector.health(fake.account).checks if c.message}
    assert bad == {name: state}


def test_a_feed_that_moved_says_where_to(fake: Fake) -> None:
    fake.web.handlers[ADDRESS] = answering(301, {"location": f"https://{HOST}/new"})
    fake.web.documents[f"https://{HOST}/new"] = atom(entry(1))
    first = fake.connector.health(fake.account).checks[0]
    assert first.state is HealthState.WARNING
    assert f"https://{HOST}/new" in first.message


def test_a_feed_that_is_closed_to_programs(fake: Fake) -> None:
    fake.web.robots = "User-agent: *\nDisallow: /\n"
    (_, scopes) = fake.connector.health(fake.account).checks
    assert (scopes.name, scopes.state) == ("scopes", HealthState.BAD)


def test_nothing_can_be_answered(fake: Fake) -> None:
    (problem,) = fake.connector.preflight(fake.account, None, None)  # type: ignore[arg-type]
    assert problem.blocking
    assert "cannot be answered" in problem.message or "not answered" in problem.message


# --- what must not be fetched ------------------------------------------------------------------


def packed(fake: Fake, body: bytes, how: str = "gzip") -> None:
    fake.web.handlers[ADDRESS] = answering(200, {"content-encoding": how}, body)


def poll(fake: Fake) -> object:
    return fake.connector.poll(fake.account, "default", None).raws


@pytest.mark.parametrize("how", ["gzip", "x-gzip", "deflate", "identity"])
def test_packed_documents_are_unpacked(fake: Fake, how: str) -> None:
    body = atom(entry(1))
    pack = {"deflate": zlib.compress, "identity": bytes}.get(how, gzip.compress)
    packed(fake, pack(body), how)
    assert poll(fake)


def test_a_bomb_is_left_alone_after_its_first_megabytes(fake: Fake) -> None:
    packed(fake, gzip.compress(bytes(40 * MOST_BYTES), 9))
    with pytest.raises(failures.ContractChanged, match="larger than 10 MB"):
        poll(fake)


@pytest.mark.parametrize(
    "body",
    [
        b"no gzip",
        gzip.compress(b"<rss/>", mtime=0)[:-9],
        gzip.compress(gzip.compress(b"<rss/>", mtime=0), mtime=0),
    ],
)
def test_what_is_packed_wrongly_is_refused(fake: Fake, body: bytes) -> None:
    packed(fake, body)
    with pytest.raises(failures.ContractChanged):
        poll(fake)


def test_a_document_that_drips_is_given_up(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "DEADLINE_S", -1.0)
    with pytest.raises(failures.Unavailable):
        poll(fake)


@pytest.fixture
def inner() -> Iterator[ThreadingHTTPServer]:
    """A server inside, with something to steal."""

    class Answers(BaseHTTPRequestHandler):
        seen: list[str] = []  # noqa: RUF012 -- one server, one test

        def do_GET(self) -> None:
            self.seen.append(self.path)
            if self.path == "/out":
                self.send_response(302)
                self.send_header("location", "http://127.0.0.1:1/steal")
                self.end_headers()
                return
            body = atom(entry(1))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_lies_inside_is_not_called(inner: ThreadingHTTPServer) -> None:
    own = f"http://127.0.0.1:{inner.server_port}"
    connector = FeedsConnector(client_for(()), ())
    for address in (f"{own}/feed", "https://localhost/feed", "https://169.254.169.254/latest"):
        with pytest.raises(FieldRefused, match="not on the public internet"):
            connector.connect({"address": address})
    assert inner.RequestHandlerClass.seen == []


def test_what_may_be_called_inside_leads_to_nothing_else_inside(
    inner: ThreadingHTTPServer,
) -> None:
    own = f"http://127.0.0.1:{inner.server_port}"
    connector = FeedsConnector(client_for([own]), [own])
    found = connector.connect({"address": f"{own}/feed"})
    assert found.external_id == f"{own}/feed"
    with pytest.raises(FieldRefused, match="not on the public internet"):
        connector.connect({"address": f"{own}/out"})


def test_only_the_host_of_the_address_is_named(fake: Fake) -> None:
    assert fake.connector.hosts(fake.account) == {HOST}
    assert fake.connector.hosts(Account("x")) == frozenset()
    assert origin_of(ADDRESS)[1] == HOST

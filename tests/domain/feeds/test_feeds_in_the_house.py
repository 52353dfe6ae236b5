"""Feeds through the house's own verbs, from a real server on this machine. Real commits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message as Headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from hearwell.accounts.models import AuditRow
from hearwell.accounts.services import create_workspace
from hearwell.channels.models import (
    Channel,
    ChannelHealth,
    ChannelState,
    RawDelivery,
    StreamCursor,
)
from hearwell.channels.services import connect_channel, resume
from hearwell.channels.services.draining import drain_endpoint
from hearwell.channels.services.polling import poll_once
from hearwell.connect import registry
from hearwell.connect.failures import Ended, NotAllowed
from hearwell.connect.model import Audience
from hearwell.connectors.feeds import manners
from hearwell.connectors.feeds.connector import FeedsConnector, client_for
from hearwell.connectors.feeds.fake import atom, entry
from hearwell.conversations.models import Case, Message, MessageVersion
from hearwell.inbox.composing import target_in
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.scope import scope
from hearwell.kit.seal import make_keys
from hearwell.sla.models import Clock
from hearwell.triage.models import Verdict

PAYLOADS = Path(__file__).parents[2] / "conformance" / "payloads" / "feeds"


@dataclass
class Site:
    """A web server with documents by path; it remembers who asked and what it answered."""

    documents: dict[str, bytes] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    log: list[tuple[str, int, Headers]] = field(default_factory=list)
    url: str = ""

    def statuses(self, path: str = "/feed") -> list[int]:
        return [status for asked, status, _ in self.log if asked == path]

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        body = self.documents.get(request.path)
        tag = f'"{hash(body)}"'
        status = 404 if body is None else 200
        if request.path in self.gone:
            status = 410
        elif body is not None and request.headers.get("if-none-match") == tag:
            status = 304
        self.log.append((request.path, status, request.headers))
        request.send_response(status)
        request.send_header("etag", tag)
        request.send_header("content-type", "application/xml")
        sent = body if status == 200 and body is not None else b""
        request.send_header("content-length", str(len(sent)))
        request.end_headers()
        request.wfile.write(sent)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.serve(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Desk:
    """A workspace that hears one feed."""

    site: Site
    channel: Channel

    @property
    def workspace_id(self) -> UUID:
        return self.channel.workspace_id

    def listen(self) -> float:
        """Poll once and take in what came; return the pause."""
        pause = poll_once(self.workspace_id, self.channel.id, "default")
        assert self.channel.endpoint_id
        drain_endpoint(self.channel.endpoint_id)
        return pause

    def messages(self) -> list[Message]:
        with scope(self.workspace_id):
            return list(Message.objects.defer("search").order_by("sent_at", "id"))

    def due(self) -> list[Clock]:
        with scope(self.workspace_id):
            return list(Clock.objects.filter(is_historic=False))

    def raws(self) -> int:
        return RawDelivery.objects.filter(endpoint_id=self.channel.endpoint_id).count()

    def cursor(self) -> StreamCursor:
        with scope(self.workspace_id):
            return StreamCursor.objects.get()


@pytest.fixture
def desk(transactional_db: None, monkeypatch: pytest.MonkeyPatch, site: Site) -> Desk:
    make_keys(Path(settings.HEARWELL_KEYS))
    monkeypatch.setattr(manners, "SPACING_S", 0.0)
    connector = FeedsConnector(client_for([site.url]), [site.url])
    monkeypatch.setitem(registry._connectors, "feeds", connector)
    site.documents["/feed"] = atom(entry(2, "Fine flight"), entry(1, "Where is my bag?"))
    site.documents["/"] = (
        b'<!doctype html><link rel="alternate" type="application/atom+xml" href="/feed">'
    )
    found = connector.connect({"address": f"{site.url}/"})
    workspace = create_workspace("Northwind Air")
    with scope(workspace.id):
        channel = connect_channel(
            workspace_id=workspace.id,
            network="feeds",
            handle=found.handle,
            external_id=found.external_id,
            brand="Northwind Air",
            settings=dict(found.settings),
        )
    site.log.clear()
    return Desk(site, channel)


def now(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat()


def test_what_was_there_is_history_and_what_comes_becomes_a_case(desk: Desk) -> None:
    assert desk.channel.external_id == f"{desk.site.url}/feed"
    desk.listen()
    assert [m.is_historic for m in desk.messages()] == [True, True]
    assert desk.due() == []

    fresh = entry(3, "My bag is lost. Who can help me?", published=now(minutes=1))
    desk.site.documents["/feed"] = atom(fresh, entry(2, "Fine flight"))
    desk.listen()
    newest = desk.messages()[-1]
    assert (newest.text, newest.is_historic) == ("My bag is lost. Who can help me?", False)
    assert newest.author_name == "Lena Hoff"
    assert newest.permalink == "https://blog.northwind.test/posts/3"
    with scope(desk.workspace_id):
        assert Verdict.objects.get(message_id=newest.id).duty == "answer"
    assert {clock.case_id for clock in desk.due()} == {newest.case_id}


def test_a_feed_that_says_nothing_new_answers_304_and_stores_nothing(desk: Desk) -> None:
    desk.listen()
    before = (desk.raws(), desk.messages(), desk.cursor().cursor)
    pause = desk.listen()
    assert desk.site.statuses() == [200, 304]
    assert "if-none-match" in desk.site.log[-1][2]
    assert (desk.raws(), desk.messages(), desk.cursor().cursor) == before
    assert 590 < pause <= 600


def test_a_changed_document_stores_only_what_is_new_in_it(desk: Desk) -> None:
    desk.listen()
    old = [entry(n, "x" * 2000) for n in range(100, 150)]
    desk.site.documents["/feed"] = atom(*old)
    desk.listen()
    desk.site.documents["/feed"] = atom(entry(200, "New", published=now()), *old)
    desk.listen()
    newest = RawDelivery.objects.filter(endpoint_id=desk.channel.endpoint_id).latest("received_at")
    assert len(newest.body) < 2000
    assert desk.messages()[-1].text == "New"


def test_an_edit_keeps_what_was_said_before(desk: Desk) -> None:
    desk.listen()
    lost = entry(3, "Where is my bag?", published=now(minutes=1))
    desk.site.documents["/feed"] = atom(lost)
    desk.listen()
    desk.site.documents["/feed"] = atom(lost.replace("my bag", "my blue bag"))
    desk.listen()
    message = desk.messages()[-1]
    assert message.text == "Where is my blue bag?"
    assert message.edited_at is not None
    with scope(desk.workspace_id):
        kept = list(MessageVersion.objects.filter(message_id=message.id))
    assert "Where is my bag?" in [version.text for version in kept]
    assert len(desk.messages()) == 3


def test_a_comment_stands_in_one_conversation_with_what_it_answers(desk: Desk) -> None:
    desk.listen()
    root = entry(3, "Where is my bag?", published=now(minutes=2))
    answer = entry(4, "Mine is lost, too", published=now(minutes=1), parent=3)
    desk.site.documents["/feed"] = atom(answer, root)
    desk.listen()
    third, fourth = desk.messages()[-2:]
    assert third.conversation_id == fourth.conversation_id


def test_reviews_keep_their_stars(desk: Desk) -> None:
    desk.site.documents["/feed"] = (PAYLOADS / "atom_reviews.xml").read_bytes()
    desk.listen()
    assert [(m.kind, m.rating) for m in desk.messages()] == [("review", 5), ("review", 1)]


def test_nobody_can_answer_and_the_composer_says_where_to(desk: Desk) -> None:
    desk.listen()
    with scope(desk.workspace_id):
        case = Case.objects.earliest("number")
        with pytest.raises(CannotSend) as caught:
            target_in(desk.workspace_id, case.id, Audience.PUBLIC)
    assert "Open the post on its own page" in caught.value.message


def test_a_feed_that_is_gone_for_good_pauses_its_channel_and_says_why(desk: Desk) -> None:
    desk.listen()
    desk.site.gone.add("/feed")
    with pytest.raises(Ended):
        desk.listen()
    with scope(desk.workspace_id):
        health, channel = ChannelHealth.objects.get(), Channel.objects.get()
        line = AuditRow.objects.filter(action="channel.paused_itself").get()
    assert (health.state, channel.state) == ("bad", ChannelState.PAUSED)
    assert health.failure_message.startswith("The feed says it is gone for good")
    assert line.actor_id is None


def test_a_feed_that_came_back_is_resumed_and_read_on(desk: Desk) -> None:
    desk.listen()
    before = len(desk.messages())
    desk.site.gone.add("/feed")
    with pytest.raises(Ended):
        desk.listen()
    desk.site.gone.clear()
    with scope(desk.workspace_id):
        resume(Channel.objects.get())
    desk.listen()
    with scope(desk.workspace_id):
        health, channel = ChannelHealth.objects.get(), Channel.objects.get()
    assert (health.state, health.failure_message, channel.state) == ("ok", "", "active")
    assert len(desk.messages()) == before


def test_a_site_that_closes_itself_to_programs_is_obeyed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.site.documents["/robots.txt"] = b"User-agent: *\nDisallow: /feed\n"
    anew = FeedsConnector(client_for([desk.site.url]), [desk.site.url])
    monkeypatch.setitem(registry._connectors, "feeds", anew)
    with pytest.raises(NotAllowed):
        desk.listen()
    assert desk.site.statuses() == []
    assert desk.messages() == []

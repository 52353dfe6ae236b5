"""Webhooks: signed, in order, until the other side says yes; and awkward on request."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from pytest_django import Settings

from hearwell.channels.models import Endpoint
from hearwell.channels.services import rotate_secret
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import InboundMessage, Raw
from hearwell.sandbox.models import Entry, Page
from hearwell.sandbox.services import calling, misbehaving, opening, speaking
from hearwell.sandbox.services.speaking import Words
from hearwell.sandbox.sweeps import wake_due

if TYPE_CHECKING:
    from hearwell.sandbox.models import Profile
    from tests.domain.sandbox.conftest import Harbour


class Ear:
    """A server that hears webhooks and answers as it is told."""

    def __init__(self) -> None:
        self.raws: list[Raw] = []
        self.status = 200
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                ear.raws.append(Raw("POST", self.path, headers, body, datetime.now(UTC)))
                self.send_response(ear.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def seqs(self) -> list[list[int]]:
        return [[entry["seq"] for entry in json.loads(raw.body)["entries"]] for raw in self.raws]


@pytest.fixture
def ear(settings: Settings) -> Iterator[Ear]:
    ear = Ear()
    thread = threading.Thread(target=ear.server.serve_forever, args=(0.02,))
    thread.start()
    settings.HEARWELL_URL = ear.url
    yield ear
    ear.server.shutdown()
    ear.server.server_close()
    thread.join()


@pytest.fixture
def lena(harbour: Harbour) -> Profile:
    return speaking.join(harbour.page, "Lena Hoff")


def _call(harbour: Harbour) -> int:
    return calling.call_all(harbour.page.workspace_id)


def test_signed_so_that_the_connector_believes_it(
    harbour: Harbour, lena: Profile, ear: Ear
) -> None:
    speaking.post(harbour.page, lena, Words("My bag? 🧳"))
    speaking.post(harbour.page, lena, Words("Hello?"))
    assert _call(harbour) == 2
    (raw,) = ear.raws
    endpoint = Endpoint.objects.get(id=harbour.channel.endpoint_id)
    assert raw.url == f"/hooks/{endpoint.token}"
    harbour.connector.verify(raw, opened_ingress(endpoint))
    assert harbour.connector.route(raw) == [harbour.channel.external_id]
    texts = [i.text for i in harbour.connector.parse(raw) if isinstance(i, InboundMessage)]
    assert texts == ["My bag? 🧳", "Hello?"]
    assert _call(harbour) == 0, "what was taken is not sent again"


def test_a_rotated_secret_is_followed(harbour: Harbour, lena: Profile, ear: Ear) -> None:
    endpoint = Endpoint.objects.get(id=harbour.channel.endpoint_id)
    before = opened_ingress(endpoint)
    rotate_secret(harbour.channel)
    speaking.post(harbour.page, lena, Words("Hello"))
    _call(harbour)
    endpoint.refresh_from_db()
    harbour.connector.verify(ear.raws[0], opened_ingress(endpoint))
    with pytest.raises(BadSignature):
        harbour.connector.verify(ear.raws[0], before)


def test_again_and_again_until_it_is_taken(harbour: Harbour, lena: Profile, ear: Ear) -> None:
    speaking.post(harbour.page, lena, Words("Hello"))
    ear.status = 503
    assert _call(harbour) == 0
    entry = Entry.objects.get()
    assert (entry.sent_at, entry.attempts, entry.problem) == (None, 1, "answered 503")
    assert entry.not_before > datetime.now(UTC)
    assert _call(harbour) == 0
    assert len(ear.raws) == 1, "not before its time"
    Entry.objects.update(not_before=datetime.now(UTC))
    ear.status = 200
    assert _call(harbour) == 1
    assert Entry.objects.get().sent_at is not None


def test_nobody_there(harbour: Harbour, lena: Profile, settings: Settings) -> None:
    settings.HEARWELL_URL = "http://127.0.0.1:9"
    speaking.post(harbour.page, lena, Words("Hello"))
    assert _call(harbour) == 0
    assert Entry.objects.get().problem == "not reached: ConnectError"


def test_everything_three_times_backwards_and_late(
    harbour: Harbour, lena: Profile, ear: Ear
) -> None:
    misbehaving.set_faults(harbour.page, {"duplicate": 1})
    speaking.post(harbour.page, lena, Words("One"))
    _call(harbour)
    assert ear.seqs() == [[1]] * 3
    misbehaving.set_faults(harbour.page, {"duplicate": 0, "reorder": 1})
    for text in ("Two", "Three", "Four"):
        speaking.post(harbour.page, lena, Words(text))
    _call(harbour)
    assert ear.seqs()[3:] == [[4, 2]], "the third is held back and overtaken"
    misbehaving.set_faults(harbour.page, {"reorder": 0, "delay_s": 60})
    speaking.post(harbour.page, lena, Words("Five"))
    assert _call(harbour) == 0
    late = Entry.objects.get(seq=5).not_before - datetime.now(UTC)
    assert timedelta(seconds=55) < late <= timedelta(seconds=60)


def test_without_a_webhook_only_polls_and_streams_hear(
    harbour: Harbour, lena: Profile, ear: Ear
) -> None:
    misbehaving.set_ways(harbour.page, has_webhook=False, has_stream=False)
    speaking.post(Page.objects.select_related("profile").get(), lena, Words("Hello"))
    assert _call(harbour) == 0
    assert len(harbour.connector.poll(harbour.account, "default", None).raws) == 1


def test_a_closed_harbour_calls_nobody(
    harbour: Harbour, lena: Profile, ear: Ear, workspace: object
) -> None:
    speaking.post(harbour.page, lena, Words("Hello"))
    opening.close_for(workspace)  # type: ignore[arg-type]
    assert _call(harbour) == 0


def test_the_sweep_finds_what_no_wake_up_reached(harbour: Harbour, lena: Profile) -> None:
    assert wake_due() == 0
    speaking.post(harbour.page, lena, Words("Hello"))
    assert wake_due() == 1
    assert wake_due() == 1, "a second wake-up for the same work is no error"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sandbox.call'")
        assert cursor.fetchone() == (1,)


def test_numbers_have_no_gaps(harbour: Harbour, lena: Profile) -> None:
    post = speaking.post(harbour.page, lena, Words("Hello"))
    for n in range(5):
        speaking.like(harbour.page, lena, post, is_on=n % 2 == 0)
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_the_stream_tells_what_happens(
    harbour: Harbour, lena: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hearwell.sandbox.api import streaming

    monkeypatch.setattr(streaming, "_LASTS_S", 0.2)
    monkeypatch.setattr(streaming, "_LOOK_EVERY_S", 0.05)
    speaking.post(harbour.page, lena, Words("One"))
    speaking.post(harbour.page, lena, Words("Two"))
    told = [line for line in streaming._lines("p", harbour.page.workspace_id, 1) if line.strip()]
    assert [json.loads(line)["entries"][0]["seq"] for line in told] == [2]

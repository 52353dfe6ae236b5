"""Pictures are fetched once, from where a message says, and never from inside."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from hearwell.connect import failures
from hearwell.connect.model import Media, MessageDeleted
from hearwell.conversations.models import Message
from hearwell.inbox import media
from hearwell.inbox.intake import take_deletions, take_in
from hearwell.inbox.media import LostError
from hearwell.kit.clock import now
from tests.domain.inbox.conftest import Care
from tests.factories import make_item

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@dataclass
class Site:
    """A server with files: path -> (status, headers, body); what was asked for is counted."""

    url: str = ""
    files: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            status, headers, body = made.files.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    with override_settings(MEDIA_ROOT=tmp_path, HEARWELL_EGRESS_ALLOW=(made.url,)):
        yield made
    server.shutdown()
    thread.join()
    server.server_close()


def arrived(care: Care, *attached: Media) -> Message:
    item = make_item(media=attached)
    with care.inside():
        (message,) = take_in(care.channel, [item])
    return message


def picture(url: str) -> Media:
    return Media("image", url, alt="A broken bag")


def opened(care: Care, message: Message, index: int = 0) -> bytes | None:
    with care.inside():
        found = media.kept(care.ws, message.id, index)
    return found.file.read() if found else None


def queued(message: Message) -> int:
    return ProcrastinateJob.objects.filter(
        task_name="inbox.keep_media", status="todo", args__message_id=str(message.id)
    ).count()


def test_what_arrives_with_a_picture_is_fetched_once(care: Care, site: Site) -> None:
    site.files["/bag.png"] = (200, {}, PNG)
    message = arrived(care, picture(f"{site.url}/bag.png"), Media("link", f"{site.url}/page"))
    assert queued(message) == 1
    assert opened(care, message) is None
    media.keep(care.ws, message.id)
    media.keep(care.ws, message.id)
    assert opened(care, message) == PNG
    assert site.asked == ["/bag.png"]
    assert queued(message) == 1
    with pytest.raises(Message.DoesNotExist):
        opened(care, message, 1)


def test_the_files_of_a_batch_are_queued_in_one_statement(care: Care, site: Site) -> None:
    items = [
        make_item(f"Picture {n}", media=(picture(f"{site.url}/{n}"),), external_id=f"m-{n}")
        for n in range(3)
    ]
    with care.inside(), CaptureQueriesContext(connection) as done:
        fresh = take_in(care.channel, items)
    assert [queued(message) for message in fresh] == [1, 1, 1]
    assert (
        sum("procrastinate_defer_jobs" in q["sql"] and "keep_media" in q["sql"] for q in done) == 1
    )


def test_a_message_without_files_queues_nothing(care: Care, site: Site) -> None:
    assert queued(arrived(care, Media("quote", f"{site.url}/x"))) == 0


def test_a_redirect_is_followed_and_one_to_the_inside_is_not(care: Care, site: Site) -> None:
    site.files["/a"] = (302, {"Location": "/bag.png"}, b"")
    site.files["/bag.png"] = (200, {}, PNG)
    site.files["/in"] = (302, {"Location": "https://localhost/secret"}, b"")
    site.files["/round"] = (302, {"Location": "/round"}, b"")
    addresses = [f"{site.url}/{name}" for name in ("a", "in", "round")]
    message = arrived(care, *map(picture, addresses))
    media.keep(care.ws, message.id)
    assert opened(care, message, 0) == PNG
    for index in (1, 2):
        with pytest.raises(LostError):
            opened(care, message, index)


@pytest.mark.parametrize("answer", [(404, {}, b"no"), (410, {}, b""), (200, {}, b"")])
def test_what_cannot_be_had_is_asked_for_once(
    care: Care, site: Site, answer: tuple[int, dict[str, str], bytes]
) -> None:
    site.files["/bag.png"] = answer
    message = arrived(care, picture(f"{site.url}/bag.png"))
    for _ in range(2):
        media.keep(care.ws, message.id)
        with pytest.raises(LostError):
            opened(care, message)
    assert site.asked == ["/bag.png"]


def test_a_file_that_is_too_large_is_not_kept(
    care: Care, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "MAX_BYTES", 4)
    site.files["/bag.png"] = (200, {}, PNG)
    message = arrived(care, picture(f"{site.url}/bag.png"))
    media.keep(care.ws, message.id)
    with pytest.raises(LostError):
        opened(care, message)


def test_what_is_packed_is_not_unpacked(care: Care, site: Site) -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    site.files["/bag.png"] = (200, {"Content-Encoding": "gzip"}, bomb)
    message = arrived(care, picture(f"{site.url}/bag.png"))
    media.keep(care.ws, message.id)
    with pytest.raises(LostError):
        opened(care, message)


def test_trouble_on_the_line_is_tried_again(care: Care, site: Site) -> None:
    site.files["/bag.png"] = (503, {}, b"")
    message = arrived(care, picture(f"{site.url}/bag.png"))
    with pytest.raises(failures.Unavailable):
        media.keep(care.ws, message.id)
    site.files["/bag.png"] = (200, {}, PNG)
    media.keep(care.ws, message.id)
    assert opened(care, message) == PNG


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x", "https://127.0.0.1/x", "https://[::1]/x", "ftp://x/y", "https://",
        "https://[::1", "https://xn--/", "https://x:99999/", "https://x/\ufffe\n",
    ],
)  # fmt: skip
def test_nothing_inside_is_asked(care: Care, site: Site, url: str) -> None:
    message = arrived(care, picture(url))
    media.keep(care.ws, message.id)
    with pytest.raises(LostError):
        opened(care, message)
    assert site.asked == []


def test_a_redirect_to_what_is_no_address_is_an_end(care: Care, site: Site) -> None:
    for name, place in (("a", "https://[bad"), ("b", "https://xn--/"), ("c", "https://x:99999/")):
        site.files[f"/{name}"] = (302, {"Location": place}, b"")
    message = arrived(care, *(picture(f"{site.url}/{name}") for name in "abc"))
    media.keep(care.ws, message.id)
    for index in range(3):
        with pytest.raises(LostError):
            opened(care, message, index)


def test_one_that_is_down_does_not_keep_back_the_next(care: Care, site: Site) -> None:
    site.files |= {"/down.png": (503, {}, b""), "/bag.png": (200, {}, PNG)}
    message = arrived(care, *(picture(f"{site.url}/{name}.png") for name in ("down", "bag")))
    with pytest.raises(failures.Unavailable):
        media.keep(care.ws, message.id)
    assert opened(care, message, 1) == PNG


def test_a_file_whose_time_is_over_while_it_is_fetched_stays_nowhere(
    care: Care, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.files["/bag.png"] = (200, {}, PNG)
    message = arrived(care, picture(f"{site.url}/bag.png"))
    fetch = media._keep_one

    def slow(*given: Any) -> None:
        fetch(*given)
        with care.inside():
            Message.objects.filter(id=message.id).update(media=[])

    monkeypatch.setattr(media, "_keep_one", slow)
    media.keep(care.ws, message.id)
    assert not default_storage.exists(f"{care.ws}/{message.id}")


def test_what_must_not_be_kept_goes(care: Care, site: Site, tmp_path: Path) -> None:
    site.files["/bag.png"] = (200, {}, PNG)
    message = arrived(care, picture(f"{site.url}/bag.png"))
    media.keep(care.ws, message.id)
    gone = MessageDeleted(
        external_id=message.remote_id,
        dedup_key="gone",
        occurred_at=now(),
        account=care.channel.external_id,
        must_purge=True,
    )
    with care.inside():
        take_deletions(care.channel, [gone])
        assert ProcrastinateJob.objects.filter(task_name="inbox.drop_media").count() == 1
        with pytest.raises(Message.DoesNotExist):
            media.kept(care.ws, message.id, 0)
    media.drop(care.ws, message.id)
    media.drop(care.ws, message.id)
    media.keep(care.ws, message.id)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]

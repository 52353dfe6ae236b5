"""Pictures and files of messages are served by us, to those who may read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from hearwell.connect.model import Media
from hearwell.conversations.models import Message
from hearwell.inbox import media
from tests.factories import make_channel, make_message

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@pytest.fixture
def message(workspace: object, tmp_path: Path, settings: object) -> Message:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    attached = (
        Media("image", "https://cdn.example/bag.png", alt="A broken <b>bag</b>"),
        Media("file", "", ref="part-2", name="receipt.pdf", size=2048),
        Media("link", "https://example.org/", alt="A page"),
        Media("image", "https://cdn.example/x.png"),
    )
    return make_message(channel=make_channel(), media=attached)


def put(message: Message, index: int, body: bytes) -> str:
    default_storage.save(media._place(message, index), ContentFile(body))
    return f"/media/{message.id}/{index}/"


def test_a_picture_is_shown(viewer: Client, message: Message) -> None:
    answer = viewer.get(put(message, 0, PNG))
    assert b"".join(answer) == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize("body", [b"<svg onload=alert(1)>", b"<!doctype html>", b"%PDF-1.7"])
def test_all_else_is_saved_under_its_name(viewer: Client, message: Message, body: bytes) -> None:
    answer = viewer.get(put(message, 1, body))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="receipt.pdf"'
    assert b"".join(answer) == body


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1.pdf", "a\tb\x01.pdf", "\u202efdp.exe", "."])
def test_no_name_reaches_beyond_its_header(viewer: Client, name: str) -> None:
    one = Media("file", "", ref="part-9", name=name)
    message = make_message(channel=make_channel(), media=(one,))
    answer = viewer.get(put(message, 0, b"%PDF-1.7"))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer
    said = answer["Content-Disposition"]
    assert said.isprintable()
    assert "%0" not in said
    assert "%E2%80%AE" not in said


def test_what_is_not_here_yet_is_asked_for_once(viewer: Client, message: Message) -> None:
    for _ in range(2):
        answer = viewer.get(f"/media/{message.id}/0/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    jobs = ProcrastinateJob.objects.filter(task_name="inbox.keep_media")
    assert jobs.filter(args__message_id=str(message.id)).count() == 1


def test_what_cannot_be_had_says_so(viewer: Client, message: Message) -> None:
    default_storage.save(media._place(message, 0) + ".lost", ContentFile(b""))
    assert viewer.get(f"/media/{message.id}/0/").status_code == 410


@pytest.mark.parametrize("index", [2, 4, 999])
def test_what_is_no_file_is_not_found(viewer: Client, message: Message, index: int) -> None:
    assert viewer.get(f"/media/{message.id}/{index}/").status_code == 404


def test_strangers_sign_in_first(client: Client, message: Message) -> None:
    assert client.get(f"/media/{message.id}/0/").status_code == 302


def test_the_case_shows_them(viewer: Client, message: Message) -> None:
    page = viewer.get(f"/c/{message.case_id}/").content.decode()
    assert f'src="/media/{message.id}/0/"' in page
    assert 'alt="A broken &lt;b&gt;bag&lt;/b&gt;"' in page
    assert 'alt="Picture without a description"' in page
    assert "receipt.pdf (2.0" in page
    assert 'href="https://example.org/"' in page
    assert "cdn.example" not in page

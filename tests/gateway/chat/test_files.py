"""Files: taken by what their bytes are, handed out to their visitor alone, shown by no browser."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.channels.queries import account_of
from hearwell.connect.registry import connector_for
from hearwell.connectors.webchat.connector import WebchatConnector
from hearwell.conversations.models import Message
from hearwell.gateway.chat import acts
from hearwell.gateway.chat.files import disposition, shown_name, type_of
from hearwell.gateway.chat.refusals import Refusal
from hearwell.kit.pictures import without_metadata
from hearwell.kit.scope import scope
from tests.gateway.chat.conftest import Chat
from tests.pictures import PLACE, photo

PHOTO = photo()
JPEG = without_metadata(PHOTO, "image/jpeg")
served = pytest.mark.django_db(transaction=True)


@served
def test_a_file_comes_in_is_sent_and_comes_out_again(chat: Chat) -> None:
    guest = chat.come()
    put = guest.call("POST", "files", params={"name": "../tag.jpg"}, content=JPEG)
    assert put.status_code == 200, put.text
    file = put.json()["file"]
    assert (file["name"], file["mime"], file["size"]) == ("tag.jpg", "image/jpeg", len(JPEG))
    assert guest.say("", files=[file["id"]]).status_code == 200

    got = guest.call("GET", f"files/{file['id']}")
    assert got.content == JPEG
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]

    chat.take_in()
    with scope(chat.workspace.id):
        (one,) = Message.objects.get().media
    assert (one["kind"], one["name"]) == ("image", "tag.jpg")
    connector = connector_for("webchat")
    assert isinstance(connector, WebchatConnector)
    fetched = connector.fetch_one(account_of(chat.channel), one["ref"])
    assert fetched is not None
    assert fetched.body == JPEG


@served
def test_where_a_visitor_took_a_photo_is_not_kept(chat: Chat) -> None:
    guest = chat.come()
    put = guest.call("POST", "files", params={"name": "home.jpg"}, content=PHOTO)
    file = put.json()["file"]
    assert file["size"] == len(JPEG) < len(PHOTO)
    assert guest.call("GET", f"files/{file['id']}").content == JPEG
    assert PLACE.encode() in PHOTO
    assert PLACE.encode() not in JPEG


@served
def test_a_file_of_somebody_else_is_none(chat: Chat) -> None:
    lena, mallory = chat.come(), chat.come()
    file_id = lena.call("POST", "files", content=JPEG).json()["file"]["id"]
    assert mallory.call("GET", f"files/{file_id}").status_code == 404
    assert mallory.call("GET", f"files/{uuid4()}").status_code == 404
    assert mallory.call("GET", "files/%2e%2e%2fkeys").status_code == 400
    assert mallory.say("", files=[file_id]).status_code == 404
    assert chat.kept() == []
    mallory.say("look", files=[file_id])
    assert chat.kept()[0]["files"] == []


@served
def test_too_large_empty_or_of_another_kind(chat: Chat) -> None:
    guest = chat.come()
    assert guest.call("POST", "files", content=b"").status_code == 400
    assert guest.call("POST", "files", content=b"MZ\x90\x00").status_code == 415
    cut_off = guest.call("POST", "files", content=PHOTO[:200])
    assert (cut_off.status_code, cut_off.json()["error"]) == (415, "damaged")
    chunks = (b"x" * 1024 * 1024 for _ in range(11))
    assert guest.call("POST", "files", content=chunks).status_code == 413


@served
def test_a_visitor_does_not_fill_the_disk(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MAX_OF_VISITOR", 2 * len(JPEG) + 10)
    lena, duarte = chat.come(), chat.come()
    statuses = [lena.call("POST", "files", content=JPEG).status_code for _ in range(3)]
    assert statuses == [200, 200, 413]
    assert duarte.call("POST", "files", content=JPEG).status_code == 200
    monkeypatch.setattr(acts, "MAX_OF_DAY", 3 * len(JPEG) + 10)
    refused = duarte.call("POST", "files", content=JPEG)
    assert (refused.status_code, refused.json()["error"]) == (413, "no_room")


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><script>", b"\xef\xbb\xbf <svg onload=x>", b"<?xml version='1.0'?>",
     b"#!/bin/sh", b"PK\x03\x04", b"\x7fELF", b"a\x00b", b"\xff\xfe", b"", b"\x1bc"],
)  # fmt: skip
def test_nothing_that_could_run_is_taken(body: bytes) -> None:
    with pytest.raises(Refusal):
        type_of(body)


@pytest.mark.parametrize(
    ("body", "mime"),
    [(b"plain words, caf\xc3\xa9\r\n", "text/plain"), (b"%PDF-1.7", "application/pdf"),
     (b"GIF89a", "image/gif"), (b"RIFF....WEBPVP8 ", "image/webp"), (JPEG, "image/jpeg"),
     (b"\x89PNG\r\n\x1a\n", "image/png")],
)  # fmt: skip
def test_what_is_taken(body: bytes, mime: str) -> None:
    assert type_of(body) == mime


@pytest.mark.parametrize(
    ("name", "shown"),
    [("C:\\fakepath\\tag.jpg", "tag.jpg"), ("../../x", "x"), ("", "file"), ("...", "file"),
     ("a\r\nSet-Cookie: x.png", "aSet-Cookie: x.png"), ("\u202egpj.exe", "gpj.exe"),
     ("x" * 300 + ".pdf", "x" * 116 + ".pdf")],
)  # fmt: skip
def test_names_are_only_names(name: str, shown: str) -> None:
    assert shown_name(name) == shown
    assert "\n" not in disposition(shown_name(name))

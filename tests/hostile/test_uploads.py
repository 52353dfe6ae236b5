"""No file of a stranger is ever a page of ours, or leads somewhere by its name."""

from __future__ import annotations

import io
import re

from django.http import FileResponse

from hearwell.gateway.chat import files as chat
from hearwell.gateway.chat.refusals import Refusal
from hearwell.inbox.media import Kept
from hearwell.kit.pictures import DamagedError, without_metadata
from hearwell.kit.sniff import ENOUGH, PICTURES, type_of
from hearwell.outbound.services.files import shown_name
from hearwell.web.agent.inbox.media import file_response
from tests.hostile.uploads import GPS, SCRIPT, Upload, told_pictures, uploads

UPLOADS = list(uploads())
# Signs that end a header, lead elsewhere, or turn the direction of writing.
MISLEADING = re.compile("[\x00-\x1f\x7f/\\\\\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def test_there_are_enough_of_them() -> None:
    assert len({(one.name, one.body) for one in UPLOADS}) >= 150


def test_what_is_handed_out_is_painted_or_saved_and_never_a_page() -> None:
    faults = [f"{one.what}: {why}" for one in UPLOADS for why in _wrong(one)]
    assert faults == []


def _wrong(one: Upload) -> list[str]:
    answer = file_response(Kept(io.BytesIO(one.body), len(one.body), one.name))
    assert isinstance(answer, FileResponse)
    kind, shape = answer["Content-Type"], answer["Content-Disposition"]
    body = b"".join(answer.streaming_content)
    is_shown = shape.startswith("inline")
    said = {
        "another body": body != one.body,
        "a type that runs": kind not in {*PICTURES, "application/octet-stream"},
        "shown though no picture": is_shown and kind != type_of(one.body[:ENOUGH]),
        "shown though it may run": is_shown and kind not in PICTURES,
        "no policy": answer["Content-Security-Policy"] != "default-src 'none'; sandbox",
        "a header in a name": any("\n" in text or "\r" in text for _, text in answer.items()),
        "a name that misleads": bool(re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069]", shape)),
    }
    return [why for why, is_so in said.items() if is_so]


def test_a_chat_takes_pictures_pdf_and_words_by_what_they_are() -> None:
    faults = []
    for one in UPLOADS:
        try:
            kind = chat.type_of(one.body)
            kept = chat.bare(one.body, kind)
        except Refusal:
            continue
        head = chat.disposition(chat.shown_name(one.name))
        is_page = kind == chat.PLAIN and kept.lstrip().startswith(b"<")
        if is_page or not head.startswith("attachment") or "\n" in head or "\r" in head:
            faults.append(one.what)
    assert faults == []


def test_a_name_leads_nowhere_and_says_what_it_is() -> None:
    for make in (shown_name, chat.shown_name):
        names = {one.name: make(one.name) for one in UPLOADS}
        assert {name: shown for name, shown in names.items() if MISLEADING.search(shown)} == {}
        assert all(
            shown and shown not in {".", ".."} and len(shown) <= 120 for shown in names.values()
        )


def test_a_picture_goes_on_without_what_it_tells_beside() -> None:
    kept = 0
    for what, body in told_pictures():
        try:
            bare = without_metadata(body, type_of(body[:ENOUGH]))
        except DamagedError:
            continue
        kept += 1
        assert not any(told in bare for told in (GPS, SCRIPT, b"PK\x03\x04")), what
        assert type_of(bare[:ENOUGH]) == type_of(body[:ENOUGH]), what
    assert kept >= 40


def test_a_head_that_is_copied_makes_no_picture() -> None:
    """Two kinds at once: what follows a picture's first bytes is no picture of that kind."""
    for one in UPLOADS:
        kind = type_of(one.body[:ENOUGH])
        if " that is " in one.what and kind in {
            "image/png",
            "image/jpeg",
            "image/gif",
            "image/webp",
        }:
            try:
                assert SCRIPT not in without_metadata(one.body, kind), one.what
            except DamagedError:
                continue

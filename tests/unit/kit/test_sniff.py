"""A file is what its bytes are, whatever it is called."""

from __future__ import annotations

import pytest

from hearwell.kit.sniff import OCTETS, PICTURES, type_of


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a\x01\x00", "image/gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00", "image/avif"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00", "video/mp4"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00", "video/quicktime"),
        (b"\x00\x00\x00\x1cftypM4A \x00\x00", "audio/mp4"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", OCTETS),
        (b"<!doctype html><script>", OCTETS),
        (b"RIFF", OCTETS),
        (b"", OCTETS),
    ],
)
def test_types(start: bytes, kind: str) -> None:
    assert type_of(start) == kind


def test_nothing_that_runs_scripts_is_a_picture() -> None:
    assert "image/svg+xml" not in PICTURES

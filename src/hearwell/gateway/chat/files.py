"""Files of visitors: what may come in by what its bytes are, and how it goes out again."""

from __future__ import annotations

from typing import Final

from django.utils.http import content_disposition_header

from hearwell.gateway.chat.refusals import Refusal
from hearwell.kit import pictures, sniff

LONGEST_NAME: Final = 120
PLAIN: Final = "text/plain"
_TAKEN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})
_UNSUPPORTED: Final = 415
# What makes text a page or a script in some reader; a chat needs neither.
_MARKUP: Final = (b"<!", b"<html", b"<?", b"<svg", b"<script", b"#!")


def type_of(body: bytes) -> str:
    """Return what a file is by its bytes. Raises Refusal (415) for what is not taken.

    Pictures that browsers only paint, PDF, and plain text. Its name and what its sender says of
    it count for nothing.
    """
    known = sniff.type_of(body[: sniff.ENOUGH])
    if known in _TAKEN:
        return known
    if _is_text(body):
        return PLAIN
    words = "Pictures (PNG, JPEG, GIF, WebP), PDF and plain text can be sent, nothing else."
    raise Refusal(_UNSUPPORTED, "wrong_type", words)


def bare(body: bytes, mime: str) -> bytes:
    """Return a file without what a photo tells of place, time and device. Raises Refusal (415)."""
    try:
        return pictures.without_metadata(body, mime)
    except pictures.DamagedError as error:
        words = "This picture is damaged. Please save it anew, or send a screenshot of it."
        raise Refusal(_UNSUPPORTED, "damaged", words) from error


def shown_name(name: str) -> str:
    """Return a file's name without folders and without what could mislead."""
    last = name.replace("\\", "/").rpartition("/")[2]
    # Neither control characters nor those that turn the direction of writing are printable.
    kept = "".join(char for char in last if char.isprintable())
    return kept.strip(" .")[-LONGEST_NAME:] or "file"


def disposition(name: str) -> str:
    """Return the header that makes a browser save a file, and never show it."""
    return str(content_disposition_header(as_attachment=True, filename=name))


def _is_text(body: bytes) -> bool:
    try:
        text = body.decode()
    except ValueError:
        return False
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n\f")[:10].lower()
    is_clean = not any((c < " " or c == "\x7f") and c not in "\t\n\r\f" for c in text)
    return bool(body) and is_clean and not start.startswith(_MARKUP)

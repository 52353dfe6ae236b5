"""Pictures without what they tell beside themselves: where, when and with what they were taken.

Nothing is decoded: a picture is cut into its parts, and only those go on that draw it. Its pixels
stay as they are to the bit, and one of a few bytes that would unpack to gigapixels is no danger
here. Which way up it is, is kept: that is the one thing of Exif that draws. What lies behind a
picture's end (films, depths, what was cropped away) goes, too.

Sources: ITU T.81 (JPEG), Exif 2.32, PNG third edition, the WebP container, GIF89a.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

UPRIGHT: Final = 1
_TURNS: Final = range(2, 9)
_EXIF: Final = b"Exif\0\0"
_TURN_TAG, _SHORT, _ENTRY = 0x0112, 3, 12


# Of a few bytes each, millions fit into a file: seconds of work and half a gigabyte of memory.
# Honest pictures have some thousands: a part for every four kB of a large one.
MOST_PARTS: Final = 20_000


class DamagedError(ValueError):
    """It is not put together as its kind is: nobody can say what in it is the picture."""


def without_metadata(body: bytes, mime: str) -> bytes:
    """Return a picture with nothing in it but the picture; other files as they are.

    ``mime`` is what ``kit.sniff`` says of it; JPEG, PNG, WebP and GIF are known here.
    Raises DamagedError.
    """
    strip = _KINDS.get(mime)
    if strip is None:
        return body
    try:
        return strip(body)
    except (struct.error, IndexError) as error:
        message = f"{mime} ends too soon"
        raise DamagedError(message) from error


def _turns() -> Iterator[int]:
    """Yield as often as a picture may have another part. Raises DamagedError."""
    yield from range(MOST_PARTS)
    message = "a picture of too many parts"
    raise DamagedError(message)


# --- which way up ------------------------------------------------------------------------------


def _turn(exif: bytes) -> int:
    """Return the orientation that an Exif block names, 1 to 8; upright where it names none."""
    tiff = exif.removeprefix(_EXIF)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for place in range(at + 2, at + 2 + count * _ENTRY, _ENTRY):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, place)
            if (tag, kind) == (_TURN_TAG, _SHORT) and value in _TURNS:
                return int(value)
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def _only_turn(turn: int) -> bytes:
    """Return the smallest Exif block that says which way up a picture is."""
    head = b"MM\0*" + struct.pack(">IH", 8, 1)
    return head + struct.pack(">HHIHHI", _TURN_TAG, _SHORT, 1, turn, 0, 0)


# --- JPEG --------------------------------------------------------------------------------------

_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APPS: Final = range(0xE0, 0xF0)
_BARE: Final = frozenset({0x01, _START, *range(0xD0, 0xD8)})
_APP_JFIF, _APP_EXIF = 0xE0, 0xE1
# What a decoder needs: the colours, and how Adobe's programs wrote them.
_DRAWN_BY: Final = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_JFIF: Final = b"JFIF\0"
_JFIF_SIZE: Final = 12
# In coded data 0xFF stands before 0 or a restart; before anything else it is a marker.
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _jpeg(body: bytes) -> bytes:
    kept, turn, jfif, is_drawn = list[bytes](), UPRIGHT, b"", False
    for marker, part in _segments(body):
        if marker == _APP_EXIF and part[4:].startswith(_EXIF):
            turn = turn if turn != UPRIGHT else _turn(part[4:])
        elif marker == _APP_JFIF and part[4:].startswith(_JFIF):
            jfif = jfif or _bare_jfif(part)
        elif marker not in _APPS and marker != _COMMENT:
            kept.append(part)
            is_drawn = is_drawn or marker == _SCAN
        elif part[4:].startswith(_DRAWN_BY.get(marker, b"\xff")):
            kept.append(part)
    if not is_drawn:
        message = "a JPEG without a picture"
        raise DamagedError(message)
    exif = _segment(_APP_EXIF, _EXIF + _only_turn(turn)) if turn != UPRIGHT else b""
    return b"".join((b"\xff\xd8", jfif, exif, *kept, b"\xff\xd9"))


def _segments(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Return each (marker, part with its marker) up to the end; a scan with its coded data."""
    at = 2
    for _ in _turns():
        found = _MARKER.search(body, at)
        if found is None or body[found.start() + 1] == _END:
            return
        at, marker = found.start(), body[found.start() + 1]
        if marker in _BARE:
            at += 2
            continue
        (size,) = struct.unpack_from(">H", body, at + 2)
        end = at + 2 + size
        if size < 2 or end > len(body):  # noqa: PLR2004 - the two bytes of the size itself
            message = "a JPEG whose parts do not fit"
            raise DamagedError(message)
        if marker == _SCAN:
            after = _MARKER.search(body, end)
            end = after.start() if after else len(body)
        yield marker, body[at:end]
        at = end


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _bare_jfif(part: bytes) -> bytes:
    """Return the head of a JFIF file without its thumbnail."""
    content = part[4 : 4 + _JFIF_SIZE]
    return _segment(_APP_JFIF, content + b"\0\0") if len(content) == _JFIF_SIZE else b""


# --- PNG ---------------------------------------------------------------------------------------

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_DRAWN_BY: Final = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"hIST", b"sPLT", b"pHYs", b"acTL", b"fcTL", b"fdAT",
})  # fmt: skip


def _png(body: bytes) -> bytes:
    kept, turn, at = [_PNG], UPRIGHT, len(_PNG)
    for _ in _turns():
        size, name = struct.unpack_from(">I4s", body, at)
        end = at + 12 + size
        if end > len(body):
            message = "a PNG whose parts do not fit"
            raise DamagedError(message)
        if name == b"eXIf":
            turn = _turn(body[at + 8 : end - 4])
        elif name in _PNG_DRAWN_BY:
            kept.append(body[at:end])
        if name == b"IEND":
            break
        at = end
    if turn != UPRIGHT:
        kept.insert(2, _chunk(b"eXIf", _only_turn(turn)))  # after the signature and IHDR
    return b"".join(kept)


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


# --- WebP --------------------------------------------------------------------------------------

_WEBP_DRAWN_BY: Final = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ICCP"})
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
_FRAME_HEAD: Final = 16


def _webp(body: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", body, 4)
    kept, turn, turns = list[tuple[bytes, bytes]](), UPRIGHT, _turns()
    for name, content in _riff(body[12 : 8 + size], turns):
        if name == b"EXIF":
            turn = _turn(content)
        elif name == b"ANMF":
            frame = b"".join(
                _riffed(one, part)
                for one, part in _riff(content[_FRAME_HEAD:], turns)
                if one in _WEBP_DRAWN_BY
            )
            kept.append((name, content[:_FRAME_HEAD] + frame))
        elif name in _WEBP_DRAWN_BY:
            kept.append((name, content))
    if not kept:
        message = "a WebP without a picture"
        raise DamagedError(message)
    if kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~(_HAS_EXIF | _HAS_XMP) | (turn != UPRIGHT and _HAS_EXIF)
        kept[0] = (b"VP8X", bytes([flags]) + kept[0][1][1:])
        if turn != UPRIGHT:
            kept.append((b"EXIF", _only_turn(turn)))
    inside = b"WEBP" + b"".join(_riffed(*one) for one in kept)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def _riff(data: bytes, turns: Iterator[int]) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        next(turns)
        name, size = struct.unpack_from("<4sI", data, at)
        content = data[at + 8 : at + 8 + size]
        if len(content) != size:
            message = "a WebP whose parts do not fit"
            raise DamagedError(message)
        yield name, content
        at += 8 + size + size % 2


def _riffed(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


# --- GIF ---------------------------------------------------------------------------------------

_LOOPS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})
_GIF_IMAGE, _GIF_MORE, _GIF_END = 0x2C, 0x21, 0x3B
_GIF_TIMING, _GIF_APP = 0xF9, 0xFF


def _gif(body: bytes) -> bytes:
    at = 13 + _palette(body[10])
    kept, is_drawn = [body[:at]], False
    for _ in _turns():
        if body[at] == _GIF_END:
            break
        if body[at] == _GIF_IMAGE:
            end = _after_blocks(body, at + 11 + _palette(body[at + 9]))
            is_kept = is_drawn = True
        elif body[at] == _GIF_MORE:
            end = _after_blocks(body, at + 2)
            label = body[at + 1]
            is_kept = label == _GIF_TIMING or (
                label == _GIF_APP and body[at + 3 : at + 14] in _LOOPS
            )
        else:
            message = "a GIF with a part of no kind"
            raise DamagedError(message)
        if is_kept:
            kept.append(body[at:end])
        at = end
    if not is_drawn:
        message = "a GIF without a picture"
        raise DamagedError(message)
    return b"".join((*kept, b";"))


def _palette(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _after_blocks(body: bytes, at: int) -> int:
    while size := body[at]:
        at += size + 1
    return at + 1


_KINDS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
}

"""Pictures for tests, made here: whole ones, and photos that tell what a phone writes into them."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

PLACE, DEVICE, WHEN = "Lat 52.5186", "Contoso Phone 7", "2026:11:22 08:15:00"
_GPS = 0x8825


def picture(red: int = 40, side: int = 96) -> bytes:
    """A whole PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    rows = (b"\0" + bytes((red, 110, 190)) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def scene() -> Image.Image:
    """Something that is different whichever way it is turned."""
    shown = Image.new("RGB", (48, 32), (20, 90, 160))
    shown.paste((220, 40, 40), (0, 0, 16, 8))
    shown.paste((240, 220, 60), (40, 20, 48, 32))
    return shown


def exif(turn: int = 6) -> Image.Exif:
    """What a phone says of a photo: its device, when, where, and which way it was held."""
    told = Image.Exif()
    told[0x010F], told[0x0110], told[0x0132] = "Contoso", DEVICE, WHEN
    if turn:
        told[0x0112] = turn
    told[_GPS] = {1: "N", 2: (52.0, 31.0, 7.0), 3: "E", 4: (13.0, 24.0, 34.0), 27: PLACE.encode()}
    return told


def photo(kind: str = "JPEG", turn: int = 6, **more: object) -> bytes:
    """A photo as a phone makes it."""
    out = io.BytesIO()
    scene().save(out, kind, exif=exif(turn), **more)
    return out.getvalue()

"""Files that are not what they say, or are two things at once, made by combining.

What would run in a browser stands in each: if it were ever shown as a page, ``hurt()`` would run.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tests.pictures import picture

SCRIPT = b"<script>hurt(1)</script>"
GPS = b"GPSLatitude 52.520008"
_PAGES = {
    "html": b"<!doctype html><html>" + SCRIPT,
    "bare html": SCRIPT,
    "late html": b"\n" * 600 + b"<html>" + SCRIPT,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="hurt(1)">' + SCRIPT + b"</svg>",
    "svg with a head": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT,
    "svg with a type": b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg onload='hurt(1)'/>",
    "xml": b'<?xml version="1.0"?><?xml-stylesheet href="//evil.invalid/a.xsl"?><a/>',
    "xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml">' + SCRIPT + b"</html>",
    "marked html": b"\xef\xbb\xbf<html>" + SCRIPT,
    "wide html": ("<html>" + SCRIPT.decode()).encode("utf-16"),
    "utf-7 html": b"+ADw-script+AD4-hurt(1)+ADw-/script+AD4-",
    "a comment": b"<!--" + SCRIPT + b"-->",
    "a script": b"hurt(1)//",
    "mhtml": b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n" + SCRIPT,
    "a manifest": b"CACHE MANIFEST\n/ /evil",
    "shell": b"#!/bin/sh\ncurl evil.invalid",
    "windows": b"MZ" + b"\0" * 62 + SCRIPT,
    "flash": b"FWS\x09" + SCRIPT,
    "java": b"\xca\xfe\xba\xbe" + SCRIPT,
    "zip": b"PK\x03\x04" + SCRIPT,
    "office macro": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + SCRIPT,
    "link file": b"[InternetShortcut]\nURL=javascript:hurt(1)",
    "wasm": b"\0asm" + SCRIPT,
    "elf": b"\x7fELF" + SCRIPT,
    "nothing": b"",
    "nul": b"\0" + SCRIPT,
}
_NAMES = (
    "photo.jpg",
    "photo.jpg.html",
    "photo.svg",
    "photo.html;.jpg",
    "photo.html\0.jpg",
    "photo.html%00.jpg",
    "\u202egpj.lmth",
    "photo.\u200bhtml",
    "../../static/app.js",
    "..\\..\\boot.ini",
    "/etc/passwd",
    "C:\\a.html",
    'a".html',
    "a\r\nContent-Type: text/html",
    "a\r\n\r\n<script>hurt(1)</script>",
    "CON",
    ".htaccess",
    "a" * 5_000 + ".jpg",
    "",
    ".",
    "..",
    "   ",
    "photo.jpg. . .",
    "a;filename=b.html",
    "a'b\"c<d>.html",
    "\u2066photo\u2069.exe",
    "photo.jpg::$DATA",
    "~/.ssh/authorized_keys",
    "\ud83d\ude00.html".encode("utf-16", "surrogatepass").decode("utf-16"),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody gives it: a name, and bytes."""

    what: str
    name: str
    body: bytes


def uploads() -> Iterator[Upload]:
    """Pages under names of pictures, pictures with pages in them, names that mislead."""
    for number, (what, body) in enumerate(_PAGES.items()):
        yield Upload(what, "photo.jpg", body)
        yield Upload(f"{what}, its own name", f"a.{what.split()[0]}", body)
        yield Upload(f"{what} under a name", _NAMES[number % len(_NAMES)], body)
    for (kind, head), (what, page) in product(_HEADS.items(), _PAGES.items()):
        if what in {"html", "svg", "a script", "zip"}:
            yield Upload(f"{kind} that is {what}", "photo.html", head + page)
    for number, (what, body) in enumerate(told_pictures()):
        yield Upload(what, _NAMES[number % len(_NAMES)], body)
    for number, name in enumerate(_NAMES):
        yield Upload(f"name {number}", name, picture(number % 90))


_HEADS = {
    "gif": b"GIF89a/*",
    "gif of old": b"GIF87a=1;",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff\xe0",
    "pdf": b"%PDF-1.7\n",
    "webp": b"RIFF\x10\0\0\0WEBP",
    "ogg": b"OggS",
    "mp3": b"ID3",
    "webm": b"\x1a\x45\xdf\xa3",
    "mp4": b"\0\0\0\x18ftypmp42",
    "avif": b"\0\0\0\x18ftypavif",
    "heic": b"\0\0\0\x18ftypheic",
}


def told_pictures() -> Iterator[tuple[str, bytes]]:
    """Good pictures that tell more than a picture: a place, a page, another file behind the end."""
    png, jpeg, gif = picture(), _jpeg(), _gif()
    for what, page in (("a place", GPS), ("a page", SCRIPT), ("a file", b"PK\x03\x04" + SCRIPT)):
        yield f"png, behind its end {what}", png + page
        yield f"jpeg, behind its end {what}", jpeg + page
        yield f"gif, behind its end {what}", gif + page
        for name in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"prIv", b"tIME"):
            yield f"png, {name.decode()} of {what}", png[:33] + _chunk(name, page) + png[33:]
        for marker in (0xE1, 0xE4, 0xED, 0xEF, 0xFE):
            part = struct.pack(">BBH", 0xFF, marker, len(page) + 2) + page
            yield f"jpeg, {marker:x} of {what}", jpeg[:2] + part + jpeg[2:]
        for label in (0xFE, 0xFF, 0x01):
            part = bytes([0x21, label, len(page)]) + page + b"\0"
            yield f"gif, {label:x} of {what}", gif[:-1] + part + b";"


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _jpeg() -> bytes:
    """As much of a JPEG as is looked at: a table, a frame, a scan."""
    table = b"\xff\xdb\x00\x43\x00" + b"\x01" * 64
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    return (
        b"\xff\xd8"
        + table
        + frame
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34"
        + b"\xff\xd9"
    )


def _gif() -> bytes:
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\0\0\0\xff\xff\xff"
    return head + b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;"

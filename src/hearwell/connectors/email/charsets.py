"""Bytes into text, whatever their sender says they are.

Declared charsets are wrong often enough: names nobody registered, UTF-8 called Latin-1, Windows
quotes in "ISO-8859-1". What cannot be decoded becomes U+FFFD; nothing here raises.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator

# What senders write, and what they mean (the larger sets hold the smaller ones).
_MEANT = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "unicode-1-1-utf-7": "utf-7",
    "x-unknown": "cp1252",
    "unknown-8bit": "cp1252",
    "default": "cp1252",
    "utf8": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "ansi_x3.110-1983": "cp1252",
}
# Codecs of Python that are no charsets (rot13, zip, …) or that would not end (idna, punycode).
_NOT_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_WORD = re.compile(rb"=\?([!-<>@-~]{1,40})\?([BbQq])\?([^?]{0,16000})\?=")
_BETWEEN = re.compile(rb"\s*\Z")
_TRANSFER_JUNK = re.compile(rb"[^A-Za-z0-9+/]+")


def codec_for(name: str) -> str | None:
    """Return the Python codec of a charset's name, None if there is no such charset."""
    plain = name.strip().strip("\"'").lower()
    try:
        info = codecs.lookup(_MEANT.get(plain, plain))
    # ValueError: a NUL in the name.
    except (LookupError, ValueError):
        return None
    is_text = getattr(info, "_is_text_encoding", True)
    return info.name if is_text and info.name not in _NOT_TEXT else None


def decode(data: bytes, charset: str = "") -> str:
    """Return the text of bytes said to be in `charset`."""
    codec = codec_for(charset) if charset else None
    if codec is None or codec == "cp1252":
        # Most text is UTF-8 by now, also where it calls itself something else; that any other
        # text of some length happens to be valid UTF-8 is next to impossible.
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode(codec or "cp1252", "replace")
    try:
        return data.decode(codec, "replace")
    # Some codecs break the promise of "replace" on hostile input.
    except (UnicodeError, ValueError, LookupError):
        return data.decode("ascii", "replace")


def transfer_decoded(data: bytes, encoding: str) -> bytes:
    """Undo a content-transfer-encoding; what is none is returned as it is."""
    match encoding.strip().lower():
        case "base64":
            return unbase64(data)
        case "quoted-printable":
            return quopri.decodestring(data)
        case "x-uuencode" | "uuencode" | "x-uue":
            return _unuu(data)
        case _:
            return data


def unbase64(data: bytes) -> bytes:
    """Decode base64 in spite of line ends, spaces, missing padding and a torn end."""
    letters = _TRANSFER_JUNK.sub(b"", data)
    whole = len(letters) - (1 if len(letters) % 4 == 1 else 0)  # one letter alone says nothing
    return base64.b64decode(letters[:whole] + b"=" * (-whole % 4))


def _unuu(data: bytes) -> bytes:
    found = bytearray()
    for line in data.splitlines():
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        try:
            found += binascii.a2b_uu(line)
        except binascii.Error:
            continue
    return bytes(found)


def header_text(value: bytes) -> str:
    """Return an unfolded header's value as text: encoded words (RFC 2047) and raw 8-bit alike.

    Words that follow each other in one charset are joined before they are decoded, because some
    senders cut a character in two.
    """
    if b"=?" not in value:
        return decode(value)
    return "".join(_pieces(value))


def _pieces(value: bytes) -> Iterator[str]:
    at, charset, gathered = 0, "", b""
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        name = word[1].split(b"*")[0].decode("ascii", "replace").lower()
        if gathered and (name != charset or not _BETWEEN.match(between)):
            yield decode(gathered, charset)
            gathered = b""
        if at == 0 or not _BETWEEN.match(between):
            yield decode(between)
        charset, gathered, at = name, gathered + _word_bytes(word), word.end()
    if gathered:
        yield decode(gathered, charset)
    yield decode(value[at:])


def _word_bytes(word: re.Match[bytes]) -> bytes:
    if word[2] in b"Bb":
        return unbase64(word[3])
    return quopri.decodestring(word[3].replace(b"_", b"=20"))

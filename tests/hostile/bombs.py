"""Small or large, each costs whoever reads it carelessly seconds or gigabytes. Made, not kept.

A bomb is what it is for, its name, and how its bytes are made: they are made where they are read.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

MB = 1 << 20
HOOK, FEED, MAIL, PICTURE = 5 * MB, 10 * MB, 8 * MB, 25 * 1000 * 1000


@dataclass(frozen=True, slots=True)
class Bomb:
    """`target` is who reads it: json, form, xml, gzip, mail, archive, picture, table, text."""

    target: str
    name: str
    body: Callable[[], bytes]


def _filled(unit: bytes, size: int, *, head: bytes = b"", tail: bytes = b"") -> bytes:
    return head + unit * max(1, (size - len(head) - len(tail)) // len(unit)) + tail


# --- JSON, as networks, models and tools send it -----------------------------------------------

_JSON_UNITS = {
    "lists": b"[],", "objects": b"{},", "full-objects": b'{"":0},', "numbers": b"1,",
    "floats": b"1e9,", "texts": b'"",', "nulls": b"null,", "pairs": b"[[]],",
    "escapes": b'"\\u0041\\ud83d",', "two-names": b'{"a":1,"b":2},',
}  # fmt: skip
# Around them: alone, and where each of our readers looks for its list.
_JSON_PLACES = {
    "bare": (b"[", b"0]"),
    "items": (b'{"items":[', b"0]}"),
    "entry": (b'{"object":"page","entry":[', b"0]}"),
    "store": (b'{"feed":{"entry":[', b"0]}}"),
}


def json_bombs(size: int) -> Iterator[Bomb]:
    """Very many of a small thing, very deep, very long numbers and names."""
    for (name, unit), (place, (head, tail)) in product(_JSON_UNITS.items(), _JSON_PLACES.items()):
        yield Bomb("json", f"{place}-of-{name}", lambda u=unit, h=head, t=tail: _filled(
            u, size, head=h, tail=t))  # fmt: skip
    for depth, (name, begin, end) in product(
        (900, 990, 5_000, 200_000),
        (("lists", b"[", b"]"), ("objects", b'{"a":', b"}"), ("open-lists", b"[", b"")),
    ):
        yield Bomb("json", f"{depth}-deep-{name}", lambda d=depth, b=begin, e=end: (
            b * d + b"1" + e * d))  # fmt: skip
    yield Bomb("json", "long-whole-number", lambda: b'{"id":' + b"9" * (size - 8) + b"}")
    yield Bomb("json", "long-fraction", lambda: b'{"id":0.' + b"9" * (size - 10) + b"}")
    yield Bomb("json", "long-exponent", lambda: b'{"id":1e' + b"9" * 1000 + b"}")
    yield Bomb("json", "long-text", lambda: b'{"text":"' + b"a" * (size - 12) + b'"}')
    yield Bomb("json", "escaped-text", lambda: _filled(
        b"\\u0000", size, head=b'{"text":"', tail=b'"}'))  # fmt: skip
    yield Bomb("json", "same-name", lambda: _filled(b'"a":1,', size, head=b"{", tail=b'"a":2}'))
    yield Bomb("json", "other-names", lambda: b"{" + b",".join(
        b'"%x":1' % n for n in range(size // 12)) + b"}")  # fmt: skip
    yield Bomb("json", "utf-16", lambda: ('{"a":[' + "1," * (size // 5) + "1]}").encode("utf-16"))


def form_bombs(size: int) -> Iterator[Bomb]:
    """Forms are read before anybody is proven: their signature is over their fields."""
    units = {
        "names": b"a&", "empty": b"&", "values": b"a=1&", "percent": b"%41", "plus": b"+",
        "bad-percent": b"%zz", "utf-8": b"%F0%9F%98%80", "semicolons": b"a=1;",
    }  # fmt: skip
    for name, unit in units.items():
        yield Bomb("form", name, lambda u=unit: _filled(u, size))
    yield Bomb("form", "other-names", lambda: b"&".join(b"%x=" % n for n in range(size // 8)))
    yield Bomb("form", "one-value", lambda: _filled(b"%41", size, head=b"Body="))


# --- XML ----------------------------------------------------------------------------------------


def xml_bombs(size: int) -> Iterator[Bomb]:
    """Entities that grow, entities from elsewhere, very many and very deep elements."""
    rss, end = b"<rss><channel>", b"</channel></rss>"
    for depth, count in product((2, 8, 20), (10, 100)):
        yield Bomb("xml", f"laughs-{depth}-{count}", lambda d=depth, c=count: _laughs(d, c))
    for kind in (b'SYSTEM "file:///etc/passwd"', b'SYSTEM "http://169.254.169.254/"',
                 b'PUBLIC "x" "http://inside.test/"'):  # fmt: skip
        for form in (b"<!ENTITY x %s>", b"<!ENTITY %% x %s> %%x;", b"<!ENTITY x %s NDATA y>"):
            body = b"<!DOCTYPE rss [" + form % kind + b"]><rss><channel><title>&x;</title>" + end
            yield Bomb("xml", f"{form.decode()} of {kind.decode()}", lambda b=body: b)
    units = {
        "empty": b"<a/>", "items": b"<item/>", "entries": b"<item><title>a</title></item>",
        "attributes": b'<a b="1" c="2" d="3"/>', "comments": b"<!---->", "instructions": b"<?a?>",
        "cdata": b"<![CDATA[]]>", "ampersands": b"&amp;", "bare-ampersands": b"& ",
        "names": b"&eacute;", "numbers": b"&#65;", "open": b"<a>", "open-items": b"<item>",
        "spaces": b"<a xmlns='u'/>", "wrong": b"</a>", "controls": b"\x01", "text": b"a",
        "links": b"<item><link>http://a.test/</link><guid>1</guid></item>",
    }  # fmt: skip
    for name, unit in units.items():
        yield Bomb("xml", f"many-{name}", lambda u=unit: _filled(u, size, head=rss, tail=end))
    yield Bomb("xml", "attributes-of-one", lambda: b"<rss " + b" ".join(
        b'a%x="1"' % n for n in range(size // 16)) + b"/>")  # fmt: skip
    yield Bomb("xml", "same-attributes", lambda: _filled(b'a="1" ', size, head=b"<rss ", tail=b">"))
    yield Bomb("xml", "long-name", lambda: b"<" + b"a" * size + b"/>")
    yield Bomb("xml", "long-doctype", lambda: b"<!DOCTYPE " + b"a" * size + b"><rss/>")
    yield Bomb("xml", "doctypes", lambda: _filled(b"<!DOCTYPE [", size, tail=b"<rss/>"))
    yield Bomb(
        "xml", "utf-16", lambda: ("<rss>" + "<a/>" * (size // 8) + "</rss>").encode("utf-16")
    )
    yield Bomb(
        "xml", "utf-32", lambda: ("<rss>" + "<a/>" * (size // 16) + "</rss>").encode("utf-32")
    )


def _laughs(depth: int, count: int) -> bytes:
    lines = [f'<!ENTITY l{n} "{f"&l{n - 1};" * count if n else "ha"}">' for n in range(depth)]
    head = f"<!DOCTYPE rss [{''.join(lines)}]>"
    return f"{head}<rss><channel><title>&l{depth - 1};</title></channel></rss>".encode()


# --- packed -------------------------------------------------------------------------------------


def gzip_bombs() -> Iterator[Bomb]:
    """A few kB that unpack to a gigabyte, once and twice, in one piece and in many."""
    for size, sign in product((50 * MB, 300 * MB), (b"\0", b"[", b"<", b"\n", b"a,")):
        yield Bomb("gzip", f"{size // MB}-MB-of-{sign!r}", lambda s=size, c=sign: packed(c, s))
    yield Bomb("gzip", "twice", lambda: gzip.compress(packed(b"\0", 300 * MB)))
    yield Bomb("gzip", "members", lambda: gzip.compress(b"") * 100_000)
    yield Bomb("gzip", "cut", lambda: packed(b"\0", 50 * MB)[:-9])
    yield Bomb("gzip", "no-end", lambda: b"\x1f\x8b\x08\x00" + b"\xff" * MB)
    yield Bomb("gzip", "long-name", lambda: b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"a" * MB)


def packed(sign: bytes, size: int) -> bytes:
    """Very much of a sign, packed with gzip as well as that can be done."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    piece = sign * (MB // len(sign))
    return b"".join(packer.compress(piece) for _ in range(size // MB)) + packer.flush()


def a_zip(members: int, size: int) -> bytes:
    """A ZIP of so many files of zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(f"{number}.txt", b"\0" * size)
    return out.getvalue()


# --- pictures -----------------------------------------------------------------------------------


def picture_bombs(size: int) -> Iterator[Bomb]:
    """Gigapixels in a few bytes, and as many parts as fit into a file."""
    jpeg, png, gif = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a" + b"\0" * 7
    iend = b"\0\0\0\0IENDcccc"
    for name, unit in {
        "bare": b"\xff\x01", "apps": b"\xff\xe5\x00\x02", "tables": b"\xff\xdb\x00\x02",
        "scans": b"\xff\xda\x00\x02", "comments": b"\xff\xfe\x00\x02", "fill": b"\xff\xff",
        "exif": b"\xff\xe1\x00\x08Exif\0\0", "colours": b"\xff\xe2\x00\x02",
        "restarts": b"\xff\xda\x00\x02" + b"\xff\xd0" * 100, "jfif": b"\xff\xe0\x00\x07JFIF\0",
    }.items():  # fmt: skip
        yield Bomb("picture", f"jpeg-{name}", lambda u=unit: _filled(
            u, size, head=jpeg, tail=b"\xff\xd9"))  # fmt: skip
    for name in (b"IDAT", b"eXIf", b"tEXt", b"zTXt", b"fdAT", b"PLTE", b"iCCP", b"abcd"):
        yield Bomb("picture", f"png-{name.decode()}", lambda n=name: _filled(
            b"\0\0\0\0" + n + b"cccc", size, head=png, tail=iend))  # fmt: skip
    for width, height in ((1 << 31) - 1, (1 << 31) - 1), (1, (1 << 31) - 1), (65_535, 65_535):
        yield Bomb("picture", f"png-{width}x{height}", lambda w=width, h=height: _png(w, h))
    yield Bomb("picture", "png-packed-text", lambda: png + _chunk(
        b"zTXt", b"a\0\0" + zlib.compress(b"\0" * (100 * MB))) + iend)  # fmt: skip
    for name, unit in {
        "images": b"," + b"\0" * 9 + b"\x02\0", "comments": b"!\xfe\0", "timings": b"!\xf9\0",
        "loops": b"!\xff\x0bNETSCAPE2.0\0",
    }.items():  # fmt: skip
        yield Bomb("picture", f"gif-{name}", lambda u=unit: _filled(
            u, size, head=gif, tail=b";"))  # fmt: skip
    yield Bomb("picture", "gif-blocks", lambda: _filled(
        b"\x01a", size, head=gif + b"," + b"\0" * 9 + b"\x02", tail=b"\0;"))  # fmt: skip
    webp = b"RIFF" + struct.pack("<I", size - 8) + b"WEBP"
    for name, unit in {
        "images": b"VP8 \0\0\0\0", "exif": b"EXIF\0\0\0\0", "strangers": b"abcd\0\0\0\0",
        "frames": b"ANMF\x10\0\0\0" + b"\0" * 16,
        "in-frames": b"ANMF" + struct.pack("<I", 8016) + b"\0" * 16 + b"VP8 \0\0\0\0" * 1000,
    }.items():  # fmt: skip
        yield Bomb("picture", f"webp-{name}", lambda u=unit: _filled(u, size, head=webp))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png(width: int, height: int) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + _chunk(b"IDAT", zlib.compress(b"\0" * MB))
        + _chunk(b"IEND", b"")
    )


# --- archives -----------------------------------------------------------------------------------


def archive_bombs(size: int) -> Iterator[Bomb]:
    """Files that somebody gives for an archive of messages."""
    tweets = (
        b"tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
    )
    letter = b"From a Mon Mar  2 09:00:00 2026\nFrom: a@b.test\n\n"
    yield Bomb("archive", "zip", lambda: a_zip(1, 200 * MB))
    yield Bomb("archive", "zip-of-many", lambda: a_zip(5_000, 10))
    for name, unit in {
        "quotes": b'"', "open-quotes": b'"a\n', "commas": b",", "lines": b"\n", "a-line": b"a",
        "two-quotes": b'""', "quoted-lines": b'"\n', "returns": b"\r", "nul": b"\0",
    }.items():  # fmt: skip
        yield Bomb("archive", f"table-of-{name}", lambda u=unit: _filled(u, size, head=tweets))
    for name, unit in {
        "lists": b"[",
        "objects": b'{"a":',
        "lines": b"{}\n",
        "texts": b'{"id":"',
    }.items():
        yield Bomb("archive", f"json-of-{name}", lambda u=unit: _filled(u, size, head=b"{}\n"))
    for name, unit in {
        "letters": b"From a Mon Mar  2 09:00:00 2026\n", "heads": b"a: b\n", "folds": b" a\n",
        "from": b"\nFrom ", "quoted": b">>>>From a\n",
    }.items():  # fmt: skip
        yield Bomb("archive", f"mailbox-of-{name}", lambda u=unit: _filled(u, size, head=letter))
    yield Bomb("archive", "packed-line", lambda: packed(b"a", 100 * MB))
    yield Bomb("archive", "packed-lists", lambda: gzip.compress(b"{}\n" + b"[" * (50 * MB)))


def table_bombs(size: int) -> Iterator[Bomb]:
    """Lists of calls, as a switchboard's export gives them."""
    head = b"direction,number,started_at,outcome\n"
    for name, unit in {
        "quotes": b'"', "commas": b",", "lines": b"\n",
        "rows": b"in,+4930,2026-03-02T09:00:00Z,x\n",
        "a-field": b"a", "digits": b"9", "quoted-lines": b'"\n',
    }.items():  # fmt: skip
        yield Bomb("table", name, lambda u=unit: _filled(u, size, head=head))
    yield Bomb("table", "columns", lambda: b",".join(b"c%d" % n for n in range(size // 8)))


# --- mail ---------------------------------------------------------------------------------------


_HEADS = {
    "words": b"=?utf-8?q?=41?= ", "brackets": b"<", "open": b'"(',
    "parameters": b"; a*0*=utf-8''%41", "addresses": b"a@b.test,",
}  # fmt: skip
_HTML = (
    b"<div>", b"<a href='", b"<!--", b"<svg><math>", b"<table><tr><td>", b"&#x41;", b"<blockquote>",
    b"<p style='", b"</p>", b"<", b"&", b"<style>", b"<![CDATA[",
)  # fmt: skip
_PLAIN = (
    b"> ", b">", b"On Mon a wrote:\n", b"-- \n", b"_", b"From: a\nSent: b\n", b"\n", b" ",
    b"http://a.", b"a@b.", b"\xff", b"\xe2\x80\x8b", b"-----Original Message-----\n",
)  # fmt: skip


def mail_bombs(size: int) -> Iterator[Bomb]:
    """Parts in parts, heads without an end, texts that are quadratic to whoever looks back."""
    top = b"From: a@b.test\nSubject: Bag\nMessage-ID: <12345678@b.test>\n"
    for depth in (50, 1_000, 20_000):
        yield Bomb("mail", f"{depth}-multiparts-deep", lambda d=depth: top + _nested(d))
        yield Bomb("mail", f"{depth}-letters-deep", lambda d=depth: top + (
            b"Content-Type: message/rfc822\n\n" * d) + b"a")  # fmt: skip
    kind = b"Content-Type: multipart/mixed; boundary=b\n\n"
    for name, unit in {
        "parts": b"--b\n\na\n", "empty-parts": b"--b\n", "ends": b"--b--\n", "near": b"--bb\n",
        "dashes": b"-", "files": b"--b\nContent-Disposition: attachment; filename=a\n\na\n",
        "html": b"--b\nContent-Type: text/html\n\n<p>a\n",
    }.items():  # fmt: skip
        yield Bomb("mail", f"many-{name}", lambda u=unit: _filled(u, size, head=top + kind))
    for name, unit in {
        "fields": b"X-A: b\n", "folds": b" a\n", "received": b"Received: from a by b; now\n",
        "words": b"Subject: =?utf-8?b?YQ==?= =?utf-8?q?=41?=\n", "to": b"To: a@b.test, b@c.test\n",
        "references": b"References: <a@b.test> <b@b.test>\n", "no-colon": b"a" * 70 + b"\n",
    }.items():  # fmt: skip
        yield Bomb("mail", f"head-of-{name}", lambda u=unit: _filled(u, size, head=top) + b"\n\na")
    for name in (b"To", b"References", b"Subject", b"Content-Type", b"From", b"Date",
                 b"Authentication-Results", b"Content-Disposition"):  # fmt: skip
        for kind_of, unit in _HEADS.items():
            yield Bomb("mail", f"{name.decode()}-of-{kind_of}", lambda n=name, u=unit: (
                top + n + b": " + _filled(u, MB) + b"\n\na"))  # fmt: skip
    yield from _texts(top)
    yield from _charsets(top)


def _nested(depth: int) -> bytes:
    parts = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )
    return b"".join(parts) + b"\na"


def _texts(top: bytes) -> Iterator[Bomb]:
    html = top + b"Content-Type: text/html\n\n"
    for unit in _HTML:
        yield Bomb("mail", f"html-of-{unit.decode()}", lambda u=unit: _filled(u, MB, head=html))
    plain = top + b"\n"
    for unit in _PLAIN:
        yield Bomb("mail", f"text-of-{unit!r}", lambda u=unit: _filled(u, MB, head=plain))


def _charsets(top: bytes) -> Iterator[Bomb]:
    zeros = b64encode(b"\0" * (4 * MB))
    for charset in ("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "hz",
                    "iso-2022-jp", "zlib_codec", "bz2_codec", "base64_codec", "rot13", "utf-16",
                    "utf-32", "undefined", "mbcs", "../../etc/passwd"):  # fmt: skip
        head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: "
        yield Bomb("mail", f"charset-{charset}", lambda h=head: (
            top + h.encode() + b"base64\n\n" + zeros))  # fmt: skip
        yield Bomb("mail", f"quoted-{charset}", lambda h=head: (
            top + h.encode() + b"quoted-printable\n\n" + b"=41+AGE-~{=" * (MB // 12)))  # fmt: skip


# --- plain words, as a post or a chat has them --------------------------------------------------


_WORDS = (
    "a", "1", " ", "\n", ".", "-", "@", "a@", "http://", "1,", "1.", "1 ", "+49 ", "#a ", "a\u0301",
    "\u0301", "\u200b", "\u202e", "日", "😀", "👨\u200d👩\u200d👧", "\ufdfa", "ß", "İ", "A", "not ",
    '"', "'", "<", "&amp;", "(", "[", "€1 ", "1:", "/", "a-", "ab1", "$$", "!?",
)  # fmt: skip


def text_bombs(size: int) -> Iterator[Bomb]:
    """What every message's text goes through: judging, masking, finding, folding."""
    for unit in _WORDS:
        yield Bomb("text", f"of-{unit!r}", lambda u=unit: (u * (size // len(u))).encode())


def all_bombs() -> list[Bomb]:
    """Every bomb there is, in the sizes that come through our doors."""
    return [
        *json_bombs(HOOK), *form_bombs(HOOK), *xml_bombs(FEED), *gzip_bombs(),
        *picture_bombs(PICTURE), *archive_bombs(HOOK), *table_bombs(1_900_000),
        *mail_bombs(MAIL), *text_bombs(20_000),
    ]  # fmt: skip


def named(bomb: Bomb) -> str:
    """How a failing case is called."""
    return json.dumps(f"{bomb.target}: {bomb.name}")

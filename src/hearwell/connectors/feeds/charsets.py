"""From bytes to text: the byte order mark, then what the server said, then what the file says."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_SAID = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# By Python's names. What else it knows is no charset of the web, and some of it is slow.
_KNOWN = re.compile(
    r"utf-8|utf-16(-[bl]e)?|utf-32(-[bl]e)?|iso8859-\d+|cp12\d\d|cp(866|874|932|949|950)|koi8-[ru]"
    r"|mac-roman|gb2312|gbk|gb18030|big5|big5hkscs|shift_jis|euc_jp|euc_kr|iso2022_jp"
)
# As browsers do: what calls itself Latin 1 may have the quotes and dashes of Windows.
_REALLY = {"iso8859-1": "cp1252", "ascii": "cp1252"}


def text_of(body: bytes, content_type: str) -> str:
    """Return the text without its byte order mark; bytes that fit nowhere become U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for name in _candidates(body, content_type):
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    return body.decode("cp1252", "replace")


def _candidates(body: bytes, content_type: str) -> Iterator[str]:
    said, declared = _SAID.search(content_type), _DECLARED.match(body[:300].lstrip())
    for label in (said[1] if said else "", declared[1].decode() if declared else ""):
        if name := _known(label):
            yield name
    if body[:4] == b"<\0?\0":
        yield "utf-16-le"
    if body[:4] == b"\0<\0?":
        yield "utf-16-be"
    yield "utf-8"


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label).name if label else ""
    except (LookupError, ValueError):
        return ""
    name = _REALLY.get(name, name)
    return name if _KNOWN.fullmatch(name) else ""

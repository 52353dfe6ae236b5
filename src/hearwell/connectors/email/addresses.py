"""Addresses: read from headers, made comparable, written so that nothing can be smuggled in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from hearwell.connectors.email.charsets import decode, header_text

_LONGEST = 320
_MOST = 200
# What may stand in an address here: no space, quote, comma, bracket or control character, so that
# an address can be written into a header or an SMTP command as it is.
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f-\x9f\"(),:;<>@\[\\\]]{1,128}")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_ANGLE = re.compile(r"<([^<>]*)>\s*\Z")
_COMMENT = re.compile(r"\(([^()]*)\)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_TOKEN = re.compile(r'\\.|"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)|<[^<>]*>|[,;:]', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")

# Cyrillic and Greek letters that a reader takes for a, c, d, e, …
_LIKE_LATIN = frozenset(
    "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u051d\u0445\u0443"
    "\u03b1\u03bf\u03bd\u03c1\u03c5\u03b9\u03ba\u03c4\u03c7-0123456789"
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Who is named in a header: the address as it can be compared, and what they call themselves.

    `address` is empty where there is none that mail could be sent to.
    """

    address: str
    name: str = ""


def normal(address: str) -> str:
    """Return the address lower-case and its domain in A-labels; empty if it is none.

    Nobody's two mailboxes differ in case only. The part before the @ keeps its letters otherwise:
    what a "+" or a dot means there is its server's business.
    """
    text = unicodedata.normalize("NFC", address.strip())
    local, at, domain = text.rpartition("@")
    if not at or len(text) > _LONGEST or not _LOCAL.fullmatch(local):
        return ""
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return ""
    host = ascii_domain(domain)
    return f"{local.lower()}@{host}" if host else ""


def ascii_domain(domain: str) -> str:
    """Return a domain name in lower-case A-labels (IDNA 2008: ß stays ß), empty if it is none."""
    labels = [_a_label(label) for label in domain.lower().rstrip(".").split(".")]
    name = ".".join(labels)
    return name if len(labels) > 1 and all(labels) and len(name) < 254 else ""  # noqa: PLR2004


def _a_label(label: str) -> str:
    if not _LABEL.fullmatch(label):
        return ""
    if label.isascii():
        return label
    try:
        coded = "xn--" + unicodedata.normalize("NFC", label).encode("punycode").decode("ascii")
    except UnicodeError:
        return ""
    return coded if len(coded) < 64 else ""  # noqa: PLR2004  a label has at most 63 letters


def shown(address: str) -> str:
    """Return an address for people: its domain in their letters, where that cannot mislead.

    A label that mixes scripts, is made of nothing but letters that look like Latin ones, or is
    not the one its A-label stands for, stays as it is.
    """
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{'.'.join(map(_u_label, domain.split('.')))}"


def _u_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        text = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    scripts = {unicodedata.name(char, "?").split()[0] for char in text if char.isalpha()}
    is_clear = len(scripts) == 1 and not set(text) <= _LIKE_LATIN
    return text if is_clear and _a_label(text) == label else label


def mailboxes(value: bytes) -> list[Mailbox]:
    """Read the value of From, To, … : at most 200 of them, names decoded, groups opened.

    A name with a comma that its program forgot to quote ("Weber, Uwe <uwe@…>") is put together.
    """
    found: list[Mailbox] = []
    before = ""
    for piece in _split(decode(value)):
        box = _mailbox(f"{before}, {piece.strip()}" if before else piece)
        before = "" if box.address or "@" in piece else box.name
        if box.address or "@" in piece:
            found.append(box)
        if len(found) >= _MOST:
            break
    return [*found, Mailbox("", before)] if before and not found else found


def _split(text: str) -> Iterator[str]:
    """Cut at the commas and semicolons that stand outside of quotes, comments and brackets."""
    begin = 0
    for found in _TOKEN.finditer(text):
        if found[0] in {",", ";"}:
            yield text[begin : found.start()]
        if found[0] in {",", ";", ":"}:  # before a colon stands the name of a group
            begin = found.end()
    yield text[begin:]


def _mailbox(piece: str) -> Mailbox:
    angle = _ANGLE.search(piece)
    if angle is not None:
        return Mailbox(normal(angle[1]), _name(piece[: angle.start()]))
    bare = _COMMENT.sub(" ", piece).strip()
    address = normal(bare)
    comment = _COMMENT.search(piece)
    name = _name(comment[1]) if comment else "" if address else _name(bare)
    return Mailbox(address, name)


def _name(text: str) -> str:
    """A display name: unquoted, decoded, on one line."""
    unquoted = _QUOTED.sub(lambda quoted: _ESCAPED.sub(r"\1", quoted[1]), text.strip())
    if "=?" in unquoted:
        unquoted = header_text(unquoted.encode("utf-8", "replace"))
    return " ".join(unquoted.split())[:200].strip("'\"")

"""Our drafts as mail, and what would stop them.

The bytes are written here by hand: every field comes from a value that cannot hold a line end, and
no library rewraps a Message-ID into something that no longer is one. The same draft and key give
the same Message-ID, whenever they are sent.
"""

from __future__ import annotations

import base64
import html
import quopri
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from typing import TYPE_CHECKING

from hearwell.connect import preflight
from hearwell.connect.beginning import NewThread
from hearwell.connect.model import Author, Problem
from hearwell.connectors.email.addresses import normal, shown
from hearwell.connectors.email.enclosing import file_part, multipart
from hearwell.connectors.email.imap import date_header
from hearwell.connectors.email.manifest import MANIFEST
from hearwell.connectors.email.parse import UNVERIFIED
from hearwell.connectors.email.threads import key_of, written_id

if TYPE_CHECKING:
    from hearwell.connect.model import Account, Draft
    from hearwell.connectors.email.mailbox import Mailbox
    from hearwell.connectors.email.threads import Stamp

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_WRITTEN_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,480}")
_THREAD = re.compile(r"[a-z2-7]{20}")
_REPLY = re.compile(
    r"\A\s*(?:(?:re|aw|antw|sv|vs|odp|ynt|rv|ref|rif|res|回复|回覆|答复|رد)"
    r"\s{0,9}(?:\[\d+\])?\s{0,9}[:\uff1a]\s*)+",
    re.IGNORECASE,
)
_WEB = re.compile(r"https?://[^\s<>\"'\u00a0]+[^\s<>\"'\u00a0.,;:!?)\]}]")
_LONGEST_SUBJECT = 200
_SAFE_LINE = 900
_ROBOTS = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@", "donotreply@", "do-not-reply@")


# --- what would stop a draft -------------------------------------------------------------------


def recipient_of(draft: Draft) -> str:
    """The address a draft goes to, empty if there is none."""
    given = draft.to.external_id if draft.to else ""
    return normal(given.removeprefix(UNVERIFIED))


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft, and what its writer should know before."""
    found = [
        preflight.for_another(account, draft),
        _no_recipient(account, draft),
        _empty_or_too_long(draft),
        _unverified(draft),
        _robot(draft),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_recipient(account: Account, draft: Draft) -> Problem | None:
    address = recipient_of(draft)
    if not address:
        return Problem("target_gone", "There is no address to answer to.")
    if address == account.external_id:
        return Problem("not_allowed", "This would be a mail to ourselves.")
    return None


def _empty_or_too_long(draft: Draft) -> Problem | None:
    rule = MANIFEST.text_rule(draft.audience)
    if (empty := preflight.nothing(draft)) or rule.fits(draft.text):
        return empty
    return Problem("too_long", f"{rule.count(draft.text) - rule.limit} characters too long.")


def _unverified(draft: Draft) -> Problem | None:
    if draft.to is None or not draft.to.external_id.startswith(UNVERIFIED):
        return None
    words = f"{shown(recipient_of(draft))} may not have written this: the answer goes there anyway."
    return Problem("unverified", words, blocking=False)


def _robot(draft: Draft) -> Problem | None:
    if not recipient_of(draft).startswith(_ROBOTS):
        return None
    return Problem("robot", "Nobody reads mail at this address.", blocking=False)


# --- the mail ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """A mail ready to be sent."""

    message_id: str
    recipient: str
    mail: bytes
    at: datetime


def message_id(box: Mailbox, stamp: Stamp, draft: Draft, key: str) -> str:
    """The Message-ID of a draft, the same at every attempt."""
    person = recipient_of(draft)
    return stamp.message_id(key, thread_of(draft, person), person, box.domain)


def thread_of(draft: Draft, person: str) -> str:
    """The thread's key; of a thread that this connector did not name, a hash of its name."""
    known = draft.thread_key
    return known if _THREAD.fullmatch(known) else key_of(known, person)


def thread_with(account: Account, address: str, about: str) -> NewThread | None:
    """The thread of a first mail to an address, None if it is no address of somebody else's."""
    person = normal(address)
    if not person or person == account.external_id:
        return None
    return NewThread(key_of(about, person), Author(person, shown(person)))


def written(box: Mailbox, stamp: Stamp, draft: Draft, key: str, at: datetime) -> Written:
    """Write a draft as a mail: text, the same as simple HTML, and the files after both."""
    person = recipient_of(draft)
    own = message_id(box, stamp, draft, key)
    text = text_of(draft.text, box.signature)
    fields = [
        ("Date", date_header(at)),
        ("From", _mailbox(box.name, box.address)),
        ("To", _mailbox(draft.to.name if draft.to else "", person)),
        *_reply_to(box, stamp, draft, person),
        ("Subject", _header(_subject(draft))),
        ("Message-ID", f"<{own}>"),
        *_relations(draft),
        ("MIME-Version", "1.0"),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    mail = head.encode() + _body(draft, text, f"=_{key.replace('-', '')}")
    return Written(own, person, mail, at.replace(microsecond=0))


def _subject(draft: Draft) -> str:
    """An answer is headed "Re: "; what begins a thread has a subject of its own."""
    if draft.parent_id or draft.root_id:
        return subject_of(draft.subject)
    return _CONTROL.sub(" ", draft.subject).strip()[:_LONGEST_SUBJECT] or subject_of("")


def _body(draft: Draft, text: str, boundary: str) -> bytes:
    """All that follows the head, beginning with what kind it is."""
    parts = (_part("plain", text), _part("html", html_of(text)))
    words = multipart("alternative", parts, boundary)
    if not draft.media:
        return words
    files = (file_part(file) for file in draft.media)
    return multipart("mixed", (words, *files), f"{boundary}f")


def subject_of(original: str) -> str:
    """The original subject behind one "Re: ", whatever language it was answered in before."""
    plain = _CONTROL.sub(" ", original).strip()
    return f"Re: {_REPLY.sub('', plain, count=1)[:_LONGEST_SUBJECT]}".strip()


def text_of(text: str, signature: str) -> str:
    """The text with the account's signature below it, once."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    mark = signature.strip()
    if not mark or plain.endswith(mark):
        return plain
    return f"{plain}\n\n-- \n{mark}"


def html_of(text: str) -> str:
    """The same as HTML: paragraphs, lines and links, no style that could break somewhere."""
    blocks = (block for block in text.split("\n\n") if block.strip())
    paragraphs = "".join(f'<p dir="auto">{_marked_up(block)}</p>\n' for block in blocks)
    head = '<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>'
    return f"<!DOCTYPE html>\n<html>{head}<body>\n{paragraphs}</body></html>\n"


def _marked_up(block: str) -> str:
    pieces, at = [], 0
    for link in _WEB.finditer(block):
        address = html.escape(link[0])
        pieces += [html.escape(block[at : link.start()]), f'<a href="{address}">{address}</a>']
        at = link.end()
    pieces.append(html.escape(block[at:]))
    return "".join(pieces).replace("\n", "<br>\n")


def _part(kind: str, text: str) -> bytes:
    """A text part that no server needs to rewrap."""
    data = text.replace("\n", "\r\n").encode("utf-8", "replace")
    if data.isascii() and all(len(line) < _SAFE_LINE for line in data.split(b"\r\n")):
        encoding, body = "7bit", data
    elif sum(byte > 127 for byte in data) * 6 > len(data):  # noqa: PLR2004  beyond ASCII
        encoding, body = "base64", base64.encodebytes(data).replace(b"\n", b"\r\n")
    else:
        encoding = "quoted-printable"
        body = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    head = (
        f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + body.removesuffix(b"\r\n") + b"\r\n"


def _relations(draft: Draft) -> list[tuple[str, str]]:
    """In-Reply-To and References, of ids that can be written down."""
    parent = written_id(draft.parent_id or "")
    root = written_id(draft.root_id or "")
    known = [one for one in dict.fromkeys((root, parent)) if _WRITTEN_ID.fullmatch(one)]
    if not known:
        return []
    references = "\r\n ".join(f"<{one}>" for one in known)
    return [("In-Reply-To", f"<{known[-1]}>"), ("References", references)]


def _reply_to(box: Mailbox, stamp: Stamp, draft: Draft, person: str) -> list[tuple[str, str]]:
    if not box.takes_plus:
        return []
    plus = stamp.plus(box.address, thread_of(draft, person), person)
    is_too_long = len(plus.rpartition("@")[0]) > 64  # noqa: PLR2004  RFC 5321
    return [] if is_too_long else [("Reply-To", _mailbox(box.name, plus))]


def _mailbox(name: str, address: str) -> str:
    """A name in quotes or encoded, and an address that holds nothing but an address."""
    plain = " ".join(_CONTROL.sub(" ", name).split())[:120]
    if not plain or plain == address:
        return f"<{address}>"
    if plain.isascii():
        escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_header(plain)} <{address}>"


def _header(text: str) -> str:
    """Text as a header's value, encoded in words where it must be, folded between them."""
    plain = " ".join(_CONTROL.sub(" ", text).split())
    if plain.isascii() and "=?" not in plain:
        return plain
    return Header(plain, "utf-8", header_name="Subject", maxlinelen=75).encode(linesep="\r\n")

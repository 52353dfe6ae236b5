"""From the bytes of a mail to a letter: the heavy part, done in a child with limits.

Pure and total: any bytes give a letter. Only the standard library is loaded here, because a child
starts with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from hearwell.connectors.email.addresses import mailboxes
from hearwell.connectors.email.charsets import decode
from hearwell.connectors.email.fields import Head, value_of
from hearwell.connectors.email.flowed import unflowed
from hearwell.connectors.email.html_text import text_of_html
from hearwell.connectors.email.letter import NOBODY, Attachment, Letter
from hearwell.connectors.email.limits import MAX_HTML, MAX_REFERENCES, MAX_TEXT
from hearwell.connectors.email.machines import machine_of, report_in, return_path
from hearwell.connectors.email.mime import Part, tree_of
from hearwell.connectors.email.quoting import parted

_ID = re.compile(r"<([^<>\s]{1,500})>")
_BARE_ID = re.compile(r"[^<>\s]{1,500}@[^<>\s]{1,255}\Z")
_SILENT_PARTS = frozenset(
    {
        "application/pgp-encrypted",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "text/rfc822-headers",
    }
)
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SEALED_WORDS = "[This mail is encrypted. Its content is in the attachment.]"
_KINDS = {"image": "image", "video": "video", "audio": "audio"}
_LONGEST_NAME = 120
_LONGEST_SUBJECT = 400
_ENCODED_SHARE = 4  # an encoded text is at most so many times as long as the text
_MANY_ATTACHMENTS = 50


def read(mail: bytes, *, is_frugal: bool = False) -> Letter:
    """Read a mail. `is_frugal` looks at the head alone, for what is too much to look into."""
    root, is_cut = tree_of(mail)
    head = root.head
    text, is_long = ("", True) if is_frugal else _text(root)
    new = parted(text)
    return Letter(
        **_threading(head),
        **_people(head),
        subject=_plain(head.text("subject"))[:_LONGEST_SUBJECT],
        date=_seconds(decode(head.raw("date"))),
        received=_seconds(decode(head.raw("received")).rpartition(";")[2]),
        text=new.new,
        full_text=new.full,
        attachments=() if is_frugal else tuple(_attachments(root)),
        auth_results=tuple(decode(value) for value in head.all("authentication-results")[:10]),
        machine=machine_of(head),
        return_path=return_path(head),
        report=None if is_frugal else report_in(root),
        is_cut=is_cut or is_long,
        has_fields=bool(head.fields),
    )


def _threading(head: Head) -> dict[str, Any]:
    references = _ids(head, "references")
    if len(references) > MAX_REFERENCES:
        references = [references[0], *references[1 - MAX_REFERENCES :]]
    own = _ids(head, "message-id")
    parents = _ids(head, "in-reply-to")
    return {
        "message_id": own[0] if own else "",
        "in_reply_to": parents[-1] if parents else references[-1] if references else "",
        "references": tuple(references),
    }


def _ids(head: Head, name: str) -> list[str]:
    value = decode(head.raw(name))
    found = list(dict.fromkeys(_ID.findall(value)))
    bare = value.strip()
    return found or ([bare] if _BARE_ID.match(bare) else [])


def _people(head: Head) -> dict[str, Any]:
    senders = mailboxes(head.raw("from")) or mailboxes(head.raw("sender"))
    named = [box for box in senders if box.address] or senders
    return {
        "sender": named[0] if named else NOBODY,
        "has_many_senders": len({box.address for box in named}) > 1,
        "reply_to": tuple(mailboxes(head.raw("reply-to"))),
        "to": tuple(mailboxes(head.raw("to"))),
        "cc": tuple(mailboxes(head.raw("cc"))),
    }


def _seconds(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text.strip()).timestamp()
    # What people's clocks and programs send: no date, the year 0, an offset of 99 hours.
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None


def _plain(text: str) -> str:
    """On one line, without characters that turn the rest of the line around."""
    kept = (
        char for char in text if unicodedata.category(char) not in {"Cc", "Cf"} or char == "\u200d"
    )
    return " ".join("".join(kept).split())


# --- the text ----------------------------------------------------------------------------------


def _text(root: Part) -> tuple[str, bool]:
    """The text of a mail, and whether there was more than we take."""
    if _is_sealed(root):
        return _SEALED_WORDS, False
    found = "\n".join(text for text in _texts(root) if text.strip())
    is_long = any(_is_text(part) and part.size() > _limit(part) for part in root.walk())
    return found[:MAX_TEXT], is_long or len(found) > MAX_TEXT


def _is_sealed(root: Part) -> bool:
    is_opaque = root.type in _ENCRYPTED and "signed" not in root.kind.get("smime-type")
    return is_opaque or root.type == "multipart/encrypted"


def _texts(part: Part) -> Iterator[str]:
    if part.type == "multipart/alternative":
        yield _best(part.parts)
    elif part.type in {"multipart/related", "multipart/signed", "multipart/report"}:
        yield from (text for first in part.parts[:1] for text in _texts(first))
    elif part.is_container:
        for inner in part.parts:
            yield from _texts(inner)
    elif _is_text(part):
        yield _text_of(part)


def _best(parts: Sequence[Part]) -> str:
    """The plain version of several, unless it says nothing."""
    versions = {part.type: part for part in reversed(parts)}
    plain = versions.get("text/plain")
    if plain is not None and (text := _text_of(plain)).strip():
        return text
    tried = ("\n".join(_texts(part)) for part in reversed(parts))
    return next((text for text in tried if text.strip()), "")


def _is_text(part: Part) -> bool:
    is_said = part.type in {"text/plain", "text/html", "text/enriched", "text/x-amp-html"}
    return is_said and not _is_attached(part)


def _is_attached(part: Part) -> bool:
    disposition = value_of(part.head.raw("content-disposition"))
    has_name = bool(disposition.get("filename") or part.kind.get("name"))
    return disposition.main == "attachment" or has_name


def _limit(part: Part) -> int:
    return MAX_HTML if part.type == "text/html" else MAX_TEXT * _ENCODED_SHARE


def _text_of(part: Part) -> str:
    limit = _limit(part)
    body = part.body(limit * _ENCODED_SHARE)[:limit]
    text = decode(body, part.kind.get("charset") or _declared_in(body, part.type))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.type == "text/html":
        return text_of_html(text)
    if part.kind.get("format").lower() == "flowed":
        return unflowed(text, is_joined=part.kind.get("delsp").lower() == "yes")
    return text


_META = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)


def _declared_in(body: bytes, kind: str) -> str:
    found = _META.search(body[:2000]) if kind == "text/html" else None
    return found[1].decode("ascii") if found else ""


# --- what is attached --------------------------------------------------------------------------


def _attachments(root: Part) -> Iterator[Attachment]:
    count = 0
    for part in root.walk():
        if part.is_container or part.type in _SILENT_PARTS or _is_text(part):
            continue
        if part.type.startswith("multipart/"):  # one that could not be opened
            continue
        yield _attachment(part)
        count += 1
        if count >= _MANY_ATTACHMENTS:
            return


def _attachment(part: Part) -> Attachment:
    main, _, subtype = part.type.partition("/")
    disposition = value_of(part.head.raw("content-disposition"))
    kind = _KINDS.get(main, "file")
    if part.is_mail:
        kind = "mail"
    elif part.type == "text/calendar":
        kind = "calendar"
    elif subtype == "svg+xml":  # a picture that can run scripts is a file
        kind = "file"
    given = disposition.get("filename") or part.kind.get("name")
    return Attachment(
        section=part.section or "1",
        kind=kind,
        name=file_name(given) or _default_name(part, kind, subtype),
        content_type=part.type[:100],
        size=part.size(),
        is_inline=disposition.main == "inline" or part.head.has("content-id"),
        start=part.start,
        end=part.end,
        encoding=part.encoding.strip()[:100],
    )


def _default_name(part: Part, kind: str, subtype: str) -> str:
    if kind == "mail":
        subject = part.parts[0].head.text("subject") if part.parts else ""
        return f"{file_name(subject) or 'mail'}.eml"
    if kind == "calendar":
        return "invite.ics"
    return f"{kind}.{re.sub('[^a-z0-9]', '', subtype)[:10] or 'bin'}"


def file_name(given: str) -> str:
    """A sender's file name made harmless: no path, no control or invisible character, no dot first.

    Cleaned before anybody looks at its ending: a zero-width space once hid one.
    """
    last = re.split(r"[/\\]", _plain(unicodedata.normalize("NFC", given)))[-1]
    name = re.sub(r'[<>:"|?*\x00]', "_", last).strip(". ")
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    keeps_ending = dot and len(ending) <= 10  # noqa: PLR2004  longer is no ending
    return f"{stem[: _LONGEST_NAME - 11]}.{ending}" if keeps_ending else name[:_LONGEST_NAME]

"""A mail as it was read: plain values that can cross the line between two processes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hearwell.connectors.email.addresses import Mailbox

NOBODY = Mailbox("")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text. `section` is IMAP's name for it, `size` is in bytes, about.

    It lies from `start` to `end` in the bytes of the mail, encoded as `encoding` says.
    """

    section: str
    kind: str
    name: str
    content_type: str
    size: int
    is_inline: bool = False
    start: int = 0
    end: int = 0
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a server (RFC 3464) or a reader's program (RFC 8098) says of a mail sent earlier.

    `outcome` is failed, delayed, delivered or read; `about` the Message-ID of that mail.
    """

    outcome: str
    about: str = ""
    recipient: str = ""
    status: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail. Ids are without their angle brackets, times in seconds of the epoch, UTC.

    `has_many_senders`: From names several, of whom a reader would see one and a check another.
    `machine` says why this is not a person writing (auto-replied, bulk, list, …), empty if it is.
    `return_path` is None where the server kept none, empty where it is the null sender.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sender: Mailbox = NOBODY
    has_many_senders: bool = False
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    subject: str = ""
    date: float | None = None
    received: float | None = None
    text: str = ""
    full_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    auth_results: tuple[str, ...] = ()
    machine: str = ""
    return_path: str | None = None
    report: Report | None = None
    is_cut: bool = False
    has_fields: bool = True


def dumped(letter: Letter) -> bytes:
    """Return the letter as JSON."""
    return json.dumps(asdict(letter)).encode()


def loaded(data: bytes) -> Letter:
    """Return the letter back from JSON. Raises ValueError, TypeError or KeyError."""
    given: Mapping[str, Any] = json.loads(data)
    boxes = {
        name: tuple(Mailbox(**one) for one in given[name]) for name in ("reply_to", "to", "cc")
    }
    return Letter(
        **{
            **given,
            **boxes,
            "sender": Mailbox(**given["sender"]),
            "references": tuple(given["references"]),
            "auth_results": tuple(given["auth_results"]),
            "attachments": tuple(Attachment(**one) for one in given["attachments"]),
            "report": Report(**given["report"]) if given["report"] else None,
        }
    )

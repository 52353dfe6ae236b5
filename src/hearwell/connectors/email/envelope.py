"""What a fetched mail carries beside its bytes, so that `parse` needs no account and no secret.

Written when the mail is fetched (`envelope_of`) and kept with the raw delivery: a later replay
parses it as it was. Whatever had to be checked with the account's secret is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import Raw, Source
from hearwell.connectors.email.charsets import decode
from hearwell.connectors.email.threads import Ours, Stamp, ours_from

INBOX, SENT = "inbox", "sent"
# Our ids stand in the head of an answer and anywhere in a bounce; beyond this nobody looks.
_LOOKS_AT = 256 * 1024
_NUMBER = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Where a mail lay, when it came there, and what of it was found to be ours.

    `trusted` names the server whose word on senders counts; `forms` are senders who write for
    others (web forms), whose Reply-To is the author. `is_cut`: only its beginning was fetched.
    """

    account: str
    folder: str = INBOX
    arrived_at: datetime | None = None
    ours: tuple[Ours, ...] = ()
    invitations: tuple[tuple[str, str], ...] = ()
    trusted: str = ""
    forms: frozenset[str] = frozenset()
    is_cut: bool = False


def envelope_of(  # noqa: PLR0913  what is known of a mail where it is fetched, by name
    body: bytes, *, account: str, folder: str, arrived_at: datetime, stamp: Stamp,
    trusted: str = "", forms: frozenset[str] = frozenset(), is_cut: bool = False,
) -> Envelope:  # fmt: skip
    """Check what is signed in a mail, with the account's secret."""
    beginning = decode(body[:_LOOKS_AT]).lower()
    head = (
        beginning.partition("\n\n")[0]
        if "\r\n" not in beginning
        else beginning.partition("\r\n\r\n")[0]
    )
    return Envelope(
        account=account,
        folder=folder,
        arrived_at=arrived_at,
        ours=tuple(stamp.ours_in(beginning)),
        invitations=tuple(stamp.invitations_in(head)),
        trusted=trusted,
        forms=forms,
        is_cut=is_cut,
    )


def headers_of(envelope: Envelope) -> dict[str, str]:
    """The envelope as the headers of a raw delivery."""
    given = {
        "x-mail-account": envelope.account,
        "x-mail-folder": envelope.folder,
        "x-mail-arrived": envelope.arrived_at.isoformat() if envelope.arrived_at else "",
        "x-mail-ours": " ".join(one.message_id for one in envelope.ours),
        "x-mail-invited": " ".join(f"{thread}:{who}" for thread, who in envelope.invitations),
        "x-mail-trusted": envelope.trusted,
        "x-mail-forms": " ".join(sorted(envelope.forms)),
        "x-mail-cut": "1" if envelope.is_cut else "",
    }
    return {name: value for name, value in given.items() if value}


def envelope_from(raw: Raw) -> Envelope:
    """Read it back. Raises ContractChanged if this is no mail that we fetched."""
    given = raw.headers
    account = given.get("x-mail-account", "")
    if not account:
        message = "This delivery was not fetched from a mailbox."
        raise ContractChanged(message)
    pairs = (pair.partition(":") for pair in given.get("x-mail-invited", "").split())
    return Envelope(
        account=account,
        folder=given.get("x-mail-folder", INBOX),
        arrived_at=_moment(given.get("x-mail-arrived", "")),
        ours=tuple(ours_from(given.get("x-mail-ours", ""))),
        invitations=tuple((thread, who) for thread, _, who in pairs),
        trusted=given.get("x-mail-trusted", ""),
        forms=frozenset(given.get("x-mail-forms", "").split()),
        is_cut=bool(given.get("x-mail-cut")),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


# --- places: IMAP addresses (RFC 5092), without a server, which the account knows -------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail, or a part of it, lies; the Message-ID finds it again if it was moved."""

    folder: str
    validity: int
    uid: int
    section: str = ""
    message_id: str = ""

    def url(self) -> str:
        """As an address."""
        part = f"/;SECTION={self.section}" if self.section else ""
        found = f"#{quote(self.message_id, safe='')}" if self.message_id else ""
        return (
            f"imap:/{quote(self.folder)};UIDVALIDITY={self.validity}/;UID={self.uid}{part}{found}"
        )


def place_from(url: str) -> Place | None:
    """Read an address back, None if it is none."""
    path, _, message_id = url.partition("#")
    folder, _, rest = path.removeprefix("imap:/").partition(";UIDVALIDITY=")
    pieces = rest.split("/;")
    numbers: Mapping[str, str] = {
        name: value for name, _, value in (piece.partition("=") for piece in pieces[1:])
    }
    validity, uid = pieces[0], numbers.get("UID", "")
    if not url.startswith("imap:/") or not (_NUMBER.fullmatch(validity) and _NUMBER.fullmatch(uid)):
        return None
    return Place(
        unquote(folder), int(validity), int(uid), numbers.get("SECTION", ""), unquote(message_id)
    )


def raw_of(place: Place, envelope: Envelope, body: bytes, at: datetime, source: Source) -> Raw:
    """A fetched mail as a raw delivery."""
    return Raw("FETCH", place.url(), headers_of(envelope), body, at, source)

"""Fetch what is new in a folder, by UID: never by the unseen flag, which any mail program changes.

The cursor is (UIDVALIDITY, last UID, when the mailbox was connected). When a server counts its
mail anew (UIDVALIDITY), the folder is read again; what we have is recognised by its Message-ID.
What came before the mailbox was connected is history, on the first reading and on every other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from hearwell.connect import failures
from hearwell.connect.model import Account, Raw, RawPage, Source
from hearwell.connectors.email.envelope import INBOX, SENT, Place, envelope_of, raw_of
from hearwell.connectors.email.fields import head_of
from hearwell.connectors.email.imap import Session, Weighed
from hearwell.connectors.email.limits import CUT_MAIL, MAX_MAIL
from hearwell.connectors.email.mailbox import Mailbox, moment, stamp_of
from hearwell.kit import clock

SENT_STREAM = "sent"
PAGE_MAILS, PAGE_BYTES = 100, 24 * 1024 * 1024
# Two computers' clocks: mail that came this long before the mailbox was connected is still new.
_SLACK = timedelta(minutes=5)
_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder was read. `since` is when the mailbox was connected."""

    validity: int
    uid: int
    since: datetime
    is_recount: bool = False

    def __str__(self) -> str:
        plain: dict[str, Any] = {
            "v": self.validity,
            "u": self.uid,
            "since": self.since.isoformat(),
        }
        return json.dumps(plain | ({"again": True} if self.is_recount else {}))


def cursor_from(text: str | None) -> Cursor | None:
    """Read a cursor back. Raises ContractChanged if it is none of ours."""
    if text is None:
        return None
    try:
        given = json.loads(text)
        since = moment(given["since"])
        if since is not None:
            return Cursor(int(given["v"]), int(given["u"]), since, bool(given.get("again")))
    except (ValueError, KeyError, TypeError):
        pass
    raise failures.ContractChanged(network_code="cursor")


@dataclass(frozen=True, slots=True)
class Poll:
    """One folder, about to be read."""

    session: Session
    account: Account
    box: Mailbox
    folder: str
    is_sent: bool

    def page(self, text: str | None) -> RawPage:
        """The next mails after a cursor."""
        validity, _ = self.session.examine(self.folder)
        cursor = cursor_from(text)
        if cursor is None:
            cursor = Cursor(validity, 0, self.box.since or clock.now())
        elif cursor.validity != validity:
            cursor = Cursor(validity, 0, cursor.since, is_recount=True)
        uids = self.session.uids_after(cursor.uid, self._from_day(cursor))
        chosen = list(_chosen(self.session.weigh(uids[:PAGE_MAILS])))
        raws = tuple(raw for one in chosen if (raw := self._raw(one, cursor)) is not None)
        last = chosen[-1].uid if chosen else max(uids[:PAGE_MAILS], default=cursor.uid)
        has_more = last < max(uids, default=0)
        after = replace(cursor, uid=last, is_recount=cursor.is_recount and has_more)
        return RawPage(raws, str(after), clock.now() if has_more else None)

    def _from_day(self, cursor: Cursor) -> date | None:
        """How far back a first reading goes; afterwards the UID alone says what is new."""
        is_first = cursor.uid == 0 or cursor.is_recount
        days = timedelta(days=self.box.history_days + 1)
        return (cursor.since - days).date() if is_first else None

    def _raw(self, mail: Weighed, cursor: Cursor) -> Raw | None:
        body = self._body(mail)
        if body is None:
            return None
        arrived_at = _arrived(mail, body) if cursor.is_recount else mail.arrived_at
        is_past = arrived_at < cursor.since - _SLACK
        if is_past and arrived_at < cursor.since - timedelta(days=self.box.history_days):
            return None
        envelope = envelope_of(
            body,
            account=self.account.external_id,
            folder=SENT if self.is_sent else INBOX,
            arrived_at=arrived_at,
            stamp=stamp_of(self.account),
            trusted=self.box.trusted,
            forms=self.box.forms,
            is_cut=mail.size > MAX_MAIL,
        )
        place = Place(self.folder, cursor.validity, mail.uid)
        source = Source.IMPORT if is_past else Source.POLL
        return raw_of(place, envelope, body, clock.now(), source)

    def _body(self, mail: Weighed) -> bytes | None:
        """A mail's bytes; one that the server cannot hand out is kept empty, and parked."""
        try:
            return self.session.fetch(mail.uid, size=mail.size)
        except failures.Unavailable as failure:
            if failure.network_code in {"NO", "SERVERBUG"}:
                return b""
            raise


def _chosen(mails: Sequence[Weighed]) -> Iterator[Weighed]:
    """As many as fit into a page; the first one always."""
    total = 0
    for mail in mails:
        total += min(mail.size, CUT_MAIL if mail.size > MAX_MAIL else mail.size)
        if total > PAGE_BYTES and total > mail.size:
            return
        yield mail


def _arrived(mail: Weighed, body: bytes) -> datetime:
    """When a mail really came: a server that counts anew may have moved all mail just now.

    The topmost Received was written by the mailbox's own side, not by the mail's sender.
    """
    received = head_of(body[:_HEAD]).raw("received").rpartition(b";")[2]
    try:
        stamped = parsedate_to_datetime(received.decode("ascii", "replace").strip())
        return min(stamped.astimezone(UTC), mail.arrived_at)
    except (ValueError, TypeError, OverflowError, IndexError):
        return mail.arrived_at

"""Send a draft once, keep a copy, and find it again.

The copy's folder is opened first: there we see whether this very mail went out before, and
whether somebody is being written to as only a loop writes. Then the mail is sent; then the copy is
put into Sent, where a later doubt looks for it. A copy that fails changes nothing: the mail is out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from hearwell.connect import failures
from hearwell.connect.model import Sent
from hearwell.connectors.email import compose, smtp
from hearwell.connectors.email.fields import head_of
from hearwell.connectors.email.imap import Session, session
from hearwell.connectors.email.manifest import CAP, CAP_WINDOW_S
from hearwell.connectors.email.smtp import Parcel
from hearwell.kit import clock

if TYPE_CHECKING:
    from hearwell.connect.model import Draft
    from hearwell.connectors.email.lines import Opens
    from hearwell.connectors.email.mailbox import Mailbox
    from hearwell.connectors.email.threads import Stamp

DEFAULT_SENT = "Sent"
_LONGEST_HEAD = 64 * 1024


def send(
    opener: Opens,
    box: Mailbox,
    secrets: Mapping[str, str],
    stamp: Stamp,
    draft: Draft,
    key: str,
    timeout_s: float,
) -> Sent:
    """Send it, unless it is in Sent already. Raises contract failures, strictly."""
    mail = compose.written(box, stamp, draft, key, clock.now())
    with session(opener, box, secrets, timeout_s) as folders:
        folder = _opened(folders, box)
        known = _found(folders, mail.message_id) if folder else None
        if known is not None:
            return known
        _refuse_loop(folders, folder, mail.recipient)
        parcel = Parcel(box.address, mail.recipient, mail.mail)
        smtp.send(opener, box, secrets, parcel, timeout_s)
        if not box.keeps_copies:
            with contextlib.suppress(failures.Failure):
                if not folder:
                    folders.create(DEFAULT_SENT)
                folders.append(folder or DEFAULT_SENT, mail.mail, mail.at)
    return Sent(mail.message_id, "", mail.at)


def find(
    opener: Opens,
    box: Mailbox,
    secrets: Mapping[str, str],
    message_id: str,
    timeout_s: float,
) -> Sent | None:
    """Look for a mail of ours in Sent by its Message-ID. Raises contract failures."""
    with session(opener, box, secrets, timeout_s) as folders:
        return _found(folders, message_id) if _opened(folders, box) else None


def _opened(folders: Session, box: Mailbox) -> str:
    """Open the folder with what was sent; empty if there is none yet."""
    name = box.sent or folders.sent_folder()
    if not name:
        return ""
    try:
        folders.examine(name)
    except failures.ScopeMissing:
        raise
    # A folder of that name is not there (some servers say so without a code).
    except (failures.TargetGone, failures.Unavailable) as failure:
        if failure.network_code in {"NONEXISTENT", "TRYCREATE", "NO"}:
            return ""
        raise
    return name


def _found(folders: Session, message_id: str) -> Sent | None:
    for uid in folders.uids_of(message_id):
        head = head_of((folders.fetch(uid) or b"")[:_LONGEST_HEAD])
        # Some servers find more than was asked for.
        if head.raw("message-id").strip(b"<> ") == message_id.encode():
            return Sent(message_id, "", _date(head.raw("date")))
    return None


def _date(value: bytes) -> datetime:
    try:
        return parsedate_to_datetime(value.decode("ascii", "replace")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return clock.now()


def _refuse_loop(folders: Session, folder: str, recipient: str) -> None:
    """At most so many mails an hour to one person: more is two machines talking.

    Counted where the truth is, in Sent, so that it holds for every process and after a restart.
    """
    if not folder:
        return
    begin = clock.now() - timedelta(seconds=CAP_WINDOW_S)
    # Days are the finest that a server searches by, and which day it is depends on where it is.
    likely = folders.uids_to(recipient, (begin - timedelta(days=1)).date())
    if len(likely) < CAP:
        return
    times = sorted(one.arrived_at for one in folders.weigh(likely[-CAP * 4 :]))
    recent = [at for at in times if at > begin]
    if len(recent) >= CAP:
        words = "This person was written to unusually often in the last hour."
        retry_at = recent[-CAP] + timedelta(seconds=CAP_WINDOW_S)
        raise failures.Throttled(retry_at, "user", words, network_code="cap")

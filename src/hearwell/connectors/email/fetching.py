"""One mail, or one attachment, fetched again."""

from __future__ import annotations

from dataclasses import replace

from hearwell.connect import failures
from hearwell.connect.model import Account, Raw, Source
from hearwell.connectors.email.charsets import transfer_decoded
from hearwell.connectors.email.envelope import (
    INBOX,
    SENT,
    Place,
    envelope_of,
    place_from,
    raw_of,
)
from hearwell.connectors.email.fields import head_of, value_of
from hearwell.connectors.email.imap import Session
from hearwell.connectors.email.limits import MAX_MAIL
from hearwell.connectors.email.mailbox import Mailbox, stamp_of
from hearwell.connectors.email.threads import written_id
from hearwell.kit import clock


def fetch_one(session: Session, account: Account, box: Mailbox, ref: str) -> Raw | None:
    """Fetch what `ref` names: a place (see `Place`) or a message's external id."""
    wanted = place_from(ref)
    if wanted is None:
        wanted = Place("", 0, 0, message_id=written_id(ref))
    found = _found(session, box, wanted)
    if found is None:
        return None
    return (
        _section(session, account, found) if wanted.section else _mail(session, account, box, found)
    )


def _found(session: Session, box: Mailbox, wanted: Place) -> Place | None:
    """Where it lies now: at its old place, or wherever its Message-ID is found."""
    if wanted.uid:
        validity = _opened(session, wanted.folder)
        if validity == wanted.validity and session.weigh([wanted.uid]):
            return wanted
    if not wanted.message_id:
        return None
    sent = box.sent or session.sent_folder()
    for folder in dict.fromkeys([wanted.folder, *box.folders, sent]):
        validity = _opened(session, folder) if folder else 0
        uids = session.uids_of(wanted.message_id) if validity else []
        if uids:
            return replace(wanted, folder=folder, validity=validity, uid=uids[0])
    return None


def _opened(session: Session, folder: str) -> int:
    """Open a folder; 0 if it is gone."""
    try:
        return session.examine(folder)[0]
    except (failures.TargetGone, failures.Unavailable) as failure:
        if failure.network_code in {"NONEXISTENT", "NO"}:
            return 0
        raise


def _mail(session: Session, account: Account, box: Mailbox, place: Place) -> Raw | None:
    weighed = next(iter(session.weigh([place.uid])), None)
    body = session.fetch(place.uid, size=weighed.size) if weighed else None
    if weighed is None or body is None:
        return None
    sent = box.sent or session.sent_folder()
    envelope = envelope_of(
        body,
        account=account.external_id,
        folder=SENT if place.folder == sent else INBOX,
        arrived_at=weighed.arrived_at,
        stamp=stamp_of(account),
        trusted=box.trusted,
        forms=box.forms,
        is_cut=weighed.size > MAX_MAIL,
    )
    return raw_of(replace(place, message_id=""), envelope, body, clock.now(), Source.POLL)


def _section(session: Session, account: Account, place: Place) -> Raw | None:
    """An attachment as it was before it was encoded; its type is in the headers."""
    found = session.fetch_section(place.uid, place.section)
    if found is None:
        return None
    head = head_of(found[0])
    encoding = head.raw("content-transfer-encoding").decode("ascii", "replace")
    headers = {
        "content-type": value_of(head.raw("content-type")).main or "application/octet-stream",
        "x-mail-account": account.external_id,
        "x-mail-part": place.section,
    }
    body = transfer_decoded(found[1], encoding)
    return Raw("FETCH", place.url(), headers, body, clock.now(), Source.POLL)

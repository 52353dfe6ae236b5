"""A fetched mail, read into the contract's items. Pure and total.

What is cheap and what is judged stands here; the mail itself is read in a limited child
(`limited`). Each mail gives exactly one item.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import (
    Audience,
    Authenticity,
    Author,
    Inbound,
    InboundMessage,
    Media,
    MessageKind,
    Raw,
    Receipt,
    ReceiptState,
    Source,
    Unknown,
)
from hearwell.connectors.email import limited
from hearwell.connectors.email.addresses import Mailbox, shown
from hearwell.connectors.email.authres import Checked, checked
from hearwell.connectors.email.envelope import SENT, Envelope, envelope_from, place_from
from hearwell.connectors.email.filed_parts import ref_of
from hearwell.connectors.email.letter import Attachment, Letter, Report
from hearwell.connectors.email.threads import Ours, id_of, key_of, who_of

UNVERIFIED = "unverified:"
"""Before the address of a sender whose own domain disowns the mail: somebody else than they."""
_NOBODY = "unknown"
_ROBOTS = ("mailer-daemon", "postmaster", "mail-daemon")
_STATES = {
    "failed": ReceiptState.FAILED,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,
}
# A date that the sender's program wrote is believed within these bounds.
_SKEW = timedelta(days=1)
_BEFORE_MAIL = datetime(1982, 1, 1, tzinfo=UTC)


def parse(raw: Raw) -> list[Inbound]:
    """The one item in a delivery. Raises ContractChanged and nothing else."""
    if raw.headers.get("x-mail-part"):
        return [_unknown(raw, raw.headers.get("x-mail-account", ""), "attachment")]
    envelope = envelope_from(raw)
    try:
        letter = limited.read(raw.body)
    except limited.TooHeavyError as error:
        message = f"This mail could not be read: {error}."
        raise ContractChanged(message) from error
    if not letter.has_fields:
        message = "This is no mail: it has no header."
        raise ContractChanged(message)
    return [_Reading(raw, envelope, letter).item()]


def _unknown(raw: Raw, account: str, name: str) -> Unknown:
    return Unknown(
        external_id=raw.url,
        dedup_key=f"{name}:{raw.url}",
        occurred_at=raw.received_at,
        account=account,
        type_name=name,
    )


@dataclass(frozen=True)
class _Reading:
    """One mail with all that is known of it."""

    raw: Raw
    envelope: Envelope
    letter: Letter

    def item(self) -> Inbound:
        """A message, a receipt of one of ours, our own mail, or something merely counted."""
        if self.envelope.folder == SENT:
            return self._echo()
        if self.own is not None:
            return self._counted("our own mail came back")
        receipt = self._receipt()
        return receipt or self._message()

    # --- what is known -------------------------------------------------------------------------

    @cached_property
    def external_id(self) -> str:
        """Its Message-ID, or what stands for it."""
        letter = self.letter
        marks = (letter.sender.address, str(letter.date), letter.subject, letter.text[:500])
        return id_of(letter.message_id, marks)

    @cached_property
    def own(self) -> Ours | None:
        """Our own id, where the mail itself is one that we sent."""
        wanted = self.letter.message_id.lower()
        return next((one for one in self.envelope.ours if one.message_id == wanted), None)

    @cached_property
    def is_by_form(self) -> bool:
        """Whether a web form wrote for somebody else, whom its Reply-To names."""
        forms = {self.envelope.account, *self.envelope.forms}
        reply_to = self.letter.reply_to
        is_other = bool(reply_to) and reply_to[0].address not in {"", self.envelope.account}
        return self.letter.sender.address in forms and is_other

    @cached_property
    def person(self) -> Mailbox:
        """Who wrote it."""
        return self.letter.reply_to[0] if self.is_by_form else self.letter.sender

    @cached_property
    def proof(self) -> Checked | None:
        """What the account's server says of the sender; of a form's author nobody knows."""
        if self.is_by_form:
            return Checked(Authenticity.UNPROVEN, "web form")
        letter = self.letter
        if letter.has_many_senders:
            return Checked(Authenticity.FORGED, "several senders")
        return checked(letter.auth_results, self.envelope.trusted, letter.sender.address)

    @property
    def is_forged(self) -> bool:
        """Whether the sender's own domain disowns it."""
        return self.proof is not None and self.proof.verdict is Authenticity.FORGED

    @cached_property
    def occurred_at(self) -> datetime:
        """When it came to the mailbox: what its sender wrote as its date may be anything."""
        return self.envelope.arrived_at or self._date() or self.raw.received_at

    def _date(self) -> datetime | None:
        try:
            written = datetime.fromtimestamp(self.letter.date or 0.0, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        is_likely = _BEFORE_MAIL < written < self.raw.received_at + _SKEW
        return written if is_likely else None

    # --- what it becomes -----------------------------------------------------------------------

    def _message(self) -> InboundMessage:
        letter, person = self.letter, self.person
        is_ours = person.address == self.envelope.account
        return InboundMessage(
            **self._common(),
            thread_key=self._thread(),
            author=self._author(),
            authenticity=self.proof.verdict if self.proof else None,
            authenticity_detail=self.proof.detail if self.proof else "",
            needs_reply=False if letter.machine or is_ours else None,
        )

    def _common(self) -> dict[str, Any]:
        letter = self.letter
        parent = letter.in_reply_to or None
        return {
            "external_id": self.external_id,
            "dedup_key": f"mail:{self.external_id}",
            "occurred_at": self.occurred_at,
            "account": self.envelope.account,
            "kind": MessageKind.MAIL,
            "audience": Audience.PRIVATE,
            "text": letter.text,
            "full_text": letter.full_text,
            "subject": letter.subject,
            "parent_id": parent,
            "root_id": letter.references[0] if letter.references else parent or self.external_id,
            "media": tuple(self._media(one) for one in letter.attachments),
            "addressed_to": tuple(box.address for box in (*letter.to, *letter.cc) if box.address),
            "is_cut": letter.is_cut or self.envelope.is_cut,
        }

    def _author(self) -> Author:
        address = self.person.address
        if not address:
            return Author(_NOBODY, "", self.person.name)
        identity = f"{UNVERIFIED}{address}" if self.is_forged else address
        return Author(identity, shown(address), self.person.name)

    def _thread(self) -> str:
        """Where it belongs: by our signed word, by its first mail, else it begins something.

        What is forged, or written in another's name, begins something of its own in any case.
        """
        address = self.person.address or _NOBODY
        if self.is_forged or self.is_by_form:
            return key_of(self.external_id, f"{UNVERIFIED}{address}")
        who = who_of(address)
        named = {one.lower() for one in (*self.letter.references, self.letter.in_reply_to)}
        answered = [one for one in self.envelope.ours if one.message_id in named]
        for thread, whose in (
            *((one.thread, one.who) for one in reversed(answered)),
            *self.envelope.invitations,
        ):
            if whose == who:
                return thread
        return key_of(self._root(), address)

    def _root(self) -> str:
        letter = self.letter
        return (letter.references or (letter.in_reply_to,))[0] or self.external_id

    def _receipt(self) -> Receipt | Unknown | None:
        """What a server or a reader's program reports of a mail that we sent, None if nothing."""
        report, ours = self._reported()
        if report is None or ours is None:
            return None
        state = _STATES.get(report.outcome)
        if state is None:
            return self._counted(f"delivery {report.outcome}")
        return Receipt(
            external_id=ours.message_id,
            dedup_key=f"mail:{self.external_id}",
            occurred_at=self.occurred_at,
            account=self.envelope.account,
            thread_key=ours.thread,
            state=state,
            target_id=ours.message_id,
            echo_key=ours.key,
            reason=" ".join(f"{report.status} {report.reason}".split())[:300],
        )

    def _reported(self) -> tuple[Report | None, Ours | None]:
        """The report and the mail of ours that it is about, if it surely is ours."""
        report = self.letter.report
        if report is not None:
            wanted = report.about.lower()
            about = [one for one in self.envelope.ours if one.message_id == wanted]
            return report, about[0] if about else None
        local = self.letter.sender.address.partition("@")[0]
        if local in _ROBOTS and self.envelope.ours:
            # Servers older than RFC 3464 send the mail back with some words before it.
            reason = " ".join((self.letter.text or self.letter.full_text).split())
            return Report("failed", reason=reason[:200]), self.envelope.ours[0]
        return None, None

    def _echo(self) -> Inbound:
        """Our own mail as the mailbox keeps it; what robots sent in our name answers nobody."""
        letter = self.letter
        others = [box for box in (*letter.to, *letter.cc) if box.address]
        others = [box for box in others if box.address != self.envelope.account]
        if letter.machine.startswith("auto") or not others:
            return self._counted("sent by a machine" if letter.machine else "sent to nobody")
        own = self.own
        author = Author(self.envelope.account, shown(self.envelope.account), letter.sender.name)
        return InboundMessage(
            **self._common(),
            thread_key=own.thread if own else key_of(self._root(), others[0].address),
            author=author,
            is_echo=True,
            echo_key=own.key if own else None,
        )

    def _counted(self, name: str) -> Unknown:
        return Unknown(
            external_id=self.external_id,
            dedup_key=f"mail:{self.external_id}",
            occurred_at=self.occurred_at,
            account=self.envelope.account,
            type_name=name,
        )

    def _media(self, one: Attachment) -> Media:
        place = place_from(self.raw.url)
        ref = ref_of(one) if self.raw.source is Source.IMPORT else ""
        if place is not None:
            at = type(place)(
                place.folder, place.validity, place.uid, one.section, self.letter.message_id
            )
            ref = at.url()
        return Media(one.kind, "", ref=ref, alt=one.name, name=one.name, size=one.size)

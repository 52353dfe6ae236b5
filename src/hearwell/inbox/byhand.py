"""What people carry in and out by hand where no API does: a message seen, an answer given.

A message pasted from any network goes the way of every other message. An answer given on the
network itself is noted here, so that the clock is met at the time when the customer was answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.services import connect_channel
from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Conversation, Message
from hearwell.conversations.services import OutboundMessage
from hearwell.events.services import emit
from hearwell.inbox.acts import NotAllowedError
from hearwell.inbox.events import ReplySent
from hearwell.inbox.intake import take_in
from hearwell.inbox.links import BadLinkError, Place, recognised
from hearwell.inbox.openings import BY_HAND
from hearwell.kit.clock import now
from hearwell.sla import services as sla

OTHER: Final = "other"
MAX_TEXT: Final = 100_000
# Clocks of two computers differ a little.
AHEAD: Final = timedelta(minutes=5)


class BadEntryError(ValueError):
    """Something filled in cannot be right; `field` names it, the text says what to do."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field

    @classmethod
    def at(cls, *, field: str, message: str) -> BadEntryError:
        """Make one."""
        return cls(message, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message as somebody saw it. `key` is made with the form: the same key is the same entry.

    `network` and `handle` may be empty where the link tells them. `case_id` adds it to a case.
    """

    key: UUID
    text: str
    link: str = ""
    network: str = ""
    handle: str = ""
    name: str = ""
    is_private: bool = False
    kind: str = ""
    at: datetime | None = None


@transaction.atomic
def log_message(seen: Seen, by: Membership) -> UUID:
    """Take a message in that somebody saw; return its case: the old one if we have it already.

    Raises BadEntryError with nothing saved.
    """
    _need(by)
    channel, item = _read(seen, by)
    take_in(channel, [item])
    logged = Message.objects.only("case_id").filter(
        workspace_id=by.workspace_id, channel_id=channel.id, remote_id=item.external_id
    )
    found = logged.first()
    if found is None:  # of somebody erased, from before
        raise BadEntryError.at(field="text", message=_("This customer's data was erased since."))
    entry = AuditEntry("message.logged", by.user, "case", found.case_id, summary=channel.network)
    record_audit(by.workspace_id, [entry])
    return found.case_id


def _need(by: Membership) -> None:
    if not can(by.role, "reply"):
        action = "reply"
        raise NotAllowedError(action)


def _read(seen: Seen, by: Membership) -> tuple[Channel, InboundMessage]:
    """Return the channel of its network and the message as a connector would have read it."""
    place = _place(seen.link)
    text = _text(seen.text, _("Paste what they wrote: Hearwell cannot look it up there."))
    network = seen.network or place.network or OTHER
    handle = (seen.handle or place.handle).strip().lstrip("@")
    name = seen.name.strip() or handle
    if not name:
        raise BadEntryError.at(field="handle", message=_("Say who wrote it, by handle or by name."))
    identity = place.link or f"by-hand:{seen.key}"
    item = InboundMessage(
        external_id=identity,
        dedup_key=identity,
        occurred_at=_moment(seen.at),
        account=BY_HAND,
        thread_key=identity,
        kind=_kind(seen),
        audience=Audience.PRIVATE if seen.is_private else Audience.PUBLIC,
        author=Author(f"by-hand:{(handle or name).casefold()}", handle, name),
        text=text,
        permalink=place.link or None,
    )
    return channel_by_hand(network, by), item


def _kind(seen: Seen) -> MessageKind:
    try:
        return MessageKind(seen.kind)
    except ValueError:
        return MessageKind.DM if seen.is_private else MessageKind.MENTION


def channel_by_hand(network: str, by: Membership) -> Channel:
    """Return the workspace's read-only channel for what is carried in by hand from a network."""
    known = Channel.objects.filter(
        workspace_id=by.workspace_id, network=network, external_id=BY_HAND
    ).first()
    return known or connect_channel(
        workspace_id=by.workspace_id,
        network=network,
        handle=_("%(brand)s, by hand") % {"brand": by.workspace.name},
        external_id=BY_HAND,
        brand=by.workspace.name,
        state=ChannelState.READ_ONLY,
        actor=by.user,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer as it stands on the network. `key` as for `Seen`; `at` None: just now."""

    key: UUID
    case_id: UUID
    text: str
    link: str = ""
    at: datetime | None = None


@transaction.atomic
def note_answer(answer: Answered, by: Membership) -> Message:
    """Note an answer that was given outside; both clocks are met at its own time.

    The same key at the same case is the same note: it is not told twice. Raises BadEntryError
    with nothing saved, Case.DoesNotExist.
    """
    _need(by)
    case = Case.objects.select_for_update(no_key=True).get(
        workspace_id=by.workspace_id, id=answer.case_id
    )
    noted = Message.objects.filter(
        workspace_id=by.workspace_id, case_id=case.id, remote_id=_remote_id(case, answer.key)
    ).first()
    return noted or _noted(case, answer, by)


def _noted(case: Case, answer: Answered, by: Membership) -> Message:
    link = _place(answer.link).link
    at = _moment(answer.at)
    if at < case.opened_at:
        raise BadEntryError.at(field="at", message=_("That is before the customer wrote."))
    text = _text(answer.text, _("Write or paste what was answered."))
    message = conversations.record_outbound(_said(case, answer.key, text, link, at, by))
    sla.meet_all(by.workspace_id, [sla.Answered(case.id, at, reply_id=message.id)])
    _tell(message, by)
    return message


def _remote_id(case: Case, key: UUID) -> str:
    return f"by-hand:{case.id}:{key}"


def _said(
    case: Case, key: UUID, text: str, link: str, at: datetime, by: Membership
) -> OutboundMessage:
    homes = Conversation.objects.filter(workspace_id=by.workspace_id, case_id=case.id)
    latest = Message.objects.filter(
        workspace_id=by.workspace_id, case_id=case.id, direction="in", conversation__isnull=False
    ).order_by("-sent_at", "-id")
    parent = latest.select_related("conversation").defer("search").first()
    home = parent.conversation if parent and parent.conversation else homes.order_by("id").first()
    if home is None:
        raise BadEntryError.at(
            field="text", message=_("There is nobody in this case who could be answered.")
        )
    return OutboundMessage(
        conversation_id=home.id,
        remote_id=_remote_id(case, key),
        text=text,
        sent_at=at,
        audience=home.audience,
        kind=parent.kind if parent else MessageKind.COMMENT.value,
        author_user_id=by.user_id,
        author_name=str(by.user),
        parent_remote_id=parent.remote_id if parent else "",
        permalink=link,
        is_sent_outside=True,
    )


def _tell(message: Message, by: Membership) -> None:
    entry = AuditEntry("reply.noted", by.user, "message", message.id)
    record_audit(by.workspace_id, [entry])
    emit(
        [
            ReplySent(
                workspace_id=by.workspace_id,
                case_id=message.case_id,
                message_id=message.id,
                channel_id=_channel_id(message),
                sent_at=message.sent_at,
                is_sent_outside=True,
            )
        ]
    )


def _channel_id(message: Message) -> UUID:
    if message.channel_id is None:  # only notes have none
        raise ValueError(message.id)
    return message.channel_id


# --- what is filled in -------------------------------------------------------------------------


def _place(link: str) -> Place:
    if not link.strip():
        return Place("")
    try:
        return recognised(link)
    except BadLinkError as error:
        raise BadEntryError.at(field="link", message=str(error)) from error


def _text(text: str, what_is_missing: str) -> str:
    if not text.strip():
        raise BadEntryError.at(field="text", message=what_is_missing)
    if len(text) > MAX_TEXT:
        too_long = _("That is %(n)s characters; %(most)s can be kept.")
        raise BadEntryError.at(field="text", message=too_long % {"n": len(text), "most": MAX_TEXT})
    return text.strip()


def _moment(at: datetime | None) -> datetime:
    if at is not None and at > now() + AHEAD:
        raise BadEntryError.at(field="at", message=_("That time is still to come."))
    return min(at or now(), now())

"""Which of our accounts may write first to somebody at an e-mail address, and who chose it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel, ChannelState, Purpose
from hearwell.channels.queries import channels_of, fit_channels
from hearwell.connect.contract import Replies, WritesFirst
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.webchat import queries as webchat
from hearwell.webchat import services as chats
from hearwell.webchat.models import Onward
from hearwell.webchat.rules import LONGEST_READING_S

SHORTEST_READING_S = 60
_FOR_CUSTOMERS = frozenset({Purpose.CARE, Purpose.BOTH})


class BadChoiceError(ValueError):
    """A time to read that is none, or an account that cannot write first."""


def mailboxes(workspace_id: UUID) -> list[Channel]:
    """Return the accounts for customers that can write first, whatever ails them; one query."""
    return [one for one in channels_of(workspace_id) if _can_write_first(one)]


def any_mailbox(workspace_id: UUID) -> bool:
    """Say whether there is one that may do so, now or when its trouble is over."""
    return bool(mailboxes(workspace_id))


def mailbox_for(onward: Onward, chat: Channel) -> Channel | None:
    """Return the account that a chat's answers go on from, None while there is none that works.

    The one that its owner chose, and no other; else one of the chat's own brand before the rest,
    the longest connected first. One query.
    """
    fit = [one for one in fit_channels(chat.workspace_id) if _can_write_first(one)]
    if onward.mailbox_id is not None:
        return next((one for one in fit if one.id == onward.mailbox_id), None)
    ours = (one for one in fit if one.brand_id == chat.brand_id)
    return next(ours, fit[0] if fit else None)


@transaction.atomic
def choose_onward(
    chat: Channel, *, is_on: bool, wait_s: int, mailbox_id: UUID | None, by: User
) -> None:
    """Set how a chat's answers reach those who have left; audited.

    Raises BadChoiceError for a time out of bounds or an account that cannot write first.
    """
    if not SHORTEST_READING_S <= wait_s <= LONGEST_READING_S:
        raise BadChoiceError
    if mailbox_id is not None and mailbox_id not in {
        one.id for one in mailboxes(chat.workspace_id)
    }:
        raise BadChoiceError
    before = _shown(webchat.onward_of(chat.workspace_id, chat.id))
    onward = chats.choose_onward(
        chat.workspace_id, chat.id, is_on=is_on, wait_s=wait_s, mailbox_id=mailbox_id
    )
    entry = AuditEntry(
        "channel.onward", by, "channel", chat.id, str(chat), before=before, after=_shown(onward)
    )
    record_audit(chat.workspace_id, [entry])


def _shown(onward: Onward) -> dict[str, object]:
    mailbox_id = str(onward.mailbox_id) if onward.mailbox_id else ""
    return {"is_on": onward.is_on, "wait_s": onward.wait_s, "mailbox_id": mailbox_id}


def _can_write_first(channel: Channel) -> bool:
    if channel.state != ChannelState.ACTIVE or channel.purpose not in _FOR_CUSTOMERS:
        return False
    try:
        connector = connector_for(channel.network)
    except UnknownNetworkError:
        return False
    return isinstance(connector, WritesFirst) and isinstance(connector, Replies)

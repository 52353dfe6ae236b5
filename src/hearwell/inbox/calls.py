"""Telephone calls that people note: by form, by file, by API. The way of every other message.

Where a switchboard's line is connected, what people note lands in the same threads as what it
tells. A call that reached nobody is a note in the case, and answers nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel, ChannelState
from hearwell.connect.calls import (
    Call,
    call_from,
    checked,
    items_of,
    thread_with,
)
from hearwell.connect.model import InboundMessage
from hearwell.conversations.models import Conversation, Message
from hearwell.inbox.acts import NotAllowedError
from hearwell.inbox.byhand import channel_by_hand
from hearwell.inbox.intake import take_history, take_in
from hearwell.inbox.openings import BY_HAND
from hearwell.kit.clock import now

PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of calls: how many were news, and the case of the last one, if it has one."""

    fresh: int
    case_id: UUID | None


def read_call(told: Mapping[str, str], *, country: str = "", key: str = "") -> Call:
    """Read what was filled in. Raises ``CallError``, its words as an English msgid."""
    at = now()
    return checked(call_from(told, country=country, at=at, key=key), at)


@transaction.atomic
def log_calls(calls: Sequence[tuple[Call, str]], by: Membership, *, is_past: bool = False) -> Noted:
    """Take calls in, each with who of us spoke; all of them or none.

    Again is no error: a call has one id. ``is_past``: they are history, nothing becomes due.
    Raises NotAllowedError.
    """
    if not can(by.role, "reply"):
        action = "reply"
        raise NotAllowedError(action)
    line = line_of(by)
    words = _words()
    items = [
        item
        for call, agent in calls
        for item in items_of(call, line.external_id, words, agent=agent or str(by.user))
    ]
    before = _known(line, items)
    if is_past:
        take_history(line, [item for item in items if not item.is_attempt])
    else:
        take_in(line, items)
    fresh = len(_known(line, items) - before)
    case_id = _case_of(line, calls[-1][0]) if calls else None
    entry = AuditEntry("calls.logged", by.user, "channel", line.id, summary=str(fresh))
    record_audit(by.workspace_id, [entry])
    return Noted(fresh, case_id)


def line_of(by: Membership) -> Channel:
    """Return the connected line where calls are noted, else the one kept by hand."""
    lines = Channel.objects.filter(
        workspace_id=by.workspace_id, network=PHONE, state=ChannelState.ACTIVE
    )
    found = lines.exclude(external_id=BY_HAND).order_by("connected_at", "id").first()
    return found or channel_by_hand(PHONE, by)


def _known(line: Channel, items: Sequence[InboundMessage]) -> set[str]:
    ids = [item.external_id for item in items]
    rows = Message.objects.filter(
        workspace_id=line.workspace_id, channel_id=line.id, remote_id__in=ids
    )
    return set(rows.values_list("remote_id", flat=True))


def _case_of(line: Channel, call: Call) -> UUID | None:
    homes = Conversation.objects.filter(
        workspace_id=line.workspace_id, channel_id=line.id, thread_key=thread_with(call)
    )
    return homes.order_by("-id").values_list("case_id", flat=True).first()


def _words() -> dict[str, str]:
    """What a call says in the thread, in the language of who notes it."""
    return {
        "in_reached": _("Called us, and we spoke (%(time)s)."),
        "in_not_reached": _("Called us; nobody answered."),
        "in_voicemail": _("Left a voice message (%(time)s)."),
        "in_callback": _("Asks to be called back."),
        "answered": _("Answered by telephone (%(time)s)."),
        "out_reached": _("We called, and spoke (%(time)s)."),
        "out_not_reached": _("We called; nobody answered."),
        "out_voicemail": _("We called and left a voice message."),
    }

"""What became of acts on messages: told in the case's story, and to every screen on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.queries import channels_by_id
from hearwell.connect.model import Act, MessageDeleted
from hearwell.conversations import services as conversations
from hearwell.conversations.models import CaseLog, Message
from hearwell.events.services import emit
from hearwell.inbox.events import MessageActed
from hearwell.inbox.intake import take_deletions
from hearwell.outbound.actlaw import ActState
from hearwell.outbound.events import ActSettled

VERBS: Final = {
    Act.LIKE: "liked",
    Act.UNLIKE: "unliked",
    Act.HIDE: "hidden",
    Act.UNHIDE: "unhidden",
    Act.DELETE: "deleted_ours",
}
NOT_DONE: Final = "act_not_done"


def settled(events: Sequence[ActSettled]) -> None:
    """Write a line into each case; what we deleted is deleted here as when a network tells of it.

    A repeat of an event changes and tells nothing.
    """
    workspace_id = events[0].workspace_id
    messages = Message.objects.filter(workspace_id=workspace_id).defer("search")
    found = messages.in_bulk([event.message_id for event in events])
    fresh = [event for event in _not_told(workspace_id, found, events) if event.message_id in found]
    _delete(workspace_id, found, [one for one in fresh if _is_deletion(one)])
    for event in fresh:
        case_id = found[event.message_id].case_id
        is_done = event.state == ActState.DONE
        verb = VERBS[Act(event.act)] if is_done else NOT_DONE
        conversations.log([case_id], verb, actor_id=event.asked_by_id, data=_data(event))
    record_audit(workspace_id, [_line(event) for event in fresh])
    emit(_acted(event, found[event.message_id].case_id) for event in fresh)


def _not_told(
    workspace_id: UUID, messages: dict[UUID, Message], events: Sequence[ActSettled]
) -> list[ActSettled]:
    by_id = {str(event.moderation_id): event for event in events}
    cases = {message.case_id for message in messages.values()}
    lines = CaseLog.objects.filter(workspace_id=workspace_id, case_id__in=cases)
    told = lines.filter(data__moderation_id__in=list(by_id))
    known = set(told.values_list("data__moderation_id", flat=True))
    return [event for id_, event in by_id.items() if id_ not in known]


def _is_deletion(event: ActSettled) -> bool:
    return event.act == Act.DELETE and event.state == ActState.DONE


def _delete(
    workspace_id: UUID, messages: dict[UUID, Message], events: Sequence[ActSettled]
) -> None:
    channels = channels_by_id(workspace_id, {event.channel_id for event in events})
    for channel in channels.values():
        gone = [
            MessageDeleted(
                external_id=messages[event.message_id].remote_id,
                dedup_key=f"act:{event.moderation_id}",
                occurred_at=event.settled_at,
                account=channel.external_id,
            )
            for event in events
            if event.channel_id == channel.id
        ]
        take_deletions(channel, gone)


def _data(event: ActSettled) -> dict[str, Any]:
    return {
        "moderation_id": str(event.moderation_id),
        "message_id": str(event.message_id),
        "act": event.act,
        "code": event.code,
        "message": event.message,
    }


def _line(event: ActSettled) -> AuditEntry:
    after = {"act": event.act, "state": event.state, "why": event.message}
    return AuditEntry(
        "message.act_settled", None, "message", event.message_id, event.act, None, after
    )


def _acted(event: ActSettled, case_id: UUID) -> MessageActed:
    return MessageActed(
        workspace_id=event.workspace_id,
        case_id=case_id,
        message_id=event.message_id,
        moderation_id=event.moderation_id,
        actor_id=event.asked_by_id,
        act=event.act,
        state=event.state,
    )

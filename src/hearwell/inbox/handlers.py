"""What the outbox reports becomes part of the case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.board.services import note_told
from hearwell.connect.attachments import Attachment
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Conversation, Message
from hearwell.conversations.services import OutboundMessage
from hearwell.events.registry import on
from hearwell.events.services import emit
from hearwell.inbox import acted, onward
from hearwell.inbox.doubted import ask_about_doubts, forget_what_was_asked
from hearwell.inbox.events import ReplySent
from hearwell.inbox.media import ours
from hearwell.inbox.optouts import believe_refusals
from hearwell.inbox.precedents import forget_questions, remember_answers
from hearwell.outbound.events import (
    ActSettled,
    DeliveryCancelled,
    DeliveryEvent,
    DeliveryFailed,
    DeliveryHeld,
    DeliveryNeedsHuman,
    DeliverySent,
    DeliveryStale,
    DeliveryTrouble,
)
from hearwell.sla import services as sla

# Handlers are found in this module: these live beside what they do.
__all__ = [
    "ask_about_doubts",
    "believe_refusals",
    "forget_questions",
    "forget_what_was_asked",
    "remember_answers",
]


@on(ReplySent)
def note_what_was_told(events: Sequence[ReplySent]) -> None:
    """Note which text of the status board customers know now, so that a correction finds them."""
    if events:
        note_told(events[0].workspace_id, {event.message_id for event in events})


@on(DeliverySent)
def on_delivered(events: Sequence[DeliverySent]) -> None:
    """Record what stands on the network, meet the clocks at the network's time, tell the house.

    A holding reply meets the first reply only, any other human reply both clocks, an automatic
    one none. A repeat of the event changes and tells nothing.
    """
    ours = [event for event in events if "conversation_id" in event.context]
    if not ours:
        return
    workspace_id = ours[0].workspace_id
    fresh = _not_recorded(workspace_id, ours)
    sent = [(event, conversations.record_outbound(_said(event))) for event in fresh]
    sla.meet_all(workspace_id, [_answered(message) for _, message in sent])
    record_audit(workspace_id, [_line(event, message) for event, message in sent])
    emit(_reply_sent(event, message) for event, message in sent)
    in_chats = [m for event, m in sent if onward.is_chat(event.draft["thread_key"])]
    onward.await_reading(workspace_id, in_chats)


def _not_recorded(workspace_id: UUID, events: Iterable[DeliverySent]) -> list[DeliverySent]:
    by_id = {event.delivery_id: event for event in events}
    known = Message.objects.filter(workspace_id=workspace_id, delivery_id__in=list(by_id))
    recorded = set(known.values_list("delivery_id", flat=True))
    return [event for id_, event in by_id.items() if id_ not in recorded]


def _said(event: DeliverySent) -> OutboundMessage:
    draft, context = event.draft, event.context
    return OutboundMessage(
        conversation_id=UUID(context["conversation_id"]),
        # Nobody knows the network's id of what a person found there: ours keeps the row unique.
        remote_id=event.remote_id or f"delivery:{event.delivery_id}",
        text=draft["text"],
        sent_at=event.sent_at,
        audience=draft["audience"],
        kind=context.get("kind", "comment"),
        author_user_id=event.author_id,
        author_name=context.get("author_name", ""),
        delivery_id=event.delivery_id,
        channel_id=event.channel_id,
        parent_remote_id=draft["parent_id"] or "",
        root_remote_id=draft["root_id"] or "",
        permalink=event.permalink,
        is_holding=bool(context.get("is_holding")),
        is_automatic=bool(context.get("is_automatic")),
        **_handed_over(event),
        media=[ours(Attachment(**file)) for file in draft["media"]],
    )


def _handed_over(event: DeliverySent) -> dict[str, Any]:
    """What the thread tells of a mail that carries a chat's answer on."""
    whom = event.context.get(onward.CONTEXT)
    return {"subject": event.draft["subject"], "about": {onward.CONTEXT: whom}} if whom else {}


def _answered(message: Message) -> sla.Answered:
    return sla.Answered(
        message.case_id,
        message.sent_at,
        reply_id=message.id,
        is_holding=message.is_holding,
        is_automatic=message.is_automatic,
    )


def _line(event: DeliverySent, message: Message) -> AuditEntry:
    return AuditEntry(
        "reply.sent",
        None,
        "delivery",
        event.delivery_id,
        summary=event.context.get("author_name", ""),
        # Never the words: a line of the trail cannot be changed, and people may be erased.
        after={"message": str(message.id)},
    )


def _reply_sent(event: DeliverySent, message: Message) -> ReplySent:
    return ReplySent(
        workspace_id=event.workspace_id,
        case_id=message.case_id,
        message_id=message.id,
        channel_id=event.channel_id,
        sent_at=message.sent_at,
        is_holding=message.is_holding,
        is_automatic=message.is_automatic,
        delivery_id=event.delivery_id,
        author_id=event.author_id,
    )


# --- what did not go out -----------------------------------------------------------------------


@on(DeliveryFailed)
def on_failed(events: Sequence[DeliveryFailed]) -> None:
    """Tell the case that the network said no, and why."""
    _log(events, "reply_failed")


@on(DeliveryHeld)
def on_held(events: Sequence[DeliveryHeld]) -> None:
    """Tell the case that a reply is kept back."""
    _log(events, "reply_held")


@on(DeliveryStale)
def on_stale(events: Sequence[DeliveryStale]) -> None:
    """Tell the case that a reply waits because the customer wrote again."""
    _log(events, "reply_stale")


@on(DeliveryNeedsHuman)
def on_needs_human(events: Sequence[DeliveryNeedsHuman]) -> None:
    """Tell the case that somebody must look on the network."""
    _log(events, "reply_needs_human")


@on(DeliveryCancelled)
def on_cancelled(events: Sequence[DeliveryCancelled]) -> None:
    """Tell the case that a reply was taken back, or that its mail was not needed."""
    _log([one for one in events if onward.CONTEXT not in one.context], "reply_cancelled")
    _log([one for one in events if onward.CONTEXT in one.context], "onward_cancelled")


def _log(events: Sequence[DeliveryEvent], verb: str) -> None:
    """One line in the story of each case, once a delivery and verb."""
    homes = _homes(events)
    groups: dict[UUID, dict[UUID, dict[str, Any]]] = defaultdict(dict)
    for event in events:
        if "case_id" in event.context:
            home = homes.get(event.context.get("conversation_id"))
            groups[home or UUID(event.context["case_id"])][event.delivery_id] = _data(event)
    for case_id, lines in groups.items():
        for data in lines.values():
            conversations.log([case_id], verb, actor_id=None, data=data)


def _homes(events: Sequence[DeliveryEvent]) -> dict[str | None, UUID]:
    """Return conversation -> the case that it is in now, which may have taken over another's."""
    wanted = {one for event in events if (one := event.context.get("conversation_id"))}
    found = Conversation.objects.filter(id__in=wanted).values_list("id", "case_id")
    return {str(key): case_id for key, case_id in found} if wanted else {}


def _data(event: DeliveryEvent) -> dict[str, Any]:
    data: dict[str, Any] = {"delivery_id": str(event.delivery_id)}
    if isinstance(event, DeliveryTrouble):
        data |= {
            "code": event.code,
            "message": event.message,
            "alternatives": list(event.alternatives),
        }
    return data


@on(ActSettled)
def on_act_settled(events: Sequence[ActSettled]) -> None:
    """Tell the case what became of an act on one of its messages."""
    acted.settled(events)

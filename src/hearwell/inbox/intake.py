"""The story of everything that arrives: from a network's items to placed, clocked cases.

Each verb takes a batch of one channel, inside the scoped transaction of the drainer, and tells
the rest of the house what happened as its last act.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hearwell.channels.intake import raw_of, takes
from hearwell.channels.models import Channel
from hearwell.connect.model import (
    Author,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Reacted,
    Receipt,
    Source,
)
from hearwell.contacts import services as contacts
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Message
from hearwell.events.services import emit
from hearwell.inbox import media
from hearwell.inbox.athome import at_home
from hearwell.inbox.events import MessageAmended, MessageReceived, MessageWithdrawn, ReplySent
from hearwell.inbox.rules import rounds
from hearwell.kit.overlap import overlapping
from hearwell.outbound import services as outbound
from hearwell.routing import services as routing
from hearwell.sla import services as sla
from hearwell.triage import services as triage
from hearwell.triage.models import Verdict


@takes(InboundMessage)
@transaction.atomic
def take_in(channel: Channel, items: Sequence[InboundMessage]) -> list[Message]:
    """Turn what a network delivered into placed, clocked conversations.

    Returns the fresh customer messages; repeats and our own echoes are not among them.
    """
    fresh: list[Message] = []
    for home, here in at_home(channel, items):
        past = [item for item in here if _is_past(item)]
        take_past(home, past)
        for batch in rounds([item for item in here if not _is_past(item)] if past else here):
            fresh += take_written(home, [item for item in batch if not item.is_echo])
            take_echoes(home, [item for item in batch if item.is_echo])
    return fresh


def _is_past(item: InboundMessage) -> bool:
    raw = raw_of(item)
    return raw is not None and raw.source is Source.IMPORT


def take_past(channel: Channel, items: Sequence[InboundMessage]) -> list[Message]:
    """File what lay in an account before it was connected; returns what was new.

    As an archive: nothing is placed, becomes due or is told. What belongs to a case that people
    work on is only added to it.
    """
    if not items:
        return []
    with overlapping():
        people = contacts.identify(channel.workspace_id, channel.network, _authors(items))
        threads = conversations.thread(channel, items, people, historic=True)
        fresh = conversations.record_inbound(
            channel, items, threads, people, historic=True, raws=_raws(items)
        )
        archived = conversations.archived_cases(threads)
        filed = [message for message in fresh if message.case_id in archived]
        verdicts = triage.assess(filed)
        conversations.apply_verdicts(verdicts)
        sla.start_clocks(channel.workspace_id, filed, verdicts, historic=True)
        sla.close_historic(channel.workspace_id, {message.case_id for message in filed})
    return fresh


def take_written(channel: Channel, items: Sequence[InboundMessage]) -> list[Message]:
    """Who, where, what, to whom, by when, and tell: the way of every customer message."""
    if not items:
        return []
    with overlapping(), conversations.opening():
        # To look something up is to wait for all that was sent before: these two come first.
        team = routing.ensure_default_team(channel.workspace_id)
        policy = sla.policy_now(channel.workspace_id)
        people = contacts.identify(channel.workspace_id, channel.network, _authors(items))
        threads = conversations.thread(channel, items, people)
        fresh = conversations.record_inbound(  # repeats are gone
            channel, items, threads, people, raws=_raws(items)
        )
        new = {message.id for message in fresh if message.is_first}
        verdicts = triage.assess(fresh, new=new)
        conversations.apply_verdicts(verdicts, new=new)
        routing.place(fresh, verdicts, team)
        opened = {message.case_id for message in fresh if message.is_first}
        sla.start_clocks(channel.workspace_id, fresh, verdicts, policy=policy, opened=opened)
        outbound.lanes_moved(channel.workspace_id, _moves(channel, fresh))
        media.keep_later(fresh)
        emit(_received(message, verdicts[message.id]) for message in fresh)
    return fresh


def take_echoes(channel: Channel, echoes: Sequence[InboundMessage]) -> list[Message]:
    """Match our own messages to the outbox; what it does not know was sent outside of it.

    An answer given in the network's own app is an answer: it meets the clocks.
    """
    if not echoes:
        return []
    known = outbound.match_echoes(channel.workspace_id, channel.id, echoes)
    sent = _record_outside(channel, [e for e in echoes if e.external_id not in known])
    sla.meet_all(channel.workspace_id, [_answered(message) for message in sent])
    emit(_sent_outside(message) for message in sent)
    return sent


def _record_outside(channel: Channel, items: Sequence[InboundMessage]) -> list[Message]:
    if not items:
        return []
    people = contacts.identify(channel.workspace_id, channel.network, _authors(items))
    threads = conversations.thread(channel, items, people)
    return conversations.record_inbound(channel, items, threads, people, raws=_raws(items))


@transaction.atomic
def take_history(channel: Channel, items: Sequence[InboundMessage]) -> list[Message]:
    """Take an archive's messages in, both sides, with their recorded times.

    The same way as `take_in`, less what would act on the present: nothing is placed, nothing
    becomes due, nobody is told. Clocks are closed from the record, so the two sides need not take
    turns. Returns what was new.
    """
    with overlapping():
        policy = sla.policy_now(channel.workspace_id)
        people = contacts.identify(channel.workspace_id, channel.network, _authors(items))
        threads = conversations.thread(channel, items, people, historic=True)
        opened = {home.case_id for home in threads.homes.values() if home.case.just_opened}
        fresh = conversations.record_inbound(channel, items, threads, people, historic=True)
        verdicts = triage.assess(fresh)
        conversations.apply_verdicts(verdicts)
        sla.start_clocks(channel.workspace_id, fresh, verdicts, historic=True)
        sla.close_batch(channel.workspace_id, fresh, verdicts, opened=opened, policy=policy)
    return fresh


@takes(MessageEdited)
@transaction.atomic
def take_edits(channel: Channel, items: Sequence[MessageEdited]) -> None:
    """Keep the new text as a version; an edit that came before its message waits for it."""
    changed = conversations.record_edit(channel, items)
    _judge_anew(channel, changed)
    outbound.lanes_moved(channel.workspace_id, _moves(channel, changed))
    emit(
        MessageAmended(message.workspace_id, message.case_id, message.id, message.version)
        for message in changed
    )


def _judge_anew(channel: Channel, changed: Sequence[Message]) -> None:
    """An edit can turn thanks into a complaint: what it asks of us, and by when, follows it."""
    verdicts = triage.assess(changed)
    if verdicts:
        conversations.apply_verdicts(verdicts)
        cases = {message.case_id for message in changed}
        sla.reconcile(channel.workspace_id, cases, why="judged_anew")


@takes(MessageDeleted)
@transaction.atomic
def take_deletions(channel: Channel, items: Sequence[MessageDeleted]) -> None:
    """Mark messages as withdrawn; where the network demands it, their text goes too."""
    gone = conversations.record_deletion(channel, items)
    sla.reconcile(channel.workspace_id, {message.case_id for message in gone}, why="withdrawn")
    media.drop_later(gone)
    outbound.lanes_moved(channel.workspace_id, _moves(channel, gone))
    emit(MessageWithdrawn(message.workspace_id, message.case_id, message.id) for message in gone)


@takes(Reacted)
@transaction.atomic
def take_reactions(channel: Channel, items: Sequence[Reacted]) -> None:
    """Count likes and follows; they start no clock."""
    conversations.record_reactions(channel, items)


@takes(Receipt)
@transaction.atomic
def take_receipts(channel: Channel, items: Sequence[Receipt]) -> None:
    """Note how far our own messages have come."""
    outbound.record_receipts(channel.workspace_id, channel.id, items)
    conversations.record_receipts(channel, items)


def _raws(items: Sequence[InboundMessage]) -> dict[int, tuple[UUID, datetime]]:
    """Return raw_index -> (raw delivery, when it reached us); empty for an archive."""
    behind = ((item.raw_index, raw_of(item)) for item in items)
    return {
        index: (raw.id, raw.received_at)
        for index, raw in behind
        if index is not None and raw is not None
    }


def _authors(items: Sequence[InboundMessage]) -> list[Author]:
    return list({item.author.external_id: item.author for item in items}.values())


def _moves(channel: Channel, messages: Sequence[Message]) -> list[outbound.LaneMove]:
    lanes = dict.fromkeys(m.conversation_id for m in messages if m.conversation_id)
    return [outbound.LaneMove(lane, channel.id, channel.external_id) for lane in lanes]


def _received(message: Message, verdict: Verdict) -> MessageReceived:
    return MessageReceived(
        workspace_id=message.workspace_id,
        case_id=message.case_id,
        message_id=message.id,
        channel_id=_channel_id(message),
        duty=verdict.duty,
        kind=verdict.kind,
        urgency=verdict.urgency,
        audience=message.audience,
        is_new_case=message.is_first,
    )


def _answered(message: Message) -> sla.Answered:
    return sla.Answered(message.case_id, message.sent_at, reply_id=message.id)


def _sent_outside(message: Message) -> ReplySent:
    return ReplySent(
        workspace_id=message.workspace_id,
        case_id=message.case_id,
        message_id=message.id,
        channel_id=_channel_id(message),
        sent_at=message.sent_at,
        is_sent_outside=True,
    )


def _channel_id(message: Message) -> UUID:
    if message.channel_id is None:  # only notes have none, and notes do not arrive
        raise ValueError(message.id)
    return message.channel_id

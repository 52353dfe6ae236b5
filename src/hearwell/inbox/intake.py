"""The story of everything that arrives: from a network's items to placed, clocked cases.

Each verb takes a batch of one channel, inside the scoped transaction of the drainer, and tells
the rest of the house what happened as its last act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from hearwell.board.services import match_cases
from hearwell.channels.intake import raw_of, takes
from hearwell.channels.models import Channel
from hearwell.connect.model import (
    Author,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Reacted,
    Receipt,
    Source,
    ThreadsMoved,
)
from hearwell.contacts import services as contacts
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Message
from hearwell.conversations.queries import seen_on
from hearwell.escalation.services import raise_alarms
from hearwell.events.services import emit
from hearwell.inbox import attempts, forgotten, media, onward, optouts
from hearwell.inbox.athome import at_home
from hearwell.inbox.events import MessageAmended, MessageReceived, MessageWithdrawn, ReplySent
from hearwell.inbox.placing import place_soon
from hearwell.inbox.rules import rounds
from hearwell.inbox.untagged import owed
from hearwell.kit.overlap import overlapping
from hearwell.kit.text import clean
from hearwell.listening import queries as listening
from hearwell.listening.services import record_hits, sift
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
    items = forgotten.left_of(channel, items)
    fresh: list[Message] = []
    tried = [item for item in items if item.is_attempt]
    for home, here in at_home(channel, [item for item in items if not item.is_attempt]):
        past, heard, told = _by_source(here)
        take_past(home, past)
        for batch in rounds(told):
            fresh += take_written(home, [item for item in batch if not item.is_echo])
            take_echoes(home, [item for item in batch if item.is_echo])
        fresh += take_heard(home, heard)
    attempts.note(channel, tried)
    return fresh


Items = list[InboundMessage]
Change = TypeVar("Change", MessageEdited, MessageDeleted)


def _by_source(items: Sequence[InboundMessage]) -> tuple[Items, Items, Items]:
    """Split what came: the past, what was found by its words, what was said to us."""
    past: Items = []
    heard: Items = []
    told: Items = []
    parts = {Source.IMPORT: past, Source.SEARCH: heard}
    for item in items:
        source = source_of(item)
        (parts.get(source, told) if source else told).append(item)
    return past, heard, told


def take_past(channel: Channel, items: Sequence[InboundMessage]) -> list[Message]:
    """File what lay in an account before it was connected; returns what was new.

    As an archive: nothing is placed, becomes due or is told. What belongs to a case that people
    work on is only added to it.
    """
    if not items:
        return []
    with overlapping():
        mind = triage.mind_for(channel.workspace_id)
        people = contacts.identify(channel.workspace_id, channel.network, _authors(items))
        threads = conversations.thread(channel, items, people, historic=True)
        fresh = conversations.record_inbound(
            channel, items, threads, people, historic=True, raws=_raws(items)
        )
        archived = conversations.archived_cases(threads)
        filed = [message for message in fresh if message.case_id in archived]
        verdicts = triage.assess(filed, mind=mind)
        conversations.apply_verdicts(verdicts)
        sla.start_clocks(channel.workspace_id, filed, verdicts, historic=True)
        sla.close_historic(channel.workspace_id, {message.case_id for message in filed})
    return fresh


def take_heard(channel: Channel, items: Sequence[InboundMessage]) -> list[Message]:
    """Take in what speaks of us though nobody addressed it to us; the terms say what does.

    What turns out to be addressed to us goes the way of every message. Our own words, wherever
    they were said, are nothing that we hear.
    """
    if not items:
        return []
    ours = listening.own_authors(channel)
    strangers = [i for i in items if not i.is_echo and i.author.external_id not in ours]
    told = [item for item in strangers if listening.is_addressed(item, channel)]
    fresh = take_written(channel, told)
    known = {item.external_id for item in told}
    sifted = sift(channel, [item for item in strangers if item.external_id not in known])
    hits = [one for one in sifted if one.reading.is_hit]
    stages = {one.item.external_id: one.stage for one in hits}
    heard = take_written(channel, [one.item for one in hits], stages)
    record_hits(channel, sifted, heard)
    return fresh + heard


def take_written(
    channel: Channel, items: Sequence[InboundMessage], stages: Mapping[str, str] | None = None
) -> list[Message]:
    """Who, where, what, to whom, by when, and tell: the way of every customer message.

    ``stages`` (external id -> stage) are of messages that nobody addressed to us. Nobody was
    promised an answer there: while nobody may answer, nobody waits and no clock runs.
    """
    if not items:
        return []
    with overlapping(), conversations.opening():
        # To look something up is to wait for all that was sent before: these three come first.
        mind = triage.mind_for(channel.workspace_id)
        team = routing.ensure_default_team(channel.workspace_id)
        book = sla.book_of(channel.workspace_id)
        people = contacts.identify(channel.workspace_id, channel.network, _authors(items))
        threads = conversations.thread(channel, items, people, stages=stages)
        fresh = conversations.record_inbound(  # repeats are gone
            channel, items, threads, people, raws=_raws(items)
        )
        if stages:
            conversations.stage_cases(channel.workspace_id, fresh)
        new = {message.id for message in fresh if message.is_first}
        verdicts = triage.assess(fresh, new=new, mind=mind)
        is_owed = not stages or listening.may_answer_untagged(channel.workspace_id)
        conversations.apply_verdicts(verdicts, new=new, is_owed=is_owed)
        routing.place(fresh, verdicts, team)
        if fresh and team.is_routed:
            place_soon(channel.workspace_id)
        opened = {message.case_id for message in fresh if message.is_first}
        if is_owed:
            sla.start_clocks(channel.workspace_id, fresh, verdicts, book=book, opened=opened)
        outbound.lanes_moved(channel.workspace_id, _moves(channel, fresh))
        media.keep_later(fresh)
        emit(_received(message, verdicts[message.id]) for message in fresh)
    optouts.heed(channel, fresh)
    raise_alarms(channel.workspace_id, verdicts)
    match_cases(channel.workspace_id, {message.case_id for message in fresh})
    if not stages and any(home.case.stage for home in threads.homes.values()):
        _take_as_addressed(channel, items)
    return fresh


def _take_as_addressed(channel: Channel, items: Sequence[InboundMessage]) -> None:
    """What we had found by its words was said to us, too: from now on it is treated as such."""
    ids = [clean(item.external_id)[0] for item in items]
    told = conversations.addressed(channel, ids)
    if told:
        verdicts = triage.assess(told)
        conversations.apply_verdicts(verdicts)
        sla.start_clocks(channel.workspace_id, told, verdicts)
        emit(MessageAmended(m.workspace_id, m.case_id, m.id, m.version) for m in told)


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
    items = forgotten.left_of(channel, items)
    with overlapping():
        book = sla.book_of(channel.workspace_id)
        mind = triage.mind_for(channel.workspace_id)
        people = contacts.identify(channel.workspace_id, channel.network, _authors(items))
        threads = conversations.thread(channel, items, people, historic=True)
        opened = {home.case_id for home in threads.homes.values() if home.case.just_opened}
        fresh = conversations.record_inbound(channel, items, threads, people, historic=True)
        verdicts = triage.assess(fresh, mind=mind)
        conversations.apply_verdicts(verdicts)
        sla.start_clocks(channel.workspace_id, fresh, verdicts, historic=True)
        sla.close_batch(channel.workspace_id, fresh, verdicts, opened=opened, book=book)
    return fresh


@takes(MessageEdited)
@transaction.atomic
def take_edits(channel: Channel, items: Sequence[MessageEdited]) -> list[Message]:
    """Keep the new text as a version; an edit that came before its message waits for it.

    Returns what says something else now.
    """
    changed = conversations.record_edit(channel, _known(channel, items))
    _judge_anew(channel, changed)
    match_cases(channel.workspace_id, {message.case_id for message in changed})
    outbound.lanes_moved(channel.workspace_id, _moves(channel, changed))
    emit(
        MessageAmended(message.workspace_id, message.case_id, message.id, message.version)
        for message in changed
    )
    return changed


def _known(channel: Channel, items: Sequence[Change]) -> list[Change]:
    """Leave out what only a search tells of: of strangers' words that we did not take in."""
    items = forgotten.left_of(channel, items)
    heard = [item.external_id for item in items if source_of(item) is Source.SEARCH]
    if not heard:
        return list(items)
    ids = [clean(one)[0] for one in heard]
    seen = seen_on(channel.workspace_id, [channel.id], ids)
    return [
        item
        for item in items
        if source_of(item) is not Source.SEARCH or clean(item.external_id)[0] in seen
    ]


def _judge_anew(channel: Channel, changed: Sequence[Message]) -> None:
    """An edit can turn thanks into a complaint: what it asks of us, and by when, follows it."""
    verdicts = triage.assess(changed)
    if not verdicts:
        return
    owing = owed(channel.workspace_id, {message.case_id for message in changed})
    heard = {k: v for k, v in verdicts.items() if v.message.case_id not in owing}
    conversations.apply_verdicts({k: v for k, v in verdicts.items() if k not in heard})
    conversations.apply_verdicts(heard, is_owed=False)
    sla.reconcile(channel.workspace_id, owing, why="judged_anew")
    asking = [v.message for k, v in verdicts.items() if k not in heard]
    sla.reconcile_first_replies(channel.workspace_id, asking, verdicts, why="judged_anew")
    past = sla.past_of(channel.workspace_id, {message.case_id for message in changed})
    current = {k: v for k, v in verdicts.items() if v.message.case_id not in past}
    raise_alarms(channel.workspace_id, current)


@takes(MessageDeleted)
@transaction.atomic
def take_deletions(channel: Channel, items: Sequence[MessageDeleted]) -> None:
    """Mark messages as withdrawn; where the network demands it, their text goes too."""
    gone = conversations.record_deletion(channel, _known(channel, items))
    sla.reconcile(channel.workspace_id, {message.case_id for message in gone}, why="withdrawn")
    sla.reconcile_first_replies(channel.workspace_id, gone, {}, why="withdrawn")
    media.drop_later(gone)
    outbound.lanes_moved(channel.workspace_id, _moves(channel, gone))
    emit(MessageWithdrawn(message.workspace_id, message.case_id, message.id) for message in gone)


@takes(Reacted)
@transaction.atomic
def take_reactions(channel: Channel, items: Sequence[Reacted]) -> None:
    """Count likes and follows; they start no clock."""
    conversations.record_reactions(channel, forgotten.left_of(channel, items))


@takes(Receipt)
@transaction.atomic
def take_receipts(channel: Channel, items: Sequence[Receipt]) -> None:
    """Note how far our own messages have come."""
    outbound.record_receipts(channel.workspace_id, channel.id, items)
    conversations.record_receipts(channel, items)
    onward.read_in_chat(channel, items)


@takes(ThreadsMoved)
@transaction.atomic
def take_moves(channel: Channel, items: Sequence[ThreadsMoved]) -> None:
    """Let conversations go on where they have moved to, in the same cases."""
    conversations.rename_threads(channel, items)
    people = [item.person for item in items if item.person is not None]
    contacts.follow(channel.workspace_id, channel.network, people)


def source_of(item: Inbound) -> Source | None:
    """Return how an item came; None outside a drain."""
    raw = raw_of(item)
    return raw.source if raw is not None else None


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

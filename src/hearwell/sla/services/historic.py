"""Clocks of imported cases: reckoned from the record, closed, never due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from hearwell.conversations.models import Case, Conversation, Direction, Message
from hearwell.kit.rows import Maker, fetch, insert
from hearwell.sla.models import Ask, Clock, ClockState, Policy
from hearwell.sla.rules import Asked, Replied, Span, spans
from hearwell.sla.services.book import Book, book_of
from hearwell.sla.services.plans import close, due
from hearwell.sla.services.starting import Customers, Verdict, start_clocks
from hearwell.sla.services.starting import _asks as asks_of
from hearwell.sla.services.waiting import replies_in

AT_ONCE = 1000
_FORGET = "DELETE FROM sla_clock WHERE workspace_id = %s AND case_id = ANY(%s) AND is_historic"
_clock_of = Maker(Clock)
Asks = Mapping[UUID, Sequence[Asked]]
Replies = Mapping[UUID, Sequence[Replied]]


def close_historic(
    workspace_id: UUID, case_ids: Iterable[UUID] | None = None, *, channel_id: UUID | None = None
) -> int:
    """Reckon the clocks of imported cases from the recorded times; return how many there are.

    Each is closed as met, missed or unanswered, under today's promises. It may be called again
    whenever more of a case has come in: the clocks are made anew. Nothing is emitted. Give the
    cases, or the channel whose cases are meant.
    """
    cases = list(case_ids or ())
    if channel_id is not None:
        threads = Conversation.objects.filter(workspace_id=workspace_id, channel_id=channel_id)
        cases += threads.order_by().values_list("case_id", flat=True)
    return sum(
        _reckon_anew(workspace_id, cases[start : start + AT_ONCE])
        for start in range(0, len(cases), AT_ONCE)
    )


def past_of(workspace_id: UUID, case_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these cases that are the past: nothing in them becomes due."""
    rows = Case.objects.filter(workspace_id=workspace_id, id__in=list(case_ids), is_historic=True)
    return set(rows.values_list("id", flat=True))


def judge_anew(
    workspace_id: UUID, messages: Sequence[Customers], verdicts: Mapping[UUID, Verdict]
) -> None:
    """Note what messages of the past ask for now, and reckon the clocks of their cases anew.

    One without a verdict was withdrawn and asks for nothing.
    """
    cases = {message.case_id for message in messages}
    ids = [message.id for message in messages]
    Ask.objects.filter(workspace_id=workspace_id, case_id__in=cases, message_id__in=ids).delete()
    start_clocks(workspace_id, messages, verdicts, historic=True)
    close_historic(workspace_id, cases)


def close_batch(
    workspace_id: UUID,
    fresh: Sequence[Message],
    verdicts: Mapping[UUID, Verdict],
    *,
    opened: Collection[UUID],
    book: Book,
) -> int:
    """Reckon the clocks of the cases that a batch of imported messages is part of.

    `opened` are those that this very batch opened: all there is of them is in hand, so nothing
    is read and nothing forgotten. That is nearly every case of an archive, and a third of what an
    import would cost otherwise. The others are made anew, as `close_historic` does.
    """
    new = [message for message in fresh if message.case_id in opened]
    made = _reckon(book, asks_of(new, verdicts), _replies(new))
    known = {message.case_id for message in fresh}.difference(opened)
    return made + close_historic(workspace_id, known)


def _replies(messages: Sequence[Message]) -> Replies:
    """Return people's replies by case, as `waiting.replies_in` reads them."""
    found: dict[UUID, list[Replied]] = defaultdict(list)
    for message in messages:
        if message.direction == Direction.OUT and not message.is_automatic:
            found[message.case_id].append(Replied(message.sent_at, message.id, message.is_holding))
    return found


@transaction.atomic
def _reckon_anew(workspace_id: UUID, cases: list[UUID]) -> int:
    asks, replies = _asks(workspace_id, cases), replies_in(workspace_id, cases)
    fetch(_FORGET, [workspace_id, cases], is_read=False)
    return _reckon(book_of(workspace_id), asks, replies)


def _reckon(book: Book, asks: Asks, replies: Replies) -> int:
    book.know(ask.message_id for asked in asks.values() for ask in asked)
    clocks = [
        _clock(case_id, span, book.policy_for(span.asked))
        for case_id, asked in asks.items()
        for span in spans(asked, replies.get(case_id, ()))
    ]
    insert(clocks)
    return len(clocks)


def _asks(workspace_id: UUID, case_ids: list[UUID]) -> Asks:
    rows = Ask.objects.filter(workspace_id=workspace_id, case_id__in=case_ids)
    found: dict[UUID, list[Asked]] = defaultdict(list)
    narrow = rows.values_list("case_id", "asked_at", "message_id", "urgency", "needs_answer")
    for case_id, at, message_id, urgency, needs_answer in narrow:
        found[case_id].append(Asked(at, message_id, urgency, needs_answer))
    return found


def _clock(case_id: UUID, span: Span, policy: Policy) -> Clock:
    asked = span.asked
    clock = _clock_of(
        workspace_id=policy.workspace_id,
        case_id=case_id,
        kind=span.kind.value,
        state=ClockState.UNANSWERED.value,
        started_at=asked.at,
        started_by=asked.message_id,
        urgency=asked.urgency,
        due_at=due(policy, span.kind, asked),
        policy_id=policy.id,
        policy_version=policy.version,
        is_historic=True,
    )
    clock.policy = policy
    if span.reply is not None:
        close(clock, span.reply)
    return clock

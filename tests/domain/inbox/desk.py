"""What the tests of merged and split cases share: questions asked, and what must always hold."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from hearwell.channels.models import Channel
from hearwell.conversations.models import (
    Case,
    Conversation,
    Message,
    Waiting,
)
from hearwell.inbox.intake import take_in
from hearwell.kit.clock import now
from hearwell.sla.models import Clock
from hearwell.triage.models import Verdict
from tests.factories import (
    make_item,
)

COMPLAINT = "My flight NW 482 was cancelled and nobody answers. What happens now?"


def ask(channel: Channel, text: str = COMPLAINT, *, minutes: float = -30, **more: Any) -> UUID:
    """Lena asks something; return the case."""
    more.setdefault("occurred_at", now() + timedelta(minutes=minutes))
    (message,) = take_in(channel, [make_item(text, **more)])
    return message.case_id


def case_of(case_id: UUID) -> Case:
    return Case.objects.get(id=case_id)


def home_of(case_id: UUID) -> Conversation:
    return Conversation.objects.get(case_id=case_id)


def running(case_id: UUID, kind: str = "answer") -> list[Clock]:
    return list(Clock.objects.filter(case_id=case_id, kind=kind, state="running"))


def is_sound() -> None:
    """Hold what must hold after anything: one place for all, one clock for who waits."""
    homes = dict(Conversation.objects.values_list("id", "case_id"))
    for message in Message.objects.exclude(conversation_id=None).defer("search"):
        assert homes[message.conversation_id] == message.case_id
    cases = dict(Message.objects.values_list("id", "case_id"))
    waits: Counter[UUID] = Counter()
    for wait in Waiting.objects.all():
        assert wait.case_id == cases[wait.id]
        waits[wait.case_id] += 1
    clocks = Clock.objects.filter(kind="answer", state="running")
    assert Counter(clock.case_id for clock in clocks) == Counter(list(waits))
    oldest = {w.case_id: w for w in Waiting.objects.order_by("-since", "-id")}
    for clock in clocks:
        assert clock.started_by == oldest[clock.case_id].id
        assert clock.started_at == oldest[clock.case_id].since
    for case in Case.objects.all():
        due = [c.due_at for c in Clock.objects.filter(case_id=case.id, state="running")]
        assert case.due_at == min(due, default=None), case.label
        assert (case.turn == "ours") == (case.id in waits)
        is_emptied = case.merged_into_id is not None
        assert is_emptied == (case.closed_reason == "merged")
        assert is_emptied or case.id in homes.values()
    for verdict in Verdict.objects.select_related("message"):
        assert verdict.case_id == verdict.message.case_id

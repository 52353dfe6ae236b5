"""Merges, splits, undos, answers and closings in any order keep everything once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearwell.accounts.models import Membership
from hearwell.channels.models import Channel
from hearwell.conversations.models import (
    Case,
    Conversation,
    Message,
    Move,
)
from hearwell.inbox import acts
from hearwell.inbox.acts import BadActError
from hearwell.inbox.intake import take_in
from hearwell.inbox.regrouping import merge_cases, split_case, undo_move
from hearwell.kit.clock import now
from hearwell.sla import services as sla
from tests.domain.inbox.desk import COMPLAINT, is_sound
from tests.factories import (
    DUARTE,
    make_dm,
    make_reply,
)
from tests.many import IS_LONG

pytestmark = pytest.mark.usefixtures("workspace")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "split", "undo", "undo", "ask", "answer", "close"]),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    max_size=14,
)


class Desk:
    """Some cases that somebody merges, splits, answers and closes, in any order."""

    def __init__(self, by: Membership, channels: list[Channel]) -> None:
        self.by, self.channels, self.count = by, channels, 0
        for number in range(4):
            self.ask(number, 0)

    def cases(self) -> list[UUID]:
        return list(Case.objects.order_by("number").values_list("id", flat=True))

    def ask(self, a: int, _b: int) -> None:
        self.count += 1
        author = {"author": DUARTE} if a % 2 else {}
        at = now() - timedelta(minutes=100 - self.count)
        item = make_dm(COMPLAINT, thread_key=f"t{a % 4}", occurred_at=at, **author)
        take_in(self.channels[a % 2], [item])

    def merge(self, a: int, b: int) -> None:
        cases = self.cases()
        merge_cases(cases[a % len(cases)], cases[b % len(cases)], self.by)

    def split(self, a: int, b: int) -> None:
        cases = self.cases()
        case_id = cases[a % len(cases)]
        homes = list(Conversation.objects.filter(case_id=case_id).order_by("id"))
        if homes:
            split_case(case_id, [homes[b % len(homes)].id], self.by)

    def undo(self, a: int, _b: int) -> None:
        moves = list(Move.objects.order_by("id").values_list("id", flat=True))
        if moves:
            undo_move(moves[a % len(moves)], self.by)

    def answer(self, a: int, _b: int) -> None:
        homes = list(Conversation.objects.order_by("id"))
        home = homes[a % len(homes)]
        said = make_reply(Case.objects.get(id=home.case_id), conversation=home)
        sla.meet_all(
            said.workspace_id, [sla.Answered(said.case_id, said.sent_at, reply_id=said.id)]
        )

    def close(self, a: int, _b: int) -> None:
        cases = self.cases()
        acts.close_case(cases[a % len(cases)], "answered_elsewhere", self.by)

    def step(self, name: str, a: int, b: int) -> None:
        try:
            with transaction.atomic():
                getattr(self, name)(a, b)
        except BadActError:
            pass


@settings(
    max_examples=60 if IS_LONG else 20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_any_order_keeps_every_message_once_and_one_clock_for_who_waits(
    anna, channel, other, steps
) -> None:
    point = transaction.savepoint()
    try:
        desk = Desk(anna, [channel, other])
        for step in steps:
            desk.step(*step)
            is_sound()
        assert Message.objects.filter(direction="in").count() == desk.count
        assert Conversation.objects.count() == 4
    finally:
        transaction.savepoint_rollback(point)

"""Two at once: one of them asks, one of them answers, one of them corrects."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from hearwell.accounts.models import Membership
from hearwell.board import services as board
from hearwell.conversations.models import Case
from hearwell.inbox.drafts import lock_case
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.sweep import SWEEPS, run_once
from hearwell.outbound.models import Delivery
from hearwell.sla.services.promises import ensure_defaults
from hearwell.surveys.models import Question
from hearwell.surveys.rules import Status
from hearwell.surveys.services import press
from tests import characters
from tests.domain.surveys.conftest import Solving
from tests.factories import make_channel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk() -> Any:
    """A workspace that others see, too, with its owner."""
    workspace = characters._workspace("Northwind Air", "northwind")
    with scope(workspace.id):
        characters._member(workspace, "Alice Adams", "owner", "AA")
    return workspace


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same time; return what came of each, exceptions among it."""
    start, came = threading.Barrier(len(works)), [None] * len(works)

    def do(place: int, work: Callable[[], Any]) -> None:
        start.wait(10)
        try:
            came[place] = work()
        except Exception as error:  # noqa: BLE001  it is what came of it
            came[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return came


def test_asked_once_though_two_sweep_and_answered_once_though_two_press(desk):
    with scope(desk.id):
        ensure_defaults(desk)
        alice = Membership.objects.get(workspace=desk).user
        solving = Solving(desk, alice, make_channel())
        solving.choose()
        case = solving.solved()
    sweep = SWEEPS["surveys.ask"]
    with scope(desk.id):  # somebody is at the case: nobody waits for them
        lock_case(desk.id, case.id)
        assert at_once(lambda: run_once(sweep)) == [0]
    with scope(desk.id):
        one = Question.objects.get()
        assert (one.status, one.due_at > now()) == (Status.DUE, True)
        Question.objects.update(due_at=now())

    assert sorted(at_once(*[lambda: run_once(sweep)] * 3)) == [0, 0, 1]

    def pressed(answer: Status) -> bool:
        with scope(desk.id):
            return press(desk.id, one.id, answer)

    with scope(desk.id):
        assert Delivery.objects.count() == 1
    came = at_once(*[lambda a=answer: pressed(a) for answer in (Status.YES, Status.NO)])
    assert sorted(came) == [False, True]
    with scope(desk.id):
        kept = Question.objects.get().status
        assert came == [kept == Status.YES, kept == Status.NO]
        assert Case.objects.get().status == ("closed" if kept == Status.YES else "open")


def test_of_two_who_correct_at_once_one_is_told(desk):
    with scope(desk.id):
        lead = Membership.objects.select_related("user").get(workspace=desk)
        draft = board.save_draft(lead, board.Wording("Late"), board.About(entities=("NW 1",)))
        seen = draft.stamp

    def publish() -> str:
        with scope(desk.id):
            return board.publish(draft.id, lead, is_sure=True, seen=seen).state

    def correct(said: str) -> str:
        with scope(desk.id):
            return board.correct(draft.id, lead, board.Wording(said), seen=seen).state

    came = at_once(publish, publish)
    assert sum(isinstance(one, board.WrongStateError) for one in came) == 1
    came = at_once(lambda: correct("Until 15"), lambda: correct("Until 16"))
    assert sum(isinstance(one, board.WrongStateError) for one in came) == 1

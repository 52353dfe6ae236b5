"""Templates that the network takes back between the choice and the sending."""

from __future__ import annotations

from dataclasses import replace

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hearwell.connect import failures
from hearwell.connect.templates import Filled
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from tests.domain.outbound.conftest import Desk

PAUSED = failures.Refused("WhatsApp has paused this template for its low quality.")


def _sent(desk: Desk, *, is_template: bool = True) -> Delivery:
    filled = Filled("bag_found", "en", ()) if is_template else None
    return desk.send(desk.queue(draft=replace(desk.draft(), template=filled)))


def _checks(desk: Desk) -> list[object]:
    with scope(desk.workspace.id):
        waiting = ProcrastinateJob.objects.filter(task_name="channels.check_account", status="todo")
        return [job.args["channel_id"] for job in waiting]


def test_one_that_is_paused_says_so_once_and_is_looked_up_again(desk: Desk) -> None:
    desk.wire.then(PAUSED, PAUSED)
    for _ in range(2):
        row = _sent(desk)
        assert (row.state, row.failure_code) == ("failed", "refused")
        assert "paused" in row.failure_message
    assert desk.wire.posts == []
    assert _checks(desk) == [str(desk.channel.id)]


def test_one_that_went_through_asks_nothing(desk: Desk) -> None:
    assert _sent(desk).state == "sent"
    assert _checks(desk) == []


@pytest.mark.parametrize("answer", [PAUSED, failures.Unavailable()])
def test_other_answers_ask_nothing(desk: Desk, answer: failures.Failure) -> None:
    desk.wire.then(answer)
    _sent(desk, is_template=not isinstance(answer, failures.Refused))
    assert _checks(desk) == []

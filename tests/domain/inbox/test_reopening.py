"""A case that somebody takes back to work by hand: it is our turn, and the clock runs from then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from hearwell.channels.models import ChannelState
from hearwell.conversations.models import Case, Message, Waiting
from hearwell.conversations.services import record_deletion
from hearwell.events.models import Event
from hearwell.events.tasks import handle
from hearwell.inbox import acts
from hearwell.kit.clock import now
from hearwell.sla import handlers
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from hearwell.sla.queries import explain_clock
from tests.domain.inbox.conftest import Care, arrive


def close(care: Care) -> None:
    with care.inside():
        acts.close_case(care.case_id, "answered_elsewhere", care.anna)


def reopen(care: Care) -> Case:
    with care.inside():
        return acts.reopen_case(care.case_id, care.ben)


def clocks(care: Care) -> list[tuple[str, str]]:
    with care.inside():
        rows = Clock.objects.filter(case_id=care.case_id).order_by("started_at", "-kind")
        return [(clock.kind, clock.state) for clock in rows]


def running(care: Care) -> Clock:
    with care.inside():
        rows = Clock.objects.select_related("policy__calendar")
        return rows.get(case_id=care.case_id, state="running")


def test_an_answered_case_gets_an_answer_clock_from_that_moment(care: Care) -> None:
    care.deliver(care.send(care.reply()))
    close(care)
    before = now()
    case = reopen(care)
    assert (case.status, case.turn) == ("open", "ours")
    clock = running(care)
    assert clock.kind == "answer"
    assert clock.started_at >= before
    promised = timedelta(seconds=clock.policy.target_s("answer", clock.urgency))
    assert clock.due_at == clock.started_at + promised
    assert (case.due_at, case.waiting_since) == (clock.due_at, clock.started_at)
    assert clocks(care)[:2] == [("first_reply", "met"), ("answer", "met")]  # as they were counted


def test_what_was_stopped_stays_stopped_and_is_counted_apart(care: Care) -> None:
    close(care)  # nobody has answered
    reopen(care)
    assert clocks(care) == [
        ("first_reply", "cancelled"),
        ("answer", "cancelled"),
        ("answer", "running"),
    ]


def test_how_it_is_counted_says_so(care: Care) -> None:
    close(care)
    reopen(care)
    clock = running(care)
    with care.inside():
        (line,) = explain_clock(clock.id).lines
    assert (line.at, line.what, line.why) == (clock.started_at, "started", "reopened")
    assert line.data == {"by": str(care.ben.user_id)}


def test_the_next_answer_meets_it(care: Care) -> None:
    close(care)
    reopen(care)
    care.deliver(care.send(care.reply()))
    assert clocks(care)[-1] == ("answer", "met")
    assert care.case().turn == "theirs"


def test_a_holding_reply_does_not_meet_it(care: Care) -> None:
    close(care)
    reopen(care)
    care.deliver(care.send(care.reply(is_holding=True)))
    assert clocks(care)[-1] == ("answer", "running")


def test_what_the_customer_writes_next_joins_it(care: Care) -> None:
    close(care)
    reopen(care)
    began = running(care).started_at
    care.hears_from_lena("And my coat?")
    with care.inside():
        (answer,) = Clock.objects.filter(case_id=care.case_id, kind="answer", state="running")
    assert answer.started_at <= began


def test_an_edit_of_a_message_leaves_it_running(care: Care) -> None:
    close(care)
    reopen(care)
    with care.inside():
        sla.reconcile(care.ws, {care.case_id}, why="judged_anew")
    assert clocks(care)[-1] == ("answer", "running")


def test_a_message_that_is_withdrawn_ends_it(care: Care) -> None:
    from hearwell.connect.model import MessageDeleted
    from tests.harbour_wire import ACCOUNT

    close(care)
    reopen(care)
    with care.inside():
        message = Message.objects.get(case_id=care.case_id)
        gone = MessageDeleted(
            external_id=message.remote_id, dedup_key="d", occurred_at=now(), account=ACCOUNT
        )
        record_deletion(care.channel, [gone])
        sla.reconcile(care.ws, {care.case_id}, why="withdrawn")
    assert clocks(care)[-1] == ("answer", "cancelled")


def test_telling_of_the_closing_late_does_not_stop_it(care: Care) -> None:
    close(care)
    reopen(care)
    with care.inside():
        ids = [str(row.id) for row in Event.objects.filter(name="CaseClosed")]
    handler = f"{handlers.__name__}.stop_clocks"
    handle(workspace_id=str(care.ws), handler=handler, event_ids=ids)
    assert clocks(care)[-1] == ("answer", "running")


def test_closing_and_reopening_again_begins_again(care: Care) -> None:
    for _ in range(2):
        close(care)
        reopen(care)
    assert clocks(care)[-2:] == [("answer", "cancelled"), ("answer", "running")]


def test_reopening_what_is_open_changes_nothing(care: Care) -> None:
    before = clocks(care)
    reopen(care)
    assert clocks(care) == before


def test_in_an_archive_no_clock_begins(care: Care) -> None:
    close(care)
    with care.inside():
        care.channel.network = "archive"
        care.channel.save()
    reopen(care)
    assert ("answer", "running") not in clocks(care)


def test_where_answers_are_only_noted_by_hand_a_clock_begins(care: Care) -> None:
    close(care)
    with care.inside():
        care.channel.state = ChannelState.READ_ONLY
        care.channel.save()
    reopen(care)
    assert clocks(care)[-1] == ("answer", "running")


def test_a_case_in_which_nobody_wrote_has_nobody_to_answer(care: Care) -> None:
    close(care)
    with care.inside():
        Message.objects.filter(case_id=care.case_id).update(deleted_at=now())
    case = reopen(care)
    assert case.status == "open"
    assert ("answer", "running") not in clocks(care)


def test_one_person_waits_again_and_not_the_whole_thread(care: Care) -> None:
    arrive(care.channel, "Me too!")
    close(care)
    reopen(care)
    with care.inside():
        (waiting,) = Waiting.objects.filter(case_id=care.case_id)
        latest = Message.objects.filter(case_id=care.case_id).latest("sent_at")
    assert waiting.id == latest.id


def test_two_who_reopen_at_once_begin_one_clock(care: Care) -> None:
    close(care)
    together = Barrier(2)

    def press() -> None:
        together.wait()
        try:
            reopen(care)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        for one in [hands.submit(press) for _ in range(2)]:
            one.result()
    assert clocks(care).count(("answer", "running")) == 1


def test_whoever_may_only_look_may_not(care: Care) -> None:
    close(care)
    with care.inside(), pytest.raises(acts.NotAllowedError):
        acts.reopen_case(care.case_id, care.vera)

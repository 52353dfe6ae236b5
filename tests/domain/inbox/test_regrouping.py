"""Merging: nothing is lost, nothing begins anew, nothing is counted twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.connect.model import Audience
from hearwell.conversations.models import (
    Conversation,
    Draft,
    Message,
)
from hearwell.conversations.queries import case_list, case_page, filter_from
from hearwell.conversations.services import save_draft, tag
from hearwell.inbox import acts
from hearwell.inbox.regrouping import merge_cases, undo_move
from hearwell.kit.clock import now
from hearwell.outbound.models import Lane
from hearwell.routing.models import Claim
from hearwell.sla import services as sla
from hearwell.sla.models import Alarm, Clock
from hearwell.sla.queries import attainment
from tests.domain.inbox.desk import COMPLAINT, ask, case_of, home_of, is_sound, running
from tests.factories import (
    make_reply,
)

pytestmark = pytest.mark.usefixtures("workspace")


# --- merging -----------------------------------------------------------------------------------


def test_all_that_was_in_a_case_is_in_the_other_one(anna, channel, other) -> None:
    into, source = ask(channel), ask(other, minutes=-20)
    acts.add_note(source, "She called, too.", anna)
    tag([source], ["refund", "vip"])
    tag([into], ["VIP"])

    merge_cases(into, source, anna)

    said = [m.text for m in Message.objects.filter(case_id=into).order_by("sent_at")]
    assert said == [COMPLAINT, COMPLAINT, "She called, too."]
    page = case_page(anna.workspace_id, into)
    assert page is not None
    assert sorted(t.lower() for t in page.tags) == ["refund", "vip"]
    assert [thread.channel_id for thread in page.conversations] == [channel.id, other.id]
    is_sound()


def test_the_emptied_case_is_closed_and_leads_on(anna, channel, other) -> None:
    into, source = ask(channel), ask(other)

    merge_cases(into, source, anna)

    emptied = case_of(source)
    assert (emptied.status, emptied.closed_reason) == ("closed", "merged")
    assert emptied.merged_into_id == into
    assert (emptied.turn, emptied.due_at, emptied.waiting_since) == ("none", None, None)
    closed = case_list(anna.workspace_id, filter_from({"queue": "closed"}, None))
    assert closed.rows == []


def test_the_story_of_the_emptied_case_is_told_in_the_other_one(anna, channel, other) -> None:
    into, source, third = ask(channel), ask(other), ask(channel, thread_key="third")
    tag([source], ["refund"], anna.user_id)
    merge_cases(into, source, anna)
    merge_cases(third, into, anna)

    page = case_page(anna.workspace_id, third)

    assert page is not None
    assert "tagged" in [line.verb for line in page.log]


def test_the_result_says_what_its_messages_say(anna, channel, other) -> None:
    into = ask(channel, minutes=-30)
    source = ask(other, "Hello, is anybody there?", minutes=-10, audience=Audience.PRIVATE)
    merge_cases(into, source, anna)

    case = case_of(into)
    newest = Message.objects.filter(case_id=into).latest("sent_at")
    assert case.preview == "Hello, is anybody there?"
    assert (case.audience, case.channel_id) == ("private", other.id)
    assert case.last_inbound_at == case.last_message_at == newest.sent_at
    assert case.title.startswith("My flight NW 482")
    assert case.unread


def test_the_oldest_unanswered_message_decides_and_nothing_begins_anew(
    anna, channel, other
) -> None:
    older, newer = ask(channel, minutes=-60), ask(other, minutes=-20)
    (before,) = running(older)

    merge_cases(newer, older, anna)

    (clock,) = running(newer)
    assert (clock.id, clock.started_at) == (before.id, before.started_at)
    assert clock.due_at == before.due_at
    case = case_of(newer)
    assert case.waiting_since == before.started_at
    assert case.due_at == min(c.due_at for c in Clock.objects.filter(state="running"))
    is_sound()


def test_of_two_promises_the_sooner_holds_and_an_alarm_is_raised_once(anna, channel, other) -> None:
    into, source = ask(channel, minutes=-60), ask(other, minutes=-50)
    late = now() - timedelta(minutes=1)
    Clock.objects.filter(case_id=source, kind="answer").update(due_at=late)
    Clock.objects.filter(case_id=source, kind="first_reply").update(due_at=late)
    sla.sweep_breaches()
    alarms = Alarm.objects.count()
    assert alarms

    merge_cases(into, source, anna)
    sla.sweep_breaches()

    (clock,) = running(into)
    assert clock.due_at == late
    assert Alarm.objects.count() == alarms


def test_a_clock_that_took_over_is_due_as_it_was_when_the_other_leaves(
    anna, channel, other
) -> None:
    into, source = ask(channel, minutes=-60), ask(other, minutes=-50)
    soon = now() + timedelta(minutes=1)
    (mine,) = running(into)
    Clock.objects.filter(case_id=source, kind="answer").update(due_at=soon)
    moved = merge_cases(into, source, anna)
    assert running(into)[0].due_at == soon

    undo_move(moved.move.id, anna)

    assert running(into)[0].due_at == mine.due_at
    (theirs,) = running(source)
    assert theirs.due_at == soon
    is_sound()


def test_nothing_is_counted_twice(anna, channel, other) -> None:
    into, source = ask(channel, minutes=-60), ask(other, minutes=-50)
    merge_cases(into, source, anna)
    for home in Conversation.objects.filter(case_id=into):
        message = make_reply(case_of(into), conversation=home)
        sla.meet_all(anna.workspace_id, [sla.Answered(into, message.sent_at, reply_id=message.id)])

    kept = {
        one.kind: (one.met + one.breached, one.running, one.cancelled)
        for one in attainment(anna.workspace_id, now() - timedelta(days=1), now())
    }

    assert kept["answer"] == (2, 0, 0)  # each of the two was answered in its own thread
    assert kept["first_reply"] == (1, 0, 1)
    assert case_of(into).turn == "theirs"


def test_an_answer_in_one_thread_leaves_the_other_one_waiting(anna, channel, other) -> None:
    into, source = ask(channel, minutes=-60), ask(other, minutes=-50)
    (theirs,) = running(source)
    mine = home_of(into)
    merge_cases(into, source, anna)

    message = make_reply(case_of(into), conversation=mine)
    sla.meet_all(anna.workspace_id, [sla.Answered(into, message.sent_at, reply_id=message.id)])

    (clock,) = running(into)
    assert (clock.id, clock.due_at) == (theirs.id, theirs.due_at)
    is_sound()


def test_a_closed_case_comes_back_with_what_is_open(anna, channel, other) -> None:
    into, source = ask(channel), ask(other)
    acts.close_case(into, "answered_elsewhere", anna)

    moved = merge_cases(into, source, anna)

    assert case_of(into).status == "open"
    undo_move(moved.move.id, anna)
    assert (case_of(into).status, case_of(into).closed_reason) == ("closed", "answered_elsewhere")
    assert case_of(source).status == "open"
    is_sound()


def test_the_targets_people_stay_and_nobody_is_replaced(anna, channel, other, alice) -> None:
    into, source = ask(channel), ask(other)
    acts.assign_case([into], alice.id, anna)
    acts.assign_case([source], anna.user_id, anna)
    merge_cases(into, source, anna)
    assert case_of(into).assignee_id == alice.id


def test_a_case_that_nobody_has_gets_whoever_had_the_other_one(anna, channel, other) -> None:
    into, source = ask(channel), ask(other)
    acts.claim_case(source, anna)
    moved = merge_cases(into, source, anna)
    assert case_of(into).assignee_id == anna.user_id
    assert not Claim.objects.filter(case_id=source).exists()
    undo_move(moved.move.id, anna)
    assert case_of(into).assignee_id is None
    assert case_of(source).assignee_id == anna.user_id


def test_what_is_being_written_comes_along(anna, alice, channel, other) -> None:
    into, source = ask(channel), ask(other)
    save_draft(into, anna.user_id, "public", "Dear Lena")
    save_draft(source, anna.user_id, "public", "We found it")
    save_draft(source, alice.id, "public", "Alice's own")
    moved = merge_cases(into, source, anna)

    texts = dict(Draft.objects.filter(case_id=into).values_list("user_id", "text"))
    assert texts == {anna.user_id: "Dear Lena\n\nWe found it", alice.id: "Alice's own"}

    undo_move(moved.move.id, anna)
    assert [d.text for d in Draft.objects.filter(case_id=source)] == ["Alice's own"]


def test_lanes_stay_as_they_are(anna, channel, other) -> None:
    into, source = ask(channel), ask(other)
    before = dict(Lane.objects.values_list("id", "version"))
    merge_cases(into, source, anna)
    assert dict(Lane.objects.values_list("id", "version")) == before

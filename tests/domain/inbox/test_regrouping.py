"""Merge, split and both back: nothing is lost, nothing is counted twice, whatever the order."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearwell.accounts.models import AuditRow, Membership, User
from hearwell.channels.models import Channel
from hearwell.connect.model import Audience
from hearwell.conversations.models import (
    Case,
    CaseLog,
    Conversation,
    Draft,
    Message,
    Move,
    Waiting,
)
from hearwell.conversations.queries import case_list, case_page, filter_from
from hearwell.conversations.services import CaseMovedError, save_draft, tag
from hearwell.inbox import acts
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.inbox.intake import take_deletions, take_edits, take_in
from hearwell.inbox.regrouping import merge_cases, split_case, undo_move
from hearwell.kit.clock import now
from hearwell.outbound.models import Lane
from hearwell.routing.models import Claim
from hearwell.routing.services import TakenError
from hearwell.sla import services as sla
from hearwell.sla.models import Alarm, Clock
from hearwell.sla.queries import attainment
from hearwell.triage.models import Verdict
from tests.factories import (
    DUARTE,
    make_channel,
    make_deletion,
    make_dm,
    make_echo,
    make_edit,
    make_item,
    make_reply,
)

pytestmark = pytest.mark.usefixtures("workspace")
COMPLAINT = "My flight NW 482 was cancelled and nobody answers. What happens now?"


@pytest.fixture
def anna(bob: User) -> Membership:
    return Membership.objects.select_related("user").get(user=bob)


@pytest.fixture
def channel() -> Channel:
    return make_channel()


@pytest.fixture
def other() -> Channel:
    return make_channel("sandbox", "NorthwindCare")


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
    acts.close_case(into, "solved", anna)

    moved = merge_cases(into, source, anna)

    assert case_of(into).status == "open"
    undo_move(moved.move.id, anna)
    assert (case_of(into).status, case_of(into).closed_reason) == ("closed", "solved")
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


# --- what comes later --------------------------------------------------------------------------


def test_what_comes_later_lands_where_the_conversation_is(anna, channel, other) -> None:
    into, source = ask(channel), ask(other, thread_key="t", external_id="first")
    merge_cases(into, source, anna)

    late = make_item("And my bag?", thread_key="t", occurred_at=now() - timedelta(minutes=5))
    again = make_item(COMPLAINT, thread_key="t", external_id="first")
    fresh = take_in(other, [again, late])

    assert [message.case_id for message in fresh] == [into]
    assert not Message.objects.filter(case_id=source).exists()
    is_sound()


def test_edits_deletions_and_answers_from_outside_find_it(anna, channel, other) -> None:
    item = make_item(COMPLAINT, thread_key="t", occurred_at=now() - timedelta(minutes=20))
    into = ask(channel)
    (message,) = take_in(other, [item])
    merge_cases(into, message.case_id, anna)

    take_edits(other, [make_edit(item, "Forget it, but where is my bag?")])
    assert case_of(into).preview == "Forget it, but where is my bag?"
    take_in(other, [make_echo(thread_key="t")])
    is_sound()
    take_deletions(other, [make_deletion(item)])
    is_sound()


# --- and back ----------------------------------------------------------------------------------


def test_undo_brings_all_back_and_what_came_meanwhile_goes_with_its_thread(
    anna, channel, other
) -> None:
    into, source = ask(channel, minutes=-60), ask(other, thread_key="t")
    note = acts.add_note(source, "She called.", anna)
    tag([source], ["refund"])
    before = {i: (case_of(i).preview, case_of(i).due_at, case_of(i).kind) for i in (into, source)}
    moved = merge_cases(into, source, anna)
    take_in(other, [make_item("And my bag?", thread_key="t")])
    late_note = acts.add_note(into, "Since the merge.", anna)

    undo_move(moved.move.id, anna)

    theirs = list(Message.objects.filter(case_id=source).order_by("sent_at"))
    assert {m.text for m in theirs} == {COMPLAINT, "And my bag?", note.text}
    assert Message.objects.get(id=late_note.id).case_id == into
    assert case_of(into).preview == before[into][0]
    assert case_of(into).due_at == before[into][1]
    assert (case_of(source).status, case_of(source).merged_into_id) == ("open", None)
    page = case_page(anna.workspace_id, into)
    assert page is not None
    assert list(page.tags) == []
    is_sound()


def test_undo_twice_changes_nothing(anna, channel, other) -> None:
    into, source = ask(channel), ask(other)
    moved = merge_cases(into, source, anna)
    undo_move(moved.move.id, anna)
    version = case_of(source).version
    undo_move(moved.move.id, anna)
    assert case_of(source).version == version


def test_what_was_solved_together_stays_solved(anna, channel, other) -> None:
    into, source = ask(channel), ask(other)
    moved = merge_cases(into, source, anna)
    acts.close_case(into, "solved", anna)
    undo_move(moved.move.id, anna)
    assert (case_of(source).status, case_of(source).closed_reason) == ("closed", "solved")
    is_sound()


def test_a_thread_that_went_on_elsewhere_cannot_be_taken_back(anna, channel, other) -> None:
    into, source, third = ask(channel), ask(other), ask(channel, thread_key="third")
    moved = merge_cases(into, source, anna)
    on = merge_cases(third, into, anna)
    with pytest.raises(BadActError, match="moved on"):
        undo_move(moved.move.id, anna)
    undo_move(on.move.id, anna)
    undo_move(moved.move.id, anna)
    assert home_of(source)
    is_sound()


def test_messages_that_the_target_had_before_stay_there(anna, channel, other) -> None:
    """The thread began in one case, went on in a later one, and both are joined again."""
    first = ask(channel, thread_key="t", minutes=-90)
    acts.close_case(first, "solved", anna)
    Case.objects.filter(id=first).update(closed_at=now() - timedelta(days=60))
    second = ask(channel, thread_key="t", minutes=-1)
    assert first != second
    old = Message.objects.get(case_id=first)
    moved = merge_cases(first, second, anna)
    assert Message.objects.filter(case_id=first).count() == 2

    undo_move(moved.move.id, anna)

    assert Message.objects.get(case_id=first).id == old.id
    assert Message.objects.get(case_id=second).case.status == "open"
    assert case_of(first).status == "closed"


# --- splitting ---------------------------------------------------------------------------------


def test_a_conversation_is_split_off_into_a_case_of_its_own(anna, channel, other) -> None:
    into, source = ask(channel, minutes=-60), ask(other, "Is lounge food free?", minutes=-20)
    thread = home_of(source)
    merge_cases(into, source, anna)

    moved = split_case(into, [thread.id], anna)

    new = case_of(moved.cases[0])
    assert new.id not in {into, source}
    assert (new.status, new.title) == ("open", "Is lounge food free?")
    assert Message.objects.get(case_id=new.id).conversation_id == thread.id
    is_sound()


def test_a_split_is_taken_back(anna, channel, other) -> None:
    into, source = ask(channel, minutes=-60), ask(other, minutes=-20)
    thread = home_of(source)
    merge_cases(into, source, anna)
    moved = split_case(into, [thread.id], anna)
    new = moved.cases[0]
    acts.add_note(new, "Apart.", anna)

    undo_move(moved.move.id, anna)

    assert case_of(new).merged_into_id == into
    assert Message.objects.filter(case_id=into).count() == 3
    is_sound()


def test_a_case_is_never_split_empty(anna, channel) -> None:
    case_id = ask(channel)
    with pytest.raises(BadActError, match="Nothing would be left"):
        split_case(case_id, [home_of(case_id).id], anna)


def test_a_thread_of_another_case_is_not_split_off(anna, channel, other) -> None:
    case_id, stranger = ask(channel), ask(other)
    with pytest.raises(BadActError, match="not in"):
        split_case(case_id, [home_of(stranger).id], anna)


# --- what is refused ---------------------------------------------------------------------------


def test_the_past_is_not_mixed_with_the_present(anna, channel, other) -> None:
    live = ask(channel)
    Case.objects.filter(id=(past := ask(other))).update(is_historic=True)
    for pair in ((live, past), (past, live)):
        with pytest.raises(BadActError, match="record of the past"):
            merge_cases(*pair, anna)


def test_a_case_is_not_merged_into_itself_or_into_an_emptied_one(anna, channel, other) -> None:
    one, two, three = ask(channel), ask(other), ask(channel, thread_key="third")
    with pytest.raises(BadActError, match="this very case"):
        merge_cases(one, one, anna)
    merge_cases(one, two, anna)
    for pair in ((three, two), (two, three)):
        with pytest.raises(BadActError, match="merged into another"):
            merge_cases(*pair, anna)


def test_an_emptied_case_is_not_reopened(anna, channel, other) -> None:
    one, two = ask(channel), ask(other)
    merge_cases(one, two, anna)
    with pytest.raises(CaseMovedError):
        acts.reopen_case(two, anna)
    is_sound()


def test_whoever_looked_at_something_older_is_told(anna, channel, other) -> None:
    one, two = ask(channel, thread_key="t"), ask(other)
    seen = {one: case_of(one).version, two: case_of(two).version}
    ask(channel, "Hello?", thread_key="t", minutes=-1)
    with pytest.raises(CaseMovedError):
        merge_cases(one, two, anna, expected=seen)


def test_nobodys_case_is_moved_away_under_their_hands(anna, alice, channel, other) -> None:
    one, two = ask(channel), ask(other)
    acts.claim_case(two, Membership.objects.get(user=alice))
    with pytest.raises(TakenError, match="Alice"):
        merge_cases(one, two, anna)


def test_who_may_only_look_moves_nothing(anna, channel, other) -> None:
    one, two = ask(channel), ask(other)
    anna.role = "viewer"
    with pytest.raises(NotAllowedError):
        merge_cases(one, two, anna)


def test_it_is_audited_and_logged_with_the_reason(anna, channel, other) -> None:
    one, two = ask(channel), ask(other)
    moved = merge_cases(one, two, anna, why="Same booking NW-4F7K2")
    undo_move(moved.move.id, anna)
    actions = list(AuditRow.objects.order_by("id").values_list("action", "summary"))
    assert ("case.merged", "Same booking NW-4F7K2") in actions
    assert "case.unmoved" in dict(actions)
    verbs = [line.verb for line in CaseLog.objects.filter(case_id=one).order_by("id")]
    assert verbs[-2:] == ["merged", "unmerged"]


# --- any order ---------------------------------------------------------------------------------

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
        acts.close_case(cases[a % len(cases)], "solved", self.by)

    def step(self, name: str, a: int, b: int) -> None:
        try:
            with transaction.atomic():
                getattr(self, name)(a, b)
        except BadActError:
            pass


@settings(
    max_examples=60,
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

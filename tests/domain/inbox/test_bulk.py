"""Many cases at once: what is done, what is left, and what the undo gives back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hearwell.accounts.models import AuditRow, Membership, User, Workspace
from hearwell.channels.models import Channel
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Batch, Case, CaseTag, Status, Waiting
from hearwell.inbox import acts, bulk
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.inbox.bulk import BatchGoneError
from hearwell.inbox.intake import take_in
from hearwell.inbox.regrouping import merge_cases
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.sla.models import Clock
from tests.factories import DUARTE, make_channel, make_item, make_reply

NO_ANSWER = "no_answer_needed"


@pytest.fixture
def channel(workspace: Workspace) -> Channel:
    return make_channel()


@pytest.fixture
def by(bob: User) -> Membership:
    return Membership.objects.get(user=bob)


@pytest.fixture
def cases(channel: Channel) -> list[Case]:
    messages = take_in(channel, [make_item(f"Where is bag {n}?", author=a) for n, a in AUTHORS])
    return [Case.objects.get(id=message.case_id) for message in messages]


AUTHORS: list[tuple[int, Any]] = [(1, DUARTE), (2, DUARTE), (3, DUARTE)]
STATE = ("status", "closed_reason", "closed_at", "turn", "waiting_since", "due_at",
         "snoozed_until", "unread", "assignee_id")  # fmt: skip


def unseen(cases: list[Case]) -> dict[UUID, None]:
    return dict.fromkeys(case.id for case in cases)


def state(case: Case) -> dict[str, Any]:
    return Case.objects.filter(id=case.id).values(*STATE).get()


def clocks(case: Case) -> list[dict[str, Any]]:
    found = Clock.objects.filter(case_id=case.id).order_by("kind")
    return list(found.values("kind", "state", "started_at", "due_at", "breached_at", "policy_id"))


def test_closing_is_undone_as_if_it_had_not_been(cases: list[Case], by: Membership) -> None:
    before = [(state(case), clocks(case)) for case in cases]
    waiting = set(Waiting.objects.values_list("id", "since", "kind", "urgency"))

    done = bulk.close_cases(unseen(cases), NO_ANSWER, by)

    assert (done.done, done.left) == (3, 0)
    assert {state(case)["status"] for case in cases} == {Status.CLOSED}
    assert {c["state"] for case in cases for c in clocks(case)} == {"cancelled"}
    assert not Waiting.objects.exists()
    undone = bulk.undo(done.batch.id, by)
    assert (len(undone.case_ids), undone.left) == (3, 0)
    assert [(state(case), clocks(case)) for case in cases] == before
    assert set(Waiting.objects.values_list("id", "since", "kind", "urgency")) == waiting


def test_what_somebody_changed_since_is_left_alone_and_told(
    cases: list[Case], by: Membership, alice: User
) -> None:
    boss = Membership.objects.get(user=alice)
    first, second, _ = cases
    done = bulk.close_cases(unseen(cases), NO_ANSWER, by)
    acts.reopen_case(first.id, boss)
    acts.close_case(first.id, "duplicate", boss)
    acts.reopen_case(second.id, boss)

    undone = bulk.undo(done.batch.id, by)

    assert (len(undone.case_ids), undone.left) == (1, 2)
    assert state(first)["closed_reason"] == "duplicate"


def test_a_message_since_is_not_lost_by_the_undo(
    channel: Channel, cases: list[Case], by: Membership
) -> None:
    key = cases[0].conversations.get().thread_key
    done = bulk.close_cases(unseen(cases[:1]), NO_ANSWER, by)
    take_in(channel, [make_item("Hello? Where is it?", author=DUARTE, thread_key=key)])
    open_now = state(cases[0])

    assert bulk.undo(done.batch.id, by).left == 1
    assert state(cases[0]) == open_now


def test_snoozing_is_undone_to_what_was(cases: list[Case], by: Membership) -> None:
    acts.snooze_case(cases[0].id, now() + timedelta(days=2), by)
    before = [state(case) for case in cases]

    done = bulk.snooze_cases(unseen(cases), now() + timedelta(hours=3), by)
    assert {state(case)["status"] for case in cases} == {Status.SNOOZED}
    bulk.undo(done.batch.id, by)

    assert [state(case) for case in cases] == before


def test_everybody_gets_back_what_was_theirs(
    cases: list[Case], by: Membership, alice: User, bob: User
) -> None:
    acts.assign_case([cases[0].id], alice.id, by)
    before = [state(case)["assignee_id"] for case in cases]

    done = bulk.assign_cases([case.id for case in cases], bob.id, by)
    assert done.done == 3
    acts.assign_case([cases[2].id], alice.id, by)
    undone = bulk.undo(done.batch.id, by)

    assert undone.left == 1
    assert [state(case)["assignee_id"] for case in cases] == [*before[:2], alice.id]


def test_what_was_solved_since_stays_with_whoever_solved_it(
    cases: list[Case], by: Membership, alice: User
) -> None:
    done = bulk.assign_cases([case.id for case in cases], alice.id, by)
    acts.close_case(cases[0].id, NO_ANSWER, Membership.objects.get(user=alice))
    merge_cases(cases[2].id, cases[1].id, by)

    undone = bulk.undo(done.batch.id, by)

    assert (undone.case_ids, undone.left) == ([cases[2].id], 2)
    assert [state(case)["assignee_id"] for case in cases] == [alice.id, alice.id, None]


def test_nothing_goes_back_to_whoever_has_left(
    cases: list[Case], by: Membership, alice: User, bob: User
) -> None:
    acts.assign_case([cases[0].id], alice.id, by)
    done = bulk.assign_cases([cases[0].id], bob.id, by)
    Membership.objects.filter(user=alice).delete()

    assert bulk.undo(done.batch.id, by).left == 1
    assert state(cases[0])["assignee_id"] == bob.id


def test_the_trail_says_whose_a_case_is_again(cases: list[Case], by: Membership, bob: User) -> None:
    done = bulk.assign_cases([cases[0].id], bob.id, by)
    bulk.undo(done.batch.id, by)
    given, back = AuditRow.objects.filter(action="case.assigned").order_by("id")
    assert (given.before, given.after) == (back.after, back.before)
    assert back.target_id == cases[0].id


@pytest.mark.parametrize("act", ["close", "snooze"])
def test_what_a_customer_wrote_since_is_not_put_away_unread(
    channel: Channel, cases: list[Case], by: Membership, act: str
) -> None:
    seen = dict(Case.objects.values_list("id", "version"))
    key = cases[0].conversations.get().thread_key
    take_in(channel, [make_item("Hello? Where is it?", author=DUARTE, thread_key=key)])

    if act == "close":
        done = bulk.close_cases(seen, NO_ANSWER, by)
    else:
        done = bulk.snooze_cases(seen, now() + timedelta(hours=3), by)

    assert (done.done, done.left, done.moved) == (2, 1, 1)
    assert state(cases[0])["status"] == Status.OPEN


def test_a_label_comes_off_those_that_had_it_not(cases: list[Case], by: Membership) -> None:
    conversations.tag([cases[0].id], ["Storm"], by.user_id)

    done = bulk.tag_cases([case.id for case in cases], " storm ", by)
    assert (done.done, done.left) == (2, 1)
    bulk.undo(done.batch.id, by)

    assert list(CaseTag.objects.values_list("case_id", flat=True)) == [cases[0].id]


def test_what_nobody_answered_is_left_where_it_would_be_called_solved(
    cases: list[Case], by: Membership
) -> None:
    make_reply(cases[0])
    done = bulk.close_cases(unseen(cases), "solved", by)
    assert (done.done, done.left, done.unanswered) == (1, 2, 2)
    assert state(cases[0])["status"] == Status.CLOSED


def test_an_undo_is_theirs_and_once_and_soon(
    cases: list[Case], by: Membership, alice: User
) -> None:
    done = bulk.close_cases(unseen(cases[:1]), NO_ANSWER, by)
    with pytest.raises(BatchGoneError):
        bulk.undo(done.batch.id, Membership.objects.get(user=alice))
    bulk.undo(done.batch.id, by)
    with pytest.raises(BatchGoneError):
        bulk.undo(done.batch.id, by)
    late = bulk.close_cases(unseen(cases[:1]), NO_ANSWER, by)
    Batch.objects.update(at=now() - bulk.UNDO_WITHIN - timedelta(seconds=1))
    with pytest.raises(BatchGoneError):
        bulk.undo(late.batch.id, by)


@pytest.mark.parametrize(
    "act",
    [
        lambda ids, by: bulk.close_cases(dict.fromkeys(ids), NO_ANSWER, by),
        lambda ids, by: bulk.tag_cases(ids, "x", by),
        lambda ids, by: bulk.assign_cases(ids, None, by),
        lambda ids, by: bulk.snooze_cases(dict.fromkeys(ids), now() + timedelta(hours=1), by),
    ],
)
def test_rights_hold(
    cases: list[Case], by: Membership, act: Callable[[list[Any], Membership], object]
) -> None:
    by.role = "viewer"
    with pytest.raises(NotAllowedError):
        act([cases[0].id], by)
    by.role = "agent"
    with pytest.raises(BadActError):
        act([uuid7() for _ in range(bulk.MOST + 1)], by)


def test_a_stranger_is_given_nothing(cases: list[Case], by: Membership, charlie: User) -> None:
    with pytest.raises(BadActError):
        bulk.assign_cases([cases[0].id], charlie.id, by)
    assert state(cases[0])["assignee_id"] is None

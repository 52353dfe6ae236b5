"""What comes after a merge, the way back, splits, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow, Membership
from hearwell.conversations.models import (
    Case,
    CaseLog,
    Message,
    Move,
)
from hearwell.conversations.queries import case_page
from hearwell.conversations.services import CaseMovedError, tag
from hearwell.inbox import acts
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.inbox.intake import take_deletions, take_edits, take_in
from hearwell.inbox.regrouping import merge_cases, split_case, undo_move
from hearwell.kit.clock import now
from hearwell.routing.services import TakenError
from tests.domain.inbox.desk import COMPLAINT, ask, case_of, home_of, is_sound
from tests.factories import (
    make_deletion,
    make_echo,
    make_edit,
    make_item,
)

pytestmark = pytest.mark.usefixtures("workspace")


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
    acts.close_case(into, "answered_elsewhere", anna)
    undo_move(moved.move.id, anna)
    assert (case_of(source).status, case_of(source).closed_reason) == (
        "closed",
        "answered_elsewhere",
    )
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
    acts.close_case(first, "answered_elsewhere", anna)
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
    lines = {line.action: line for line in AuditRow.objects.order_by("id")}
    # The reason may name a customer: it stands with the move, which the trail names.
    assert lines["case.merged"].after["move_id"] == str(moved.move.id)
    assert Move.objects.get(id=moved.move.id).why == "Same booking NW-4F7K2"
    assert "4F7K2" not in str([vars(line) for line in lines.values()])
    assert "case.unmoved" in lines
    verbs = [line.verb for line in CaseLog.objects.filter(case_id=one).order_by("id")]
    assert verbs[-2:] == ["merged", "unmerged"]

"""Two people at once, or a person and a network: one wins, the other is told, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection

from hearwell.conversations.models import Case, CaseLog, Conversation, Draft, Message, Waiting
from hearwell.inbox import acts, reply
from hearwell.inbox.drafts import keep_draft
from hearwell.inbox.regrouping import merge_cases, split_case, undo_move
from hearwell.inbox.unsendable import Emptied
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery, Lane
from hearwell.outbound.queries import waiting_files
from hearwell.outbound.rules import State
from hearwell.sla.models import Clock
from tests.domain.inbox.conftest import Care


def at_once(care: Care, *deeds: Callable[[], object]) -> list[object]:
    """Do them in threads of their own; return results or errors."""
    results: list[object] = [None] * len(deeds)
    start = Barrier(len(deeds))

    def run(number: int) -> None:
        try:
            start.wait(10)
            with scope(care.ws):
                results[number] = deeds[number]()
        except Exception as error:  # noqa: BLE001  it is what the test looks at
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def names(results: Sequence[object]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def merge(care: Care, *, back: bool = False) -> Callable[[], object]:
    """Merge the private case into the public one, or the other way round."""
    pair = (care.case_id, care.private_case_id)
    into, source = reversed(pair) if back else pair
    return lambda: merge_cases(into, source, care.anna)


def all_is_sound(care: Care) -> None:
    with care.inside():
        homes = dict(Conversation.objects.values_list("id", "case_id"))
        for message in Message.objects.exclude(conversation_id=None):
            assert homes[message.conversation_id] == message.case_id
        for wait in Waiting.objects.all():
            assert wait.case_id == homes[wait.conversation_id]
        waiting = set(Waiting.objects.values_list("case_id", flat=True))
        running = Clock.objects.filter(kind="answer", state="running")
        assert sorted(running.values_list("case_id", flat=True)) == sorted(waiting)


def test_of_two_who_merge_the_same_pair_both_ways_one_is_told(care: Care) -> None:
    results = at_once(care, merge(care), merge(care, back=True))
    assert names(results) == ["BadActError", "Moved"]
    all_is_sound(care)


def test_who_merges_twice_has_merged_once(care: Care) -> None:
    results = at_once(care, *(merge(care),) * 3)
    assert names(results) == ["BadActError", "BadActError", "Moved"]
    with care.inside():
        assert CaseLog.objects.filter(verb="merged").count() == 1


def test_an_answer_and_a_merge_at_once_lose_nothing(care: Care) -> None:
    said = care.reply(case_id=care.private_case_id, audience="private")

    answer, merged = at_once(care, lambda: reply.send_reply(said, care.anna), merge(care))

    assert type(merged).__name__ == "Moved"
    with care.inside():
        thread = Conversation.objects.get(audience="private")
        assert thread.case_id == care.case_id
        sent = list(Delivery.objects.values_list("lane_id", flat=True))
    if isinstance(answer, Delivery):
        assert sent == [thread.id]
    else:
        assert isinstance(answer, Emptied)
        assert sent == []
    all_is_sound(care)


def test_what_arrives_during_a_merge_is_where_its_thread_is(care: Care) -> None:
    results = at_once(
        care,
        merge(care),
        *(lambda n=n: care.hears_from_lena(f"Hello {n}?", private=True) for n in range(4)),
    )
    assert [r for r in results if isinstance(r, Exception)] == []
    all_is_sound(care)
    with care.inside():
        assert Message.objects.filter(case_id=care.case_id).count() == 6


def test_closing_and_merging_at_once_leave_no_clock_behind(care: Care) -> None:
    results = at_once(
        care,
        merge(care),
        lambda: acts.close_case(care.private_case_id, "answered_elsewhere", care.ben),
        lambda: acts.close_case(care.case_id, "answered_elsewhere", care.ben),
    )
    assert [r for r in results if isinstance(r, Exception)] == []
    all_is_sound(care)


def test_two_who_take_it_back_at_once_do_it_once(care: Care) -> None:
    with care.inside():
        moved = merge(care)()
    results = at_once(care, *(lambda: undo_move(moved.move.id, care.ben),) * 2)  # type: ignore[attr-defined]
    assert names(results) == ["Moved", "Moved"]
    with care.inside():
        assert CaseLog.objects.filter(verb="unmerged").count() == 1
    all_is_sound(care)


# --- a reply that was on its way ---------------------------------------------------------------


def test_a_reply_written_before_goes_to_its_own_thread_and_is_not_stale(care: Care) -> None:
    row = care.send(care.reply(case_id=care.private_case_id, audience="private"))
    with care.inside():
        merge(care)()
    sent = care.deliver(row)
    assert sent.state == State.SENT
    with care.inside():
        message = Message.objects.get(delivery_id=row.id)
        assert message.case_id == care.case_id
        assert message.conversation.audience == "private"
        assert Lane.objects.get(id=row.lane_id).id == message.conversation_id
    all_is_sound(care)


def test_it_is_stale_when_the_customer_wrote_on_and_the_case_is_told(care: Care) -> None:
    row = care.send(care.reply(case_id=care.private_case_id, audience="private"))
    with care.inside():
        merge(care)()
    care.hears_from_lena("Wait, one more thing.", private=True)
    assert care.deliver(row).state == State.STALE
    with care.inside():
        line = CaseLog.objects.get(verb="reply_stale")
        assert line.case_id == care.case_id


def test_a_reply_taken_back_after_a_merge_is_a_draft_where_its_thread_is(care: Care) -> None:
    row = care.send(care.reply(case_id=care.private_case_id, audience="private", undo_s=30))
    with care.inside():
        merge(care)()
        assert reply.undo(row.id, care.anna)
        draft = Draft.objects.get()
    assert (draft.case_id, draft.text) == (care.case_id, "On our way.")


def test_a_reply_taken_back_after_a_split_follows_its_thread(care: Care) -> None:
    with care.inside():
        merge(care)()
    row = care.send(care.reply(audience="private", undo_s=30))
    with care.inside():
        new = split_case(care.case_id, [row.lane_id], care.anna).cases[0]
        assert reply.undo(row.id, care.anna)
        assert Draft.objects.get().case_id == new


def test_a_draft_saved_late_is_kept_where_the_case_went(care: Care) -> None:
    with care.inside():
        merge(care)()
        keep_draft(care.private_case_id, "private", "Dear Lena", key=uuid7(), by=care.anna)
        draft = Draft.objects.get()
    assert draft.case_id == care.case_id


def test_a_draft_saved_late_does_not_take_the_place_of_another(care: Care) -> None:
    with care.inside():
        keep_draft(care.case_id, "public", "Mine, there", key=uuid7(), by=care.anna)
        merge(care)()
        keep_draft(care.private_case_id, "public", "And this", key=uuid7(), by=care.anna)
        assert Draft.objects.get().text == "And this\n\nMine, there"


def test_files_of_two_drafts_are_in_one_composer(care: Care) -> None:
    keys = {care.case_id: uuid7(), care.private_case_id: uuid7()}
    with care.inside():
        for number, (case_id, key) in enumerate(keys.items()):
            outbound.attach(care.ws, key, f"{number}.txt", f"file {number}".encode())
            keep_draft(case_id, "public", f"Words {number}", key=key, by=care.anna)
        merge(care)()
        draft = Draft.objects.get()
        assert (draft.key, draft.has_files) == (keys[care.case_id], True)
        waiting = waiting_files(care.ws, keys[care.case_id])
        assert sorted(file.name for file in waiting) == ["0.txt", "1.txt"]


def test_a_reply_to_an_emptied_case_is_refused_with_the_way_there(care: Care) -> None:
    said = care.reply(case_id=care.private_case_id, audience="private")
    with care.inside():
        merge(care)()
    with pytest.raises(Emptied) as refusal:
        care.send(said)
    assert refusal.value.into_id == care.case_id
    with care.inside():
        assert Delivery.objects.count() == 0


def test_who_wrote_in_the_target_before_is_told(care: Care) -> None:
    said = care.reply(seen_message_id=_first_message(care, care.case_id))
    with care.inside():
        merge(care)()
    with pytest.raises(reply.Conflict):
        care.send(said)


def _first_message(care: Care, case_id: UUID) -> UUID:
    with care.inside():
        return Message.objects.get(case_id=case_id).id


def test_case_numbers_go_on(care: Care) -> None:
    with care.inside():
        merge(care)()
        thread = Conversation.objects.get(audience="private")
        new = split_case(care.case_id, [thread.id], care.anna).cases[0]
        numbers = list(Case.objects.order_by("id").values_list("number", flat=True))
        assert Case.objects.get(id=new).number == max(numbers)
    assert len(set(numbers)) == 3

"""Asked once, of whom it may be asked; a no comes back first, a yes stays closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow, Membership
from hearwell.conversations import queries
from hearwell.conversations import services as conversations
from hearwell.conversations.listing import CaseFilter
from hearwell.conversations.models import CaseLog, Waiting
from hearwell.inbox.acts import close_case, reopen_case
from hearwell.inbox.reply import Reply, send_reply
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery
from hearwell.outbound.services import switches
from hearwell.sla.models import Clock
from hearwell.surveys.models import Question
from hearwell.surveys.queries import answers_since, total_of
from hearwell.surveys.rules import BUTTONS, QUESTIONS, Status
from hearwell.surveys.services import (
    BadChoiceError,
    BadLinkError,
    Link,
    link_of,
    press,
    read_link,
    take_back,
)
from tests.domain.surveys.conftest import later
from tests.factories import make_channel


def why() -> str:
    return Question.objects.get().why


def verbs(case) -> list[str]:
    found = CaseLog.objects.filter(case_id=case.id, verb__startswith="solved_")
    return list(found.order_by("id").values_list("verb", flat=True))


def test_nothing_is_asked_before_an_owner_says_so(solving):
    solving.choose(channel_ids=frozenset())
    solving.solved()
    assert (solving.ask(), Question.objects.count()) == (0, 0)


def test_asked_once_unsigned_and_marked_as_automatic(solving):
    case, _ = solving.asked()
    solving.hear("CaseClosed", case.id)
    assert solving.ask() == 0
    (row,) = solving.deliveries()
    assert row.author_id is None
    assert row.draft["text"] == QUESTIONS["en"]
    assert row.context["is_automatic"]
    assert verbs(case) == ["solved_asked"]


def test_not_before_its_delay(solving, frozen):
    solving.choose(delay_min=60)
    solving.solved()
    later(frozen, minutes=59)
    assert solving.ask() == 0
    later(frozen, minutes=2)
    assert solving.ask() == 1


def test_who_opened_it_again_is_not_asked(solving):
    case = solving.solved()
    reopen_case(case.id, solving.owner)
    assert (solving.ask(), why()) == (0, "reopened")


def test_who_has_had_the_last_word_is_not_asked(solving, frozen):
    case = solving.writes()
    solving.answers(case)
    later(frozen, minutes=1)
    case = solving.writes("Thank you so much!")
    close_case(case.id, "solved", solving.owner)
    solving.hear("CaseClosed", case.id)
    assert (solving.ask(), why()) == (0, "thanked")


def test_sent_and_solved_in_one_act_it_waits_until_the_answer_is_out(solving, frozen):
    case = solving.writes()
    said = Reply(
        case_id=case.id, text="On its way.", audience="private", key=uuid7(),
        seen_version=case.version,
    )  # fmt: skip
    send_reply(said, solving.owner)
    close_case(case.id, "solved", solving.owner, expected_version=None)
    solving.hear("CaseClosed", case.id)
    assert (solving.ask(), why()) == (0, "")
    later(frozen, minutes=1)
    solving.answers(case)
    Delivery.objects.update(state="sent")
    later(frozen, minutes=5)
    assert solving.ask() == 1


def test_who_was_asked_lately_is_not_asked_again(solving, frozen):
    solving.asked()
    later(frozen, days=29)
    solving.solved(thread="other")
    assert solving.ask() == 0
    assert set(Question.objects.values_list("status", "why")) == {
        ("asked", ""),
        ("skipped", "lately"),
    }
    later(frozen, days=2)
    solving.solved(thread="third")
    assert solving.ask() == 1


@pytest.mark.parametrize("scope", ["workspace", "unattended"])
def test_during_a_stop_it_waits_and_is_asked_afterwards(solving, frozen, scope):
    solving.solved()
    switches.stop(solving.workspace.id, scope, reason="Storm", by=solving.alice)
    assert solving.ask() == 0
    switches.resume(solving.workspace.id, scope, by=solving.alice)
    later(frozen, minutes=6)
    assert solving.ask() == 1


def test_a_stop_of_a_week_is_not_followed_by_questions_out_of_the_blue(solving, frozen):
    solving.solved()
    later(frozen, days=11)
    assert (solving.ask(), why()) == (0, "late")


def test_it_ends_with_the_owner_who_answers_for_it(solving):
    Membership.objects.filter(user=solving.alice).update(role="lead")
    solving.solved()
    assert (solving.ask(), why()) == (0, "nobody")


def test_a_no_comes_back_urgent_with_somebody_waiting_and_a_clock(solving, frozen):
    case, one = solving.asked()
    later(frozen, minutes=5)
    solving.writes("No.")
    one.refresh_from_db()
    case.refresh_from_db()
    assert one.status == Status.NO
    assert (case.status, case.turn, case.urgency) == ("open", "ours", 3)
    assert Waiting.objects.filter(case_id=case.id).count() == 1
    assert Clock.objects.filter(case_id=case.id, kind="answer", state="running").count() == 1
    assert verbs(case) == ["solved_asked", "solved_no"]


def test_a_yes_stays_closed(solving, frozen):
    case, one = solving.asked()
    later(frozen, minutes=5)
    solving.writes("Ja, danke!")
    one.refresh_from_db()
    case.refresh_from_db()
    assert (one.status, case.status, case.turn) == (Status.YES, "closed", "none")
    assert not Clock.objects.filter(case_id=case.id, state="running").exists()
    assert Question.objects.count() == 1


def test_anything_else_is_a_message_like_any_other_and_ends_the_listening(solving, frozen):
    case, one = solving.asked()
    later(frozen, minutes=5)
    solving.writes("And where is my second bag?")
    later(frozen, minutes=5)
    solving.writes("No")
    one.refresh_from_db()
    case.refresh_from_db()
    assert (one.status, case.status) == (Status.OTHER, "open")


def test_after_two_weeks_a_yes_is_about_something_else(solving, frozen):
    _, one = solving.asked()
    later(frozen, days=15)
    solving.writes("Yes")
    one.refresh_from_db()
    assert one.status == Status.OTHER


def test_a_press_counts_once(solving):
    case, one = solving.asked()
    assert press(solving.workspace.id, one.id, Status.NO)
    assert not press(solving.workspace.id, one.id, Status.YES)
    case.refresh_from_db()
    assert (case.status, case.turn, case.urgency) == ("open", "ours", 3)


def test_a_no_stands_first_until_somebody_answers_it(solving, frozen):
    solving.writes("My seat is broken", thread="other")
    case, one = solving.asked()
    later(frozen, minutes=5)
    press(solving.workspace.id, one.id, Status.NO)
    first = queries.case_list(solving.workspace.id, CaseFilter("needs")).rows[0]
    assert (first.id, first.is_unsolved) == (case.id, True)
    later(frozen, minutes=5)
    solving.answers(case, "We look again.", is_holding=True)
    case.refresh_from_db()
    assert case.unsolved_at is not None
    later(frozen, minutes=5)
    solving.answers(case, "Here it is.")
    case.refresh_from_db()
    assert (case.turn, case.unsolved_at) == ("theirs", None)


def test_a_no_that_was_closed_unanswered_is_first_again_when_it_comes_back(solving, frozen):
    case, one = solving.asked()
    press(solving.workspace.id, one.id, Status.NO)
    later(frozen, minutes=5)
    close_case(case.id, "duplicate", solving.owner)
    (row,) = queries.case_rows(solving.workspace.id, [case.id])
    assert not row.is_unsolved
    reopen_case(case.id, solving.owner)
    (row,) = queries.case_rows(solving.workspace.id, [case.id])
    assert row.is_unsolved


def test_a_misread_no_stands_as_before_and_counts_no_more(solving):
    case, one = solving.asked()
    press(solving.workspace.id, one.id, Status.NO)
    assert take_back(one.id, solving.owner)
    assert not take_back(one.id, solving.owner)
    case.refresh_from_db()
    one.refresh_from_db()
    assert (case.status, case.closed_reason) == ("closed", "solved")
    assert (case.urgency, case.unsolved_at) == (one.urgency_before, None)
    assert one.status == Status.UNDONE
    assert not Clock.objects.filter(case_id=case.id, state="running").exists()
    solving.hear("CaseClosed", case.id)
    assert Question.objects.count() == 1


@pytest.mark.parametrize("who", ["they", "we"])
def test_a_misread_no_stays_open_where_it_went_on(solving, frozen, who):
    case, one = solving.asked()
    press(solving.workspace.id, one.id, Status.NO)
    later(frozen, minutes=5)
    if who == "they":
        solving.writes("And where is my second bag?")
    else:
        solving.answers(case, "Sorry, we look again.")
    assert take_back(one.id, solving.owner)
    case.refresh_from_db()
    assert (case.status, case.unsolved_at) == ("open", None)


def test_a_no_goes_along_into_the_case_that_takes_all(solving, frozen):
    case, one = solving.asked()
    press(solving.workspace.id, one.id, Status.NO)
    other = solving.writes("My seat is broken", thread="other")
    moved = conversations.merge(other.id, case.id, solving.alice.id)
    other.refresh_from_db()
    assert other.unsolved_at is not None
    conversations.undo_move(moved.move.id, solving.alice.id)
    other.refresh_from_db()
    case.refresh_from_db()
    assert other.unsolved_at is None
    assert case.unsolved_at is not None
    conversations.merge(other.id, case.id, solving.alice.id)
    assert take_back(one.id, solving.owner)
    other.refresh_from_db()
    assert (other.status, other.unsolved_at) == ("open", None)


def test_in_the_chat_there_are_buttons_in_the_language_they_write(solving):
    chat = make_channel("webchat", "www.northwind.example")
    solving.choose(channel_ids=frozenset({chat.id}))
    solving.channel = chat
    solving.solved(text="Wo ist mein Koffer? Ich warte schon lange darauf.", thread="chat:1")
    assert solving.ask() == 1
    (row,) = solving.deliveries()
    assert (row.draft["text"], row.draft["choices"]) == (QUESTIONS["de"], [*BUTTONS["de"]])


def test_a_misread_yes_comes_back_to_work(solving, frozen):
    case, one = solving.asked()
    later(frozen, minutes=5)
    solving.writes("yes")
    assert take_back(one.id, solving.owner)
    case.refresh_from_db()
    assert (case.status, case.turn) == ("open", "ours")


def test_what_came_of_it_counts_what_the_network_has(solving, frozen):
    since = now() - timedelta(days=1)
    _, one = solving.asked()
    Delivery.objects.update(state="held")
    assert answers_since(solving.workspace.id, since) == []
    Delivery.objects.update(state="sent")
    press(solving.workspace.id, one.id, Status.YES)
    total = total_of(answers_since(solving.workspace.id, since))
    assert (total.asked, total.n, total.share) == (1, 1, 100)


def test_a_link_is_ours_whole_and_says_one_thing(solving):
    link = Link(solving.workspace.id, solving.workspace.id, Status.NO)
    token = link_of(link).split("/")[-2]
    assert read_link(token) == link
    for bad in ("", "x", token[:-1], token + "x"):
        with pytest.raises(BadLinkError):
            read_link(bad)


def test_what_is_chosen_is_checked_and_audited(solving):
    for bad in ({"delay_min": -1}, {"cool_off_days": 999}, {"words": {"de": "x" * 999}}):
        with pytest.raises(BadChoiceError):
            solving.choose(**bad)
    solving.choose(words={"de": "Passt’s?", "en": QUESTIONS["en"], "xx": "?"})
    row = AuditRow.objects.filter(action="waits.solved_chosen").order_by("id").last()
    assert row is not None
    assert row.after["words"] == {"de": "Passt’s?"}

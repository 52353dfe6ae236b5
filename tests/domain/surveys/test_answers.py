"""Whose word counts, where it is said, and to what: an answer of what was really asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.contacts.models import Contact, Identity, Link
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Conversation
from hearwell.conversations.services.windows import set_reopen_windows
from hearwell.inbox.acts import SOLVED
from hearwell.inbox.intake import take_in
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State
from hearwell.outbound.services.moves import move
from hearwell.surveys import sweeps
from hearwell.surveys.models import AskChoice, Question
from hearwell.surveys.queries import first_words_after
from hearwell.surveys.rules import Status
from hearwell.surveys.services import asking, press, take_back
from tests.domain.surveys.conftest import later
from tests.factories import Author, make_case, make_channel, make_dm, make_item


def is_back(case: Case) -> bool:
    case.refresh_from_db()
    return (case.status, case.turn, case.urgency) == ("open", "ours", 3)


@pytest.fixture
def merged(solving) -> tuple[Case, Case, Question]:
    """An asked case that went into another one, which is closed."""
    case, one = solving.asked()
    home = make_case("My other bag", solving.channel)
    conversations.merge(home.id, case.id, solving.alice.id)
    conversations.close(home.id, SOLVED, solving.alice.id)
    return case, home, one


def test_a_no_after_a_merge_brings_back_the_case_that_took_it(solving, merged, frozen):
    case, home, one = merged
    later(frozen, minutes=5)
    solving.writes("No.")
    one.refresh_from_db()
    case.refresh_from_db()
    assert one.status == Status.NO
    assert is_back(home)
    assert case.status == "closed"


def test_a_press_after_a_merge_brings_back_the_case_that_took_it(solving, merged):
    _, home, one = merged
    assert press(solving.workspace.id, one.id, Status.NO)
    assert is_back(home)
    assert take_back(one.id, solving.owner)
    home.refresh_from_db()
    one.refresh_from_db()
    assert (home.urgency, home.status) == (one.urgency_before, "closed")


def test_a_misread_yes_after_a_merge_comes_back_to_work(solving, merged):
    _, home, one = merged
    assert press(solving.workspace.id, one.id, Status.YES)
    assert take_back(one.id, solving.owner)
    home.refresh_from_db()
    assert (home.status, home.turn) == ("open", "ours")


def test_a_no_counts_where_the_thread_goes_on_in_a_new_case(solving, frozen):
    set_reopen_windows(solving.workspace.id, private_days=0, public_days=0, by=None)
    case, one = solving.asked()
    later(frozen, minutes=5)
    new = solving.writes("No")
    one.refresh_from_db()
    assert new.id != case.id
    assert one.status == Status.NO
    assert is_back(new)


def test_in_public_nobody_answers_for_somebody_else(solving, frozen):
    solving.choose(in_public=True)
    (message,) = take_in(solving.channel, [make_item("Where is my bag?", thread_key="p")])
    case = Case.objects.get(id=message.case_id)
    solving.answers(case, audience="public", kind="comment")
    conversations.close(case.id, SOLVED, solving.alice.id)
    solving.hear("CaseClosed", case.id)
    assert solving.ask() == 1
    solving.arrives()
    later(frozen, minutes=5)
    for by in (Author("troll", "troll", "Troll"), None):
        who = {"author": by} if by else {}
        take_in(solving.channel, [make_item("No", thread_key="p", **who)])
        solving.hear("MessageReceived", None)
        assert Question.objects.get().status == (Status.ASKED if by else Status.NO)


def test_two_contacts_that_are_one_person_are_one(solving, frozen):
    _, one = solving.asked()
    kept = Contact.objects.create(workspace_id=solving.workspace.id, name="Lena")
    Link.objects.create(workspace_id=solving.workspace.id, kept_id=kept.id, other_id=one.contact_id)
    Identity.objects.update(contact_id=kept.id)
    solving.solved(thread="other")
    assert Question.objects.filter(contact_id=kept.id).exists()
    assert solving.ask() == 0
    assert Question.objects.filter(why="lately").exists()


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.FAILED, State.CANCELLED])
def test_what_has_not_gone_out_has_not_been_asked(solving, frozen, state):
    case, one = solving.asked()
    Delivery.objects.update(state=state.value, sent_at=None)
    later(frozen, minutes=5)
    solving.writes("No")
    one.refresh_from_db()
    case.refresh_from_db()
    assert one.status == Status.ASKED
    assert case.urgency < 3


@pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN, State.PENDING, State.NEEDS_HUMAN])
def test_an_answer_that_is_faster_than_our_record_counts(solving, frozen, state):
    _, one = solving.asked()
    Delivery.objects.update(state=state.value, sent_at=None)
    later(frozen, seconds=2)
    solving.writes("No")
    one.refresh_from_db()
    assert one.status == Status.NO


def test_an_answer_to_the_question_counts_whatever_their_clock_says(solving, frozen):
    _, one = solving.asked()
    Delivery.objects.update(remote_id="q1")
    at = now() - timedelta(minutes=10)
    later(frozen, minutes=1)
    solving.writes("No", occurred_at=at)
    one.refresh_from_db()
    assert one.status == Status.ASKED
    solving.writes("No", occurred_at=at, parent_id="q1")
    one.refresh_from_db()
    assert one.status == Status.NO


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        (State.QUEUED, 0), (State.UNKNOWN, 0), (State.SENT, 0), (State.CONFIRMED, 0),
        (State.HELD, 1), (State.STALE, 1), (State.FAILED, 1), (State.CANCELLED, 1),
    ],
)  # fmt: skip
def test_only_what_went_out_counts_for_the_days_of_peace(solving, frozen, state, asked):
    solving.asked()
    Delivery.objects.update(state=state.value)
    later(frozen, days=1)
    solving.solved(thread="other")
    assert solving.ask() == asked


def test_a_question_that_the_customer_has_overtaken_is_taken_back(solving, frozen):
    _, one = solving.asked()
    Delivery.objects.update(state="queued", sent_at=None)
    later(frozen, minutes=1)
    solving.writes("And my second bag?")
    move(list(Delivery.objects.all()), State.STALE, reason="the lane has moved")
    solving.hear("DeliveryStale", None)
    one.refresh_from_db()
    assert Delivery.objects.get().state == "cancelled"
    assert (one.status, one.why, one.asked_at) == (Status.NOT_ASKED, "overtaken", None)


def test_the_same_press_twice_is_one_answer(solving):
    case, one = solving.asked()
    assert press(solving.workspace.id, one.id, Status.NO)
    conversations.close(case.id, SOLVED, solving.alice.id)
    assert press(solving.workspace.id, one.id, Status.NO)
    case.refresh_from_db()
    assert case.status == "closed"  # a colleague's close stands
    assert not press(solving.workspace.id, one.id, Status.YES)


def test_one_that_cannot_be_asked_holds_up_no_other(solving, frozen, monkeypatch):
    bad = solving.solved()
    good = solving.solved(thread="other", author=Author("duarte", "duarte", "Duarte"))
    really = asking.send_reply

    def send(reply, by):
        if reply.case_id == bad.id:
            raise RuntimeError
        return really(reply, by)

    monkeypatch.setattr(asking, "send_reply", send)
    assert solving.ask() == 1
    assert Question.objects.get(case_id=good.id).status == Status.ASKED
    put_off = Question.objects.get(case_id=bad.id)
    assert (put_off.status, put_off.due_at > now()) == (Status.DUE, True)


def test_a_workspace_that_fails_stops_no_other(solving, other_workspace, monkeypatch):
    solving.solved()
    with scope(other_workspace.id):
        AskChoice.objects.create(workspace_id=other_workspace.id, by_id=solving.alice.id)
        case = make_case("Hello?", make_channel())
        Question.objects.create(
            workspace_id=other_workspace.id, case_id=case.id, channel_id=case.channel_id,
            network="sandbox", closed_at=now(), due_at=now(),
        )  # fmt: skip
    really = sweeps.ask_due

    def ask(workspace_id):
        if workspace_id == other_workspace.id:
            raise RuntimeError
        return really(workspace_id)

    monkeypatch.setattr(sweeps, "ask_due", ask)
    assert sweeps.ask_everywhere() == 1


def test_hearing_is_one_query_however_many_messages(solving, django_assert_num_queries):
    solving.asked()
    said = take_in(solving.channel, [make_dm("No", thread_key=f"n{n}") for n in range(20)])
    assert Conversation.objects.count() == 21
    with django_assert_num_queries(1):
        assert first_words_after(solving.workspace.id, [one.id for one in said]) == {}

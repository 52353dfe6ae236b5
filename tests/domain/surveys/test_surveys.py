"""Surveys: asked of few, seldom, in private, of nobody who waits; the last answer stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.connect.model import Author
from hearwell.contacts.models import Identity
from hearwell.conversations.models import Case, CaseLog
from hearwell.events.models import Event
from hearwell.inbox.acts import close_case
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from hearwell.surveys.items import ITEMS, clean_answers, read_score
from hearwell.surveys.models import Question, Survey, SurveyState
from hearwell.surveys.queries import answers_since
from hearwell.surveys.rules import OPEN_FOR, Status, is_chosen
from hearwell.surveys.services import (
    BadChoiceError,
    BadLinkError,
    SurveyLink,
    Wish,
    asked_by,
    change_survey,
    make_survey,
    press,
    rate,
    read_survey_link,
    survey_link_of,
    switch_survey,
    undo_change,
)
from hearwell.surveys.services import tending as _tending
from tests.domain.surveys.conftest import Solving, later
from tests.factories import make_channel

WISH = Wish(name="After a contact", items=("csat", "buy"), delay_min=0, share=80)


@pytest.fixture
def surveying(solving: Solving, monkeypatch) -> Solving:
    """A desk whose survey is on; chance picks every closing, and nothing else is asked."""
    monkeypatch.setattr("hearwell.surveys.services.inviting.is_chosen", lambda *_: True)
    solving.choose(channel_ids=frozenset())
    made = make_survey(
        solving.workspace.id,
        replace(WISH, channel_ids=frozenset({solving.channel.id})),
        by=solving.alice,
    )
    switch_survey(solving.workspace.id, made.id, SurveyState.ON, by=solving.alice)
    return solving


def survey() -> Survey:
    return Survey.objects.get()


def wish(solving: Solving, **more) -> Wish:
    return replace(WISH, channel_ids=frozenset({solving.channel.id}), **more)


def change(solving: Solving, **more) -> Survey:
    return change_survey(solving.workspace.id, survey().id, wish(solving, **more), by=solving.alice)


def why() -> str:
    return Question.objects.order_by("-id")[0].why


def test_asked_in_the_thread_with_a_number_and_a_link_and_told(surveying):
    case, one = surveying.asked()
    (row,) = surveying.deliveries()
    assert "How satisfied are you with how we helped you?" in row.draft["text"]
    assert "from 1 (very dissatisfied) to 5 (very satisfied)" in row.draft["text"]
    link = row.draft["text"].rpartition("/survey/")[2].rstrip("/")
    assert read_survey_link(link) == SurveyLink(surveying.workspace.id, one.id)
    assert row.context["is_automatic"]
    assert row.author_id is None
    assert list(CaseLog.objects.filter(verb="survey_asked").values_list("case_id")) == [(case.id,)]
    told = Event.objects.get(name="SurveyAsked").payload
    assert (told["question_id"], told["case_id"]) == (str(one.id), str(case.id))
    # What is asked by surveys is none of the other question's figures.
    assert list(answers_since(surveying.workspace.id, now() - timedelta(days=1))) == []


def test_in_their_language(surveying):
    surveying.asked(text="Wo ist mein Koffer? Ich warte seit gestern auf eine Antwort von euch.")
    assert "Wie zufrieden" in surveying.deliveries()[0].draft["text"]


@pytest.mark.parametrize("state", [SurveyState.DRAFT, SurveyState.PAUSED])
def test_only_one_that_is_on_asks(surveying, state):
    Survey.objects.update(state=state)
    surveying.solved()
    assert (surveying.ask(), Question.objects.count()) == (0, 0)


def test_paused_after_the_closing_nobody_is_asked(surveying):
    surveying.solved()
    switch_survey(surveying.workspace.id, survey().id, SurveyState.PAUSED, by=surveying.alice)
    assert (surveying.ask(), why()) == (0, "off")


def test_of_one_closing_one_thing_is_asked(surveying):
    surveying.choose()
    surveying.asked()
    assert surveying.ask() == 0
    assert Question.objects.get().survey_id == survey().id


def test_somebody_asked_lately_is_left_alone_whatever_it_was(surveying, frozen):
    surveying.asked()
    later(frozen, days=20)
    surveying.solved(thread="again")
    assert (surveying.ask(), why()) == (0, "lately")
    later(frozen, days=71)
    surveying.solved(thread="much later")
    assert surveying.ask() == 1


def test_who_waits_for_us_elsewhere_is_not_asked(surveying):
    surveying.writes("And my second bag?", thread="other")
    surveying.solved()
    assert (surveying.ask(), why()) == (0, "open")


def test_who_wants_no_messages_is_not_asked(surveying):
    surveying.solved()
    Identity.objects.update(no_messages_since=now())
    assert (surveying.ask(), why()) == (0, "opted_out")


def test_no_more_than_the_quota_in_a_day(surveying, frozen):
    change(surveying, daily_quota=1)
    surveying.asked()
    surveying.solved(thread="b", author=Author("b", "b", "Ben"))
    assert (surveying.ask(), why()) == (0, "quota")
    later(frozen, days=1, minutes=1)
    surveying.solved(thread="c", author=Author("c", "c", "Cleo"))
    assert surveying.ask() == 1


def test_never_in_public(surveying):
    surveying.solved()
    Case.objects.update(audience="public")
    assert (surveying.ask(), why()) == (0, "public")


@pytest.mark.parametrize("is_wanted", [True, False])
def test_whom_nobody_answered_only_where_that_is_wanted(surveying, is_wanted):
    change(surveying, has_unanswered=is_wanted)
    case = surveying.writes()
    close_case(case.id, "no_answer_needed", surveying.owner)
    surveying.hear("CaseClosed", case.id)
    assert surveying.ask() == int(is_wanted)


def test_spam_is_no_contact(surveying):
    change(surveying, has_unanswered=True)
    case = surveying.writes()
    close_case(case.id, "spam", surveying.owner)
    surveying.hear("CaseClosed", case.id)
    assert Question.objects.count() == 0


def test_other_kinds_of_cases_are_not_asked_about(surveying):
    change(surveying, kinds=frozenset({"praise"}))
    surveying.solved()
    assert Question.objects.count() == 0


def test_chance_is_the_same_for_one_closing_and_about_right_over_many():
    one, at = uuid7(), now()
    cases = [uuid7() for _ in range(4000)]
    first = [is_chosen(one, case, at, 20) for case in cases]
    assert first == [is_chosen(one, case, at, 20) for case in cases]
    assert 0.17 < sum(first) / len(first) < 0.23
    assert not any(is_chosen(one, case, at, 0) for case in cases)
    assert all(is_chosen(one, case, at, 100) for case in cases)


def test_a_number_in_the_thread_is_the_answer_and_the_case_stays_closed(surveying, frozen):
    case, one = surveying.asked()
    later(frozen, minutes=5)
    surveying.writes("4")
    one.refresh_from_db()
    assert (one.status, one.answers, one.times) == (Status.RATED, {"csat": 4}, 1)
    assert Case.objects.get(id=case.id).status == "closed"
    assert Event.objects.get(name="SurveyAnswered").payload["answers"] == {"csat": 4}


@pytest.mark.parametrize("said", ["6", "0", "4 and where is my bag?", "no"])
def test_any_other_word_is_a_message_like_any(surveying, frozen, said):
    case, one = surveying.asked()
    later(frozen, minutes=5)
    surveying.writes(said)
    one.refresh_from_db()
    assert (one.status, one.answers) == (Status.OTHER, {})
    assert Case.objects.get(id=case.id).status == "open"
    # The page is still there for them.
    assert rate(surveying.workspace.id, one.id, {"csat": "2"}) is not None


def test_the_last_answer_on_the_page_stands(surveying):
    _, one = surveying.asked()
    place = surveying.workspace.id
    given = [{"csat": "5", "buy": "3"}, {"csat": "1"}, {"csat": "1"}]
    kept = [rate(place, one.id, answers) for answers in given]
    assert [k.times for k in kept if k] == [1, 2, 2]
    one.refresh_from_db()
    assert (one.answers, one.times) == ({"csat": 1}, 2)


def test_nothing_answered_is_no_answer(surveying):
    _, one = surveying.asked()
    for odd in ({}, {"csat": "9"}, {"csat": "²"}, {"nps": "9"}, {"csat": "-1"}, {"csat": "5" * 99}):
        kept = rate(surveying.workspace.id, one.id, odd)
        assert kept is not None
        assert not kept.answers, odd
    one.refresh_from_db()
    assert (one.status, one.times) == (Status.ASKED, 0)


def test_too_late_unknown_and_the_other_question_are_alike(surveying, frozen):
    _, one = surveying.asked()
    place = surveying.workspace.id
    assert not press(place, one.id, Status.YES)
    assert asked_by(place, one.id)
    later(frozen, seconds=int(OPEN_FOR.total_seconds()) + 1)
    assert asked_by(place, one.id) is rate(place, one.id, {"csat": "5"}) is None
    assert asked_by(place, uuid7()) is rate(place, uuid7(), {"csat": "5"}) is None
    with pytest.raises(BadLinkError):
        read_survey_link(survey_link_of(SurveyLink(place, one.id))[-30:-1])


def test_what_cannot_be_asked_is_refused_with_nothing_kept(solving):
    bad = {
        "name": {"name": " "}, "items": {"items": ()}, "share": {"share": 100},
        "cool_off_days": {"cool_off_days": 0}, "daily_quota": {"daily_quota": 0},
        "delay_min": {"delay_min": -1},
    }  # fmt: skip
    bad_items = [("csat",) * 2, ("csat", "nps", "ces", "buy"), ("mood",)]
    for field, more in [*bad.items(), *(("items", {"items": items}) for items in bad_items)]:
        with pytest.raises(BadChoiceError) as refused:
            make_survey(solving.workspace.id, wish(solving, **more), by=solving.alice)
        assert refused.value.field == field, more
    assert not Survey.objects.exists()


def test_not_on_without_an_account(solving):
    made = make_survey(solving.workspace.id, WISH, by=solving.alice)
    with pytest.raises(BadChoiceError):
        switch_survey(solving.workspace.id, made.id, SurveyState.ON, by=solving.alice)


def test_changed_put_back_once_and_written_down(surveying):
    change(surveying, share=50, name="Other")
    place = surveying.workspace.id
    assert undo_change(place, survey().id, by=surveying.alice)
    assert (survey().share, survey().name) == (80, "After a contact")
    assert not undo_change(place, survey().id, by=surveying.alice)
    switch_survey(place, survey().id, SurveyState.PAUSED, by=surveying.alice)
    assert undo_change(place, survey().id, by=surveying.alice)
    assert survey().state == SurveyState.ON
    verbs = list(AuditRow.objects.filter(action__startswith="surveys.").values_list("action"))
    assert len(verbs) == 6, verbs


def test_questions_stay_once_somebody_was_asked(surveying):
    change(surveying, items=("nps",))
    surveying.asked()
    with pytest.raises(BadChoiceError):
        change(surveying, items=("ces",))
    assert not undo_change(surveying.workspace.id, survey().id, by=surveying.alice)
    assert survey().items == ["nps"]


def test_another_desks_accounts_and_surveys_are_not_there(surveying, other_workspace):
    with scope(other_workspace.id):
        theirs = make_channel()
    change_survey(
        surveying.workspace.id, survey().id, replace(WISH, channel_ids=frozenset({theirs.id})),
        by=surveying.alice,
    )  # fmt: skip
    assert survey().channel_ids == []
    with pytest.raises(Survey.DoesNotExist), scope(other_workspace.id):
        switch_survey(other_workspace.id, uuid7(), SurveyState.ON, by=surveying.alice)


def test_in_the_chat_it_is_one_press(surveying):
    case = surveying.solved()
    channel = make_channel("webchat")
    change_survey(
        surveying.workspace.id, survey().id,
        replace(WISH, channel_ids=frozenset({channel.id, surveying.channel.id})),
        by=surveying.alice,
    )  # fmt: skip
    Question.objects.update(network="webchat")
    assert surveying.ask() == 1
    row = Delivery.objects.get()
    assert row.draft["choices"] == ["1", "2", "3", "4", "5"]
    assert Question.objects.get(case_id=case.id).status == Status.ASKED


def test_words_and_numbers_are_read_and_nothing_else():
    recommend, nps = ITEMS["recommend"], ITEMS["nps"]
    assert [read_score(recommend, said) for said in ("Yes", "nein!", "نعم", "3", "maybe")] == [
        3, 1, 3, None, None,
    ]  # fmt: skip
    assert [read_score(nps, said) for said in ("10", "0", "11", "ten", "")] == [
        10, 0, None, None, None,
    ]  # fmt: skip
    assert clean_answers(["nps", "worth"], {"nps": "10", "worth": "4", "csat": "1"}) == {"nps": 10}
    assert _tending.MOST_SHARE < 100

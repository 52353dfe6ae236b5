"""Suggested answers: what answered such questions before, what speaks of it, what did not help."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import User, Workspace
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.inbox.events import MessageWithdrawn, ReplySent
from hearwell.inbox.precedents import forget_questions, remember_answers
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.knowledge import services
from hearwell.knowledge.models import ArticleVersion, Precedent
from hearwell.knowledge.services import Words
from hearwell.knowledge.suggesting import past_answers, suggested
from tests.factories import make_case, make_channel, make_reply

TEXTS = (
    ("Delayed bags", "When your bag is late we trace it"),
    ("Refunds", "When your flight is cancelled we refund it"),
    ("Seats", "When you choose a seat it is kept"),
    ("Pets", "When you bring a cat it needs a box"),
    ("Meals", "When you order a meal it is free"),
)
OWN = "Please take the form at the desk of the airport and hand it in within seven days."


@pytest.fixture
def shelf(workspace: Workspace, alice: User, bob: User) -> dict[str, ArticleVersion]:
    made = {}
    for title, body in TEXTS:
        draft = services.begin_article(
            workspace.id, Words("en", title, body, f"About {title}: we look into it now"), by=bob
        )
        made[title] = services.approve(draft.id, by=alice)
    return made


def told(case: Case, text: str, **values: object) -> None:
    """Answer a case, and hear of it as the inbox does."""
    sent = make_reply(case, text)
    event = ReplySent(case.workspace_id, case.id, sent.id, sent.channel_id, sent.sent_at, **values)
    remember_answers([event])


def answer(case: Case, version: ArticleVersion, by: User) -> None:
    """Answer a case with a saved reply that was taken into the composer."""
    services.note_use(case.workspace_id, version.id, case.id, by.id)
    told(case, f"Hello, {version.reply}. ^BB")


def titles(workspace: Workspace, text: str, **more: object) -> list[str]:
    return [one.version.title for one in suggested(workspace.id, text, **more)]


def test_what_an_article_speaks_of_counts_from_the_first_day(workspace, shelf):
    first = suggested(workspace.id, "When will my bag be here? It is late since Monday")[0]
    assert first.version.title == "Delayed bags"
    assert first.suits
    assert first.likes == 0
    assert {"bag", "late"} <= set(first.words)
    assert suggested(workspace.id, "") == []
    assert not any(one.suits for one in suggested(workspace.id, "xyzzy plugh"))


def test_what_answered_such_questions_comes_first_and_says_how_often(workspace, bob, shelf):
    channel = make_channel()
    for text in ("Suitcase not on the belt in Oslo", "My suitcase missed the belt", "Belt empty"):
        answer(make_case(text, channel), shelf["Seats"], bob)
    found = suggested(workspace.id, "The belt is empty and my suitcase is nowhere")
    assert found[0].version.title == "Seats"
    assert found[0].likes == 3
    assert found[0].suits


def test_a_reply_that_was_rewritten_is_an_answer_in_own_words(workspace, bob, shelf):
    case = make_case("Where do I hand in the form for my broken pram?", make_channel())
    services.note_use(workspace.id, shelf["Meals"].id, case.id, bob.id)
    told(case, OWN)
    assert Precedent.objects.get().article_id is None


def test_holding_automatic_and_short_replies_answer_nothing(workspace, shelf):
    case = make_case("Where do I hand in the form for my broken pram?", make_channel())
    told(case, OWN, is_holding=True)
    told(case, OWN, is_automatic=True)
    told(case, "On it.")
    assert not Precedent.objects.exists()


def test_a_repeat_of_the_event_is_remembered_once(workspace, shelf):
    case = make_case("Where do I hand in the form for my broken pram?", make_channel())
    sent = make_reply(case, OWN)
    event = ReplySent(workspace.id, case.id, sent.id, sent.channel_id, sent.sent_at)
    remember_answers([event, event])
    remember_answers([event])
    assert Precedent.objects.count() == 1


def test_a_link_to_the_help_page_names_the_article(workspace, bob, shelf):
    case = make_case("The belt is empty and my suitcase is nowhere", make_channel())
    told(case, "Please read https://care.example/help/northwind/delayed-bags/ and write again")
    assert Precedent.objects.get().article_id == shelf["Delayed bags"].article_id


def test_the_question_is_what_was_said_since_our_last_answer(workspace, bob):
    channel = make_channel()
    case = make_case("Where is my pram in Bergen?", channel, thread_key="t", external_id="t")
    told(case, OWN)
    later = now() + timedelta(seconds=5)
    make_case("And my guitar, please?", channel, thread_key="t", occurred_at=later)
    sent = make_reply(case, OWN, at=later + timedelta(seconds=5))
    remember_answers([ReplySent(workspace.id, case.id, sent.id, sent.channel_id, sent.sent_at)])
    second = Precedent.objects.get(message_id=sent.id)
    assert "guita" in second.stems
    assert "pram" not in second.stems


def test_past_answers_are_those_of_solved_cases(workspace, bob):
    channel = make_channel()
    case = make_case("Where do I hand in the form for my broken pram?", channel)
    told(case, OWN)
    asked = "My pram is broken, where do I hand in the form?"
    assert past_answers(workspace.id, asked) == []
    conversations.close(case.id, "solved", bob.id)
    (found,) = past_answers(workspace.id, asked)
    assert found.case_id == case.id
    assert past_answers(workspace.id, asked, case_id=case.id) == []
    assert past_answers(workspace.id, "Is the lounge in Oslo open today?") == []


def test_hidden_here_it_counts_less_elsewhere_and_can_be_taken_back(workspace, bob, shelf):
    asked = "My bag is late, will you trace it?"
    case = make_case(asked, make_channel())
    before = suggested(workspace.id, asked)[0]
    hide = {"by_id": bob.id, "article_id": before.version.article_id}
    services.hide_suggestion(workspace.id, case.id, asked, **hide)
    services.hide_suggestion(workspace.id, case.id, asked, **hide)
    assert Precedent.objects.count() == 1
    assert "Delayed bags" not in titles(workspace, asked, case_id=case.id)
    elsewhere = {one.version.title: one.score for one in suggested(workspace.id, asked)}
    assert elsewhere["Delayed bags"] < before.score
    assert services.show_again(workspace.id, case.id) == 1
    assert titles(workspace, asked, case_id=case.id)[0] == "Delayed bags"


def test_what_a_customer_took_back_is_forgotten(workspace, bob, shelf):
    case = make_case("Where is my suitcase, the belt is empty?", make_channel())
    answer(case, shelf["Seats"], bob)
    forget_questions([MessageWithdrawn(workspace.id, case.id, case.id)])
    assert not Precedent.objects.exists()


def test_no_other_workspace_learns_from_it(workspace, other_workspace, bob, shelf):
    answer(make_case("The belt is empty, where is my suitcase?"), shelf["Seats"], bob)
    with scope(other_workspace.id):
        assert suggested(other_workspace.id, "The belt is empty, where is my suitcase?") == []
        assert not Precedent.objects.exists()


def test_it_takes_two_statements_however_much_is_remembered(workspace, bob, shelf):
    channel = make_channel()
    for i in range(6):
        answer(make_case(f"Suitcase number {i} not on the belt", channel), shelf["Seats"], bob)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        suggested(workspace.id, "My suitcase is not on the belt")
    assert len(seen) == 2


def test_odd_words_are_only_words(workspace, shelf):
    for text in (
        "' | ! & :* \\ '' \x00",
        "%(ws)s {0} '); DROP",
        "行李在東京駅丟了",
        "؟أين حقيبتي",
        "a" * 100_000,
    ):
        assert all(not one.suits for one in suggested(workspace.id, text))

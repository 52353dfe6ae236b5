"""Surveys: an owner's pages, a customer's page, the results."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hearwell.channels.models import Channel
from hearwell.connect.model import Audience, Draft
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery
from hearwell.surveys.models import Question, Survey, SurveyState
from hearwell.surveys.rules import Status
from hearwell.surveys.services import SurveyLink, Wish, make_survey, survey_link_of
from tests.characters import _member
from tests.factories import make_case, make_channel

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
    "name": "After a contact", "item0": "csat", "item1": "nps", "item2": "recommend",
    "share": "20", "cool_off_days": "90", "daily_quota": "50", "delay_min": "60",
}  # fmt: skip


@pytest.fixture
def asked(workspace, alice) -> Question:
    items = ("csat", "nps", "recommend")
    one = make_survey(workspace.id, Wish(name="A", items=items), by=alice)
    case = make_case()
    conversations.close(case.id, "solved", None)
    case = Case.objects.get(id=case.id)
    assert case.channel_id
    assert case.closed_at
    return Question.objects.create(
        case_id=case.id, workspace_id=workspace.id, channel_id=case.channel_id, network="email",
        closed_at=case.closed_at, due_at=now(), status=Status.ASKED, asked_at=now(),
        contact_id=case.contact_id, survey_id=one.id,
    )  # fmt: skip


def address(one: Question, question_id: Any = None) -> str:
    link = SurveyLink(one.workspace_id, question_id or one.id)
    return "/survey/" + survey_link_of(link).split("/survey/")[1]


def test_an_owner_makes_looks_turns_on_pauses_and_puts_back(owner):
    channel = make_channel()
    answer = owner.post("/settings/surveys/new/", {**FORM, "channel": [str(channel.id), "x"]})
    made = Survey.objects.get()
    assert answer["location"] == f"/settings/surveys/{made.id}/"
    assert (made.state, made.items) == (SurveyState.DRAFT, ["csat", "nps", "recommend"])
    page = owner.get(answer["location"]).content.decode()
    assert "How satisfied are you" in page
    assert "Wie zufrieden" in page
    assert "/survey/…" in page
    for do, state in [("on", "on"), ("pause", "paused"), ("undo", "on"), ("undo", "on")]:
        done = owner.post(f"/settings/surveys/{made.id}/act/", {"do": do})
        assert done.status_code == 302
        assert Survey.objects.get().state == state, do
    assert owner.post(f"/settings/surveys/{made.id}/act/", {"do": "x"}).status_code == 404
    changed = {**FORM, "share": "30", "kind": ["praise", "y"]}
    owner.post(f"/settings/surveys/{made.id}/", changed)
    assert (Survey.objects.get().share, Survey.objects.get().kinds) == (30, ["praise"])
    assert "After a contact" in owner.get("/settings/surveys/").content.decode()


def test_what_cannot_be_is_said_with_nothing_changed(owner):
    for bad in ({"share": "100"}, {"item1": "csat"}, {"name": ""}, {"daily_quota": "x"}):
        answer = owner.post("/settings/surveys/new/", {**FORM, **bad})
        assert answer.status_code == 422, bad
        assert b"Not saved." in answer.content
    assert not Survey.objects.exists()


def test_questions_that_were_asked_stay_though_the_form_is_saved(owner, asked):
    one = asked.survey_id
    form = {key: value for key, value in FORM.items() if not key.startswith("item")}
    assert owner.post(f"/settings/surveys/{one}/", form).status_code == 302
    assert Survey.objects.get().items == ["csat", "nps", "recommend"]


@pytest.mark.parametrize("role", ["admin", "agent", "viewer", "marketing"])
def test_nobody_but_an_owner_has_customers_asked(signed_in, workspace, role, asked):
    client = signed_in(_member(workspace, "Nora North", role, "NN"))
    assert client.get("/settings/surveys/").status_code == 403
    assert client.post("/settings/surveys/new/", FORM).status_code == 403
    act = f"/settings/surveys/{asked.survey_id}/act/"
    assert client.post(act, {"do": "on"}).status_code == 403
    assert client.get("/surveys/").status_code == (403 if role == "marketing" else 200)


def test_another_desks_survey_is_not_there(owner, other_workspace):
    with scope(other_workspace.id):
        theirs = Survey.objects.create(
            workspace_id=other_workspace.id, name="T", by_id=uuid7(), items=["csat"]
        )
    assert owner.get(f"/settings/surveys/{theirs.id}/").status_code == 404
    assert owner.post(f"/settings/surveys/{theirs.id}/act/", {"do": "on"}).status_code == 404
    assert owner.post(f"/settings/surveys/{theirs.id}/", FORM).status_code == 404


def test_a_customer_answers_without_signing_in_and_the_last_answer_stands(asked):
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(address(asked))
    assert page.status_code == visitor.head(address(asked)).status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert b"<script" not in page.content
    assert Question.objects.get().answers == {}
    first = visitor.post(address(asked), {"csat": "5", "nps": "10"})
    assert b"the last answer stands" in first.content
    assert b"You have answered already" in visitor.get(address(asked)).content
    again = visitor.post(address(asked), {"csat": "2"})
    assert b"taken the place of the one before" in again.content
    assert Question.objects.get().answers == {"csat": 2}


def test_nothing_chosen_is_said_and_nothing_kept(asked):
    answer = Client().post(address(asked), {"csat": "77", "mood": "1"})
    assert answer.status_code == 422
    assert b"Nothing was chosen yet" in answer.content
    assert Question.objects.get().times == 0


def test_too_late_and_unknown_are_alike_and_kind(asked):
    unknown, broken = address(asked, uuid7()), address(asked)[:-8] + "/"
    Question.objects.update(asked_at=now() - timedelta(days=30))
    pages = [Client().get(where) for where in (address(asked), unknown, broken)]
    pages += [Client().post(where, {"csat": "5"}) for where in (address(asked), unknown, broken)]
    assert {page.status_code for page in pages} == {410}
    assert len({page.content for page in pages}) == 1
    assert b"You need do nothing" in pages[0].content
    assert Question.objects.get().answers == {}


def test_in_three_languages_by_browser_or_by_choice(asked):
    german = Client(headers={"Accept-Language": "de"}).get(address(asked)).content.decode()
    assert 'lang="de"' in german
    assert "Wie zufrieden" in german
    arabic = Client().get(address(asked) + "?lang=ar").content.decode()
    assert 'dir="rtl"' in arabic
    assert "How satisfied" in Client().get(address(asked) + "?lang=xx").content.decode()


def test_too_many_calls_are_told_to_wait(asked):
    visitor = Client()
    found = [visitor.get(address(asked)).status_code for _ in range(32)]
    assert found[0] == 200
    assert found[-1] == 429


def test_the_results_say_formula_n_and_that_it_is_no_cause(viewer, asked, budget):
    empty = viewer.get("/surveys/").content.decode()
    assert "Nobody was asked in this period" in empty
    Question.objects.update(
        status=Status.RATED, answers={"csat": 5, "nps": 10, "recommend": 3, "device": 1}, times=1
    )
    _deliver(asked)
    with budget(15):
        page = viewer.get("/surveys/").content.decode()
    assert "answers of 4 and 5, by all answers" in page
    assert "Association, not cause." in page
    assert "+100.0" in page
    assert "Smartphone" in page
    table = viewer.get("/surveys/?format=csv").content.decode().splitlines()
    assert table[0] == "part,of,question,formula,n,value,low,high"
    assert any(line.startswith("all,all,nps,net,1,100") for line in table)
    odd = viewer.get("/surveys/?survey=x&from=2026-13-99").status_code
    assert odd == 200


def _deliver(asked: Question) -> None:
    """Let the network have the question."""
    channel = Channel.objects.get(id=asked.channel_id)
    draft = Draft(
        text="How was it?", audience=Audience.PRIVATE, account=channel.external_id, thread_key="t"
    )
    outbound.queue(
        outbound.Submission(
            workspace_id=asked.workspace_id, lane_id=uuid7(), channel=channel, draft=draft,
            key=asked.id, author_id=None, undo_s=0,
        )
    )  # fmt: skip
    Delivery.objects.update(state="sent", sent_at=now())


def test_a_name_is_kept_as_text(owner):
    owner.post("/settings/surveys/new/", {**FORM, "name": "<b>Hi</b>\x00"})
    page = owner.get("/settings/surveys/").content.decode()
    assert "&lt;b&gt;Hi&lt;/b&gt;\u2400" in page

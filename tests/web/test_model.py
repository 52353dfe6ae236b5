"""The language model on screen: connected by an owner, asked by an agent, only ever shown."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.test import Client

from hearwell.accounts.models import User, Workspace
from hearwell.conversations.models import Case
from hearwell.secondopinion import services
from hearwell.secondopinion.models import Call, Comparison, Connection, Opinion
from hearwell.triage import services as triage
from hearwell.triage.models import Correction, Lesson, Verdict
from tests.domain.secondopinion.conftest import KEY, connection, model, wanted  # noqa: F401
from tests.factories import make_case, make_channel, make_message
from tests.model_server import ModelServer, Say
from tests.web.conftest import HTMX

URL = "/settings/model/"
FORM = {"model": "small-1", "limit_s": "5", "currency": "EUR", "price_in": "0.00015",
        "price_out": "0.0006", "cap": "20"}  # fmt: skip


@pytest.fixture
def case(workspace: Workspace) -> Case:
    return make_case("Hm, where is the bag of Lena?", make_channel())


def test_an_owner_connects_a_model_and_nobody_reads_its_key(owner, agent, model: ModelServer):  # noqa: F811
    assert agent.get(URL).status_code == 403
    assert "Compare it first" in owner.get(URL).content.decode()
    owner.post(URL, {**FORM, "url": model.url, "key": KEY, "gives_drafts": "1"})
    row = Connection.objects.get()
    assert (row.price_in, row.price_out, row.cap) == (150, 600, 20_000_000)
    page = owner.get(URL).content.decode()
    assert KEY not in page
    assert 'value="0.00015"' in page
    assert "0.00 EUR of 20.00 EUR this month" in page


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(owner, workspace):
    answer = owner.post(URL, {**FORM, "url": "http://10.0.0.8/v1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert "HEARWELL_EGRESS_ALLOW" in page
    assert "http://10.0.0.8/v1" in page
    assert owner.post(URL, {**FORM, "url": "x", "gives_opinions": "1"}).status_code == 422


def test_it_is_tried_out_and_the_log_shows_it(owner, connection, model, workspace):  # noqa: F811
    answer = owner.post(f"{URL}do/", {"do": "try"})
    call = Call.objects.get()
    assert answer.headers["Location"] == f"{URL}calls/{call.id}/"
    assert "Waiting" in owner.get(f"{URL}calls/{call.id}/").content.decode()
    services.try_out(workspace.id, call.id)
    page = owner.get(f"{URL}calls/{call.id}/").content.decode()
    assert "Answered as asked" in page
    assert "My flight was cancelled" in page
    assert KEY not in page
    assert f"{URL}calls/{call.id}/" in owner.get(f"{URL}calls/").content.decode()
    assert "Nothing here" in owner.get(f"{URL}calls/?outcome=timeout").content.decode()
    assert owner.get(f"{URL}calls/{uuid4()}/").status_code == 404
    owner.post(f"{URL}do/", {"do": "remove"})
    assert not Connection.objects.exists()
    assert owner.post(f"{URL}do/", {"do": "try"}).status_code == 404


def test_it_is_compared_and_the_figures_are_shown(owner, connection, workspace, bob):  # noqa: F811
    assert "at least 20 messages" in owner.get(f"{URL}compare/").content.decode()
    for i in range(21):
        message = make_message(f"What about bag {i}?")
        Verdict.objects.filter(message=message).update(kind="complaint")
        triage.correct(message.id, "kind", "question", bob.id)
    Lesson.objects.filter(head="kind").update(predicted="complaint")
    owner.post(f"{URL}compare/", {"wanted": "50"})
    assert "Waiting" in owner.get(f"{URL}compare/").content.decode()
    services.compare(workspace.id, Comparison.objects.get().id)
    page = owner.get(f"{URL}compare/").content.decode()
    assert "100 % (85\N{EN DASH}100, n 21)" in page
    assert "0 % (0\N{EN DASH}15, n 21)" in page
    assert owner.post(f"{URL}compare/", {"wanted": "7"}).status_code == 422
    assert "disabled" not in owner.get(URL).content.decode().partition("gives_opinions")[2][:120]


def test_an_agent_asks_for_a_draft_and_puts_it_in(agent, owner, connection, model, workspace, case):  # noqa: F811
    assert "Draft a reply" in agent.get(f"/c/{case.id}/suggested/").content.decode()
    page = agent.post(f"/c/{case.id}/drafted/", headers=HTMX).content.decode()
    assert "being written" in page
    call = Call.objects.get()
    model.says(Say(json.dumps({"reply": "Dear <b>you</b>, we look into it."})))
    services.write_draft(workspace.id, call.id)
    page = agent.get(f"/c/{case.id}/drafted/{call.id}/", headers=HTMX).content.decode()
    assert "Dear &lt;b&gt;you&lt;/b&gt;" in page
    whole = agent.get(f"/c/{case.id}/?drafted={call.id}").content.decode()
    assert "Dear &lt;b&gt;you&lt;/b&gt;, we look into it." in whole
    assert owner.get(f"/c/{case.id}/drafted/{call.id}/").status_code == 404


def test_why_there_is_no_draft_is_said(agent, connection, model, workspace, case):  # noqa: F811
    answer = agent.post(f"/c/{case.id}/drafted/")
    call = Call.objects.get()
    assert answer.headers["Location"] == f"/c/{case.id}/drafted/{call.id}/"
    model.says(Say("x", status=500))
    services.write_draft(workspace.id, call.id)
    page = agent.get(f"/c/{case.id}/drafted/{call.id}/").content.decode()
    assert "No draft: The model&#x27;s server is in trouble." in page


def test_where_it_is_off_there_is_no_button(agent, workspace, case):
    assert "Draft a reply" not in agent.get(f"/c/{case.id}/suggested/").content.decode()
    assert agent.post(f"/c/{case.id}/drafted/").status_code == 404


def test_a_second_opinion_is_shown_and_taken_by_a_person(agent: Client, bob: User, workspace, case):
    verdict = Verdict.objects.get(case_id=case.id)
    Verdict.objects.update(kind="complaint", certainty=0.4)
    Opinion.objects.create(
        workspace_id=workspace.id, message_id=verdict.message_id, case_id=case.id, duty="answer",
        kind="question", urgency=1, certainty=0.82, source="llm:small-1",
    )  # fmt: skip
    page = agent.get(f"/c/{case.id}/why/").content.decode()
    assert "Second opinion (llm:small-1): Question, 82 %" in page
    assert 'name="take" value="question"' in page
    assert not Correction.objects.exists()
    agent.post(f"/c/{case.id}/verdict/", {"take": "question", "value": "complaint"})
    row = Correction.objects.get(field="kind")
    assert (row.before, row.after, row.user_id) == ("complaint", "question", bob.id)
    assert 'name="take"' not in agent.get(f"/c/{case.id}/why/").content.decode()


def test_pages_stay_within_their_queries(owner, connection, model, workspace, case, budget):  # noqa: F811
    for _ in range(3):
        call = services.begin_trial(workspace.id, uuid4())
        services.try_out(workspace.id, call.id)
    for path in (URL, f"{URL}calls/", f"{URL}compare/", f"{URL}calls/{call.id}/"):
        with budget(12):
            assert owner.get(path).status_code == 200
    with budget(14):
        assert owner.get(f"/c/{case.id}/suggested/").status_code == 200

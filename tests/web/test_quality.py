"""Replies read again, on screen: graded, read by their writer, counted honestly."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from hearwell.accounts.models import AuditRow, Membership
from hearwell.quality import queries, services
from hearwell.quality.models import Grade, Guide, Response, Sample
from hearwell.quality.rules import CRITERIA
from hearwell.quality.services import Voice
from hearwell.quality.voice import Holds
from tests.domain.quality.conftest import lea, leas, planned, wrote  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
FULL = dict.fromkeys(CRITERIA, "yes")
PAGES = (
    "/quality/",
    "/quality/scores/",
    "/quality/agreement/",
    "/quality/calibrations/",
    "/quality/mine/",
    "/settings/quality/",
    "/settings/voice/",
)


@pytest.fixture
def lead(signed_in, lea) -> Client:  # noqa: F811
    return signed_in(lea)


@pytest.fixture
def sample(workspace, planned, wrote, alice) -> Sample:  # noqa: F811
    wrote(3)
    services.draw_now(workspace.id, by=alice)
    Sample.objects.update(wanted=1)
    return Sample.objects.order_by("id").first()


@pytest.mark.parametrize("url", PAGES)
def test_pages_cost_little_and_are_for_leads(owner, agent, viewer, sample, budget, url):
    with budget(15):
        assert owner.get(url).status_code == 200
    open_to_all = {"/quality/mine/": 200, "/quality/": 302}.get(url, 403)
    assert agent.get(url).status_code == open_to_all
    assert viewer.get(url).status_code == open_to_all


def test_a_reply_is_graded_then_taken_back(owner, agent, lead, sample, budget):
    url = f"/quality/replies/{sample.id}/"
    with budget(15):
        page = owner.get(url).content.decode()
    assert "It is on its way." in page
    assert "Where is my bag?" in page
    assert "Drawn by" in page
    assert page.count('type="radio"') == 24

    lacking = owner.post(url, {**FULL, "tone": "", "note": "Kept"})
    assert lacking.status_code == 422
    assert "“Tone” has no mark yet." in lacking.content.decode()
    assert "Kept" in lacking.content.decode()

    assert owner.post(url, {"tone": "no", "act": "draft"}).url == url
    assert "Draft" in owner.get("/quality/").content.decode()
    after = owner.post(url, {**FULL, "tone": "partly", "note": "Warm start.", "act": "grade"})
    assert f"done={sample.id}" in after.url
    assert f"{sample.id}/back/" in owner.get(after.url).content.decode()
    assert "Warm start." in agent.get("/quality/mine/").content.decode()
    assert "Warm start." not in lead.get("/quality/mine/").content.decode()
    assert owner.post(f"{url}back/").url == url
    assert "Warm start." not in agent.get("/quality/mine/").content.decode()
    assert Grade.objects.get().undone_at


def test_the_writer_answers_and_a_lead_decides(workspace, owner, agent, lead, alices, sample):
    services.grade(sample.id, FULL, "Say when.", by=alices)
    url = f"/quality/replies/{sample.id}/respond/"
    agent.post(url, {"act": "read"})
    assert Response.objects.get().acknowledged_at
    assert "Say in a few words" in agent.post(url, {"act": "dispute"}, follow=True).content.decode()
    agent.post(url, {"act": "dispute", "words": "They knew when."})
    assert lead.post(url, {"act": "read"}).status_code == 404
    assert "They knew when." in owner.get("/quality/").content.decode()
    decide = f"/quality/replies/{sample.id}/decide/"
    assert agent.post(decide, {"act": "out", "why": "x"}).status_code == 403
    assert "Say why" in owner.post(decide, {"act": "out"}, follow=True).content.decode()
    owner.post(decide, {"act": "out", "why": "Indeed they did."})
    page = agent.get("/quality/mine/").content.decode()
    assert "It counts no longer." in page
    assert "Indeed they did." in page
    again = owner.post(decide, {"act": "stands", "why": "No"}, follow=True).content.decode()
    assert "Somebody has decided about it already." in again


def test_nobody_sees_the_other_grade_before_both_are_given(owner, lead, sample):
    Sample.objects.update(wanted=2)
    url = f"/quality/replies/{sample.id}/"
    owner.post(url, {**FULL, "note": "Alices words"})
    assert "Alices words" not in lead.get(url).content.decode()
    assert "when both are given" in owner.get(url).content.decode()
    lead.post(url, {**FULL, "tone": "no", "note": "Leas words"})
    assert "Alices words" in lead.get(url).content.decode()
    assert "Leas words" in owner.get(url).content.decode()


def test_scores_say_of_how_many_and_rank_nobody(workspace, owner, sample, alices):
    for one in Sample.objects.all():
        services.grade(one.id, FULL, "", by=alices)
    few = owner.get("/quality/scores/").content.decode()
    assert "3 of the 10 it takes" in few
    assert "Too few to say how far the graders agree: 0 of 30" in few
    queries.plan_of(workspace.id).__class__.objects.update(fewest=2)
    page = owner.get("/quality/scores/?weeks=4").content.decode()
    assert "100 % (75 to 100), n = 3" in re.sub(r"\s+", " ", page)
    assert "by name, not by rank" in page


def test_strangers_and_other_workspaces_find_nothing(owner, agent, charlie, signed_in, sample):
    assert signed_in(charlie).get("/quality/").status_code == 403
    for what in ("", "back/", "respond/", "decide/", "agreed/"):
        url = f"/quality/replies/{uuid4()}/{what}"
        assert owner.post(url, {**FULL, "words": "x", "why": "x"}).status_code == 404
    assert owner.get(f"/quality/replies/{uuid4()}/").status_code == 404
    assert owner.get(f"/quality/calibrations/{uuid4()}/").status_code == 404
    assert owner.get("/settings/voice/?channel=nonsense").status_code == 404
    assert owner.get(f"/settings/voice/?channel={uuid4()}").status_code == 404
    assert owner.post(f"/settings/voice/{uuid4()}/back/").status_code == 404
    assert agent.get(f"/quality/replies/{sample.id}/").status_code == 403
    assert owner.get("/quality/?done=nonsense").status_code == 200


def test_ones_own_reply_is_graded_by_others(workspace, planned, wrote, lead, lea):  # noqa: F811
    wrote(1, by=lea)
    services.draw_now(workspace.id, by=lea)
    url = f"/quality/replies/{Sample.objects.get().id}/"
    assert "You wrote this reply" in lead.get(url).content.decode()
    assert lead.post(url, FULL).status_code == 422


def test_a_calibration_from_blind_to_agreed(workspace, owner, lead, wrote):  # noqa: F811
    assert "Not begun" in owner.post("/quality/calibrations/", {}, follow=True).content.decode()
    wrote(2)
    url = owner.post("/quality/calibrations/", {"title": "March", "size": "2"}).url
    first = Sample.objects.order_by("id").first()
    owner.post(f"/quality/replies/{first.id}/", {**FULL, "note": "Fine"})
    lead.post(f"/quality/replies/{first.id}/", {**FULL, "tone": "no"})
    assert "Fine" not in lead.get(url).content.decode()
    owner.post(f"{url}open/")
    page = lead.get(url).content.decode()
    assert "differs" in page
    assert "17 points apart" in page
    agreed = f"/quality/replies/{first.id}/agreed/"
    assert "each line needs a mark" in owner.post(agreed, {}, follow=True).content.decode()
    owner.post(agreed, {**FULL, "tone": "partly", "why": "Short, yet kind."})
    assert "Short, yet kind." in lead.get(url).content.decode()
    assert "March" in owner.get("/quality/calibrations/").content.decode()


def test_plan_and_scorecard(workspace, owner, agent):
    form = {"is_on": "on", "a_week": "4", "random_percent": "50", "double_percent": "10"}
    bad = owner.post("/settings/quality/", {**form, "fewest": "1", "new_days": "30"})
    assert bad.status_code == 422
    owner.post("/settings/quality/", {**form, "fewest": "10", "new_days": "30"})
    assert queries.plan_of(workspace.id).a_week == 4
    assert AuditRow.objects.get(action="quality.planned").after["is_on"] is True
    owner.post("/settings/quality/", {"what": "card", "tone-yes": "Warm", "remark": "Warmer"})
    card = queries.card_of(workspace.id)
    assert (card.number, card.anchors["tone"]) == (1, {"yes": "Warm"})
    assert "Warmer" in owner.get("/settings/quality/").content.decode()


def test_the_voice_guide_stands_beside_the_composer(workspace, owner, agent, wrote, budget):  # noqa: F811
    (reply,) = wrote(1)
    case = f"/c/{reply.case_id}/"
    assert 'id="voice"' in agent.get(case).content.decode()
    assert "There is no voice guide yet." in agent.get(f"{case}voice/").content.decode()
    form = {"text": "Kind and short", "does": "Say sorry once\nSay when", "donts": "Blame"}
    owner.post("/settings/voice/", {**form, "avoid": "As per policy"})
    owner.post("/settings/voice/", {"avoid": "rules are rules", "language": "de"})
    with budget(12):
        page = agent.get(f"{case}voice/").content.decode()
    assert "Say sorry once" in page
    assert "rules are rules" not in page  # of replies in German
    said = {"audience": "public", "text": "As per policy we cannot.", "version": "1"}
    checked = agent.post(f"{case}check/", {**said, "key": str(uuid4())}).content.decode()
    assert "Our voice guide avoids “As per policy”." in checked
    fine = agent.post(f"{case}check/", {**said, "text": "Sorry!", "key": str(uuid4())})
    assert "voice guide" not in fine.content.decode()


def test_an_earlier_guide_is_brought_back(workspace, owner, alice):
    first = services.write_guide(workspace.id, Holds(), Voice(text="Kind"), by=alice)
    owner.post("/settings/voice/", {"text": "Curt", "remark": "Shorter"})
    assert "Shorter" in owner.get("/settings/voice/").content.decode()
    owner.post(f"/settings/voice/{first.id}/back/")
    assert queries.guide_for(workspace.id, Holds()).text == "Kind"
    assert Guide.objects.count() == 3
    again = owner.post("/settings/voice/", {"text": "Kind"}, follow=True).content.decode()
    assert "Nothing has changed" in again


def test_leads_of_one_workspace_alone(other_workspace, owner, sample):
    assert Membership.objects.filter(workspace=other_workspace).count() == 0
    assert Sample.objects.filter(workspace_id=other_workspace.id).count() == 0

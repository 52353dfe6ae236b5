"""Settings → Automation: who may, what is refused at which field, preview, log, permission."""

from __future__ import annotations

import re

import pytest

from hearwell.automation.models import Rule, Run
from hearwell.automation.rules import Then, Trigger
from hearwell.sla.services.promises import ensure_defaults
from tests.domain.automation.conftest import Office


@pytest.fixture
def office(workspace, alice) -> Office:
    ensure_defaults(workspace)
    return Office(workspace, alice)


FORM = {
    "name": "Bags", "trigger": "received", "urgency_from": "0", "audience": "private",
    "hourly_most": "100", "is_active": "on", "words": "bag, Koffer", "tags_on": "bag",
}  # fmt: skip
PAGE = "/settings/automation/"


def text(answer) -> str:
    return answer.content.decode()


def test_leads_may_and_agents_may_not(agent, office, bobs):
    assert agent.get(PAGE).status_code == 403
    bobs.role = "lead"
    bobs.save()
    assert agent.get(PAGE).status_code == 200
    rule = office.rule()
    assert agent.post(f"{PAGE}{rule.id}/allow/", {"rule_name": "Bags"}).status_code == 403


def test_a_preview_does_nothing_and_saving_does(owner, office):
    case = office.writes()
    page = text(owner.post(f"{PAGE}new/", {**FORM, "close": "solved", "act": "try"}))
    assert "1 of the last 1 cases would match." in page
    assert "put on a label; not: close, somebody waits for an answer" in page
    assert (Rule.objects.count(), office.tags(case)) == (0, [])
    assert owner.post(f"{PAGE}new/", {**FORM, "act": "save"}).status_code == 302
    case = office.writes(external_id="two")
    rule = Rule.objects.get()
    page = text(owner.get(f"{PAGE}{rule.id}/"))
    assert case.label in page
    assert "put on a label “bag”" in page
    assert "Rule “Bags” added the label “bag”" in text(owner.get(f"/c/{case.id}/"))
    owner.post(f"{PAGE}{rule.id}/act/", {"act": "undo"})
    assert office.tags(case) == []
    assert Run.objects.get().state == "undone"


def test_the_list_says_when_if_and_then_of_each_rule(owner, office):
    more = {"kinds": "complaint", "not_tags": "vip", "hours": "", "earlier_from": "2"}
    owner.post(f"{PAGE}new/", {**FORM, **more, "act": "save"})
    page = text(owner.get(PAGE))
    assert "A customer writes · Complaint · it contains “Koffer” or “bag” · it has no label" in page
    assert "earlier cases: 2 or more" in page
    assert "put on a label “bag”" in page


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"trigger": "tagged", "called_by": "bag"}, "tags_on", "would set itself off"),
        ({"trigger": "quiet"}, "quiet", "Say after how many hours"),
        ({"tags": "vip", "not_tags": "VIP"}, "not_tags", "No case can meet this"),
        ({"tags_on": ""}, "tags_on", "does nothing yet"),
        ({"close": "solved", "snooze_h": "2"}, "snooze_h", "at once"),
        ({"hours": "open"}, "calendar_key", "Choose whose opening hours"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_kept(
    owner,
    office,
    given,
    field,
    words,
):
    answer = owner.post(f"{PAGE}new/", {**FORM, **given, "act": "save"})
    page = text(answer)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert words in page.split(f'id="id_{field}_error"')[1][:400]
    assert Rule.objects.count() == 0


def test_a_circle_through_another_rule_is_named(owner, office):
    office.rule("One", trigger=Trigger.TAGGED, tags=frozenset({"a"}), then=Then(tags=("b",)))
    given = {**FORM, "name": "Two", "trigger": "tagged", "called_by": "b", "tags_on": "a"}
    page = text(owner.post(f"{PAGE}new/", {**given, "act": "save"}))
    assert "“Two” → “One” → “Two”" in page


def test_an_owner_allows_by_name(owner, office):
    rule = office.rule(then=Then(send=office.saved("We read it."), audience="public"))
    answer = owner.post(f"{PAGE}{rule.id}/allow/", {"rule_name": "Other"})
    assert (answer.status_code, "Type the name of the rule" in text(answer)) == (422, True)
    assert "We read it." in text(answer)
    seen = re.search('name="seen" value="([^"]+)"', text(answer))
    assert seen
    owner.post(f"{PAGE}{rule.id}/allow/", {"rule_name": "bags", "seen": seen[1]})
    assert Rule.objects.get().allowed_version == 1


def test_the_pages_keep_their_budget(owner, office, budget):
    rule = office.rule()
    for n in range(4):
        office.writes(external_id=f"m{n}")
    for url in (PAGE, f"{PAGE}{rule.id}/", f"{PAGE}new/"):
        owner.get(url)
        with budget(18):
            assert owner.get(url).status_code == 200

"""What customers may know: nothing before an owner says so, then honest words for everybody."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.waits import queries
from hearwell.waits.models import Estimate, Named, WaitChoice
from hearwell.web.waits.views import ASKED
from hearwell.web.waits.words import span
from tests.api.conftest import program_of

pytestmark = pytest.mark.django_db
PAGES = ("/wait/northwind/", "/wait/northwind/badge.svg", "/wait/northwind/now.json")


@pytest.fixture(autouse=True)
def _full_buckets():
    ASKED.clear()


@pytest.fixture
def told(workspace: Workspace, frozen) -> None:
    WaitChoice.objects.create(workspace_id=workspace.id, is_public=True, has_roster=True)
    Estimate.objects.create(workspace_id=workspace.id, p50_s=900, p90_s=5400, n=20, span_s=3600)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_there_before_an_owner_says_so(workspace, address):
    assert Client().get(address).status_code == 404
    assert Client().get(address.replace("northwind", "nobody")).status_code == 404


def test_the_page_says_it_to_everybody(told):
    answer = Client().get("/wait/northwind/")

    page = answer.content.decode()
    assert "within 15 minutes" in page
    assert "1 h 30 min" in page
    assert "never better than it was" in page
    assert answer["Cache-Control"] == "public, max-age=20"
    assert not answer.cookies
    assert "csrf" not in page


@pytest.mark.parametrize(
    ("language", "words"), [("de", "15 Minuten"), ("ar", "دقيقة"), ("en", "15 minutes")]
)
def test_in_the_readers_language(told, language, words):
    page = Client().get("/wait/northwind/", headers={"accept-language": language})

    assert words in page.content.decode()


def test_the_badge_is_a_picture_with_a_name(told):
    answer = Client().get("/wait/northwind/badge.svg")

    drawn = ET.fromstring(answer.content.decode())  # noqa: S314  our own
    assert answer["content-type"] == "image/svg+xml"
    assert drawn.attrib["aria-label"] == "answer in 15 minutes to 1 h 30 min"
    assert "style" not in answer.content.decode()


def test_json_for_programs_has_nobodys_data(told):
    answer = Client().get("/wait/northwind/now.json")

    facts = json.loads(answer.content)
    assert (facts["p50_s"], facts["p90_s"], facts["is_open"]) == (900, 5400, True)
    assert set(facts) == {
        "workspace", "measured_at", "is_open", "opens_at", "closes_at", "p50_s", "p90_s", "text",
        "updates",
    }  # fmt: skip
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_too_little_to_tell_is_said(told, workspace):
    Estimate.objects.all().delete()

    assert "too few messages" in Client().get("/wait/northwind/").content.decode()
    assert b"not known now" in Client().get("/wait/northwind/badge.svg").content


def test_closed_hours_are_said_with_when_they_end(told, workspace, frozen, alice):
    from hearwell.sla.models import Calendar
    from hearwell.sla.queries import promises

    calendar = promises(workspace.id).policy.calendar
    week = {day: [["14:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    Calendar.objects.filter(id=calendar.id).update(intervals=week)

    page = Client().get("/wait/northwind/").content.decode()
    assert "We are closed now. From Mon 14:00 on" in page
    assert b"closed until Mon 14:00" in Client().get("/wait/northwind/badge.svg").content
    facts = json.loads(Client().get("/wait/northwind/now.json").content)
    assert (facts["is_open"], facts["opens_at"]) == (False, "2026-03-02T14:00:00+00:00")


@pytest.mark.parametrize(("closing", "is_said"), [("13:00", True), ("14:00", False)])
def test_a_night_that_lies_between_is_said(told, workspace, frozen, alice, closing, is_said):
    """Nine in ten within an hour and a half of open time: it is noon, and that may be tomorrow."""
    from hearwell.sla.models import Calendar
    from hearwell.sla.queries import promises

    calendar = promises(workspace.id).policy.calendar
    hours = [["08:00", "12:30"], ["12:30", closing]]
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), hours)
    Calendar.objects.filter(id=calendar.id).update(intervals=week)

    page = Client().get("/wait/northwind/").content.decode()
    assert ("of our opening hours" in page) is is_said
    assert ("We close at Mon 13:00." in page) is is_said
    drawn = Client().get("/wait/northwind/badge.svg").content.decode()
    assert (", open until Mon 13:00" in drawn) is is_said
    facts = json.loads(Client().get("/wait/northwind/now.json").content)
    assert facts["closes_at"] == ("2026-03-02T13:00:00+00:00" if is_said else None)


def test_asking_without_end_is_refused(told, monkeypatch):
    monkeypatch.setattr(ASKED, "clock", lambda: 0.0)  # however long all this takes
    client = Client()
    codes = {client.get("/wait/northwind/now.json").status_code for _ in range(70)}

    assert codes == {200, 429}


def test_an_owner_chooses_and_nobody_else(owner, agent, workspace):
    assert agent.post("/settings/waits/", {"is_public": "1"}).status_code == 403

    owner.post("/settings/waits/", {"is_public": "1"})

    choice = WaitChoice.objects.get()
    assert (choice.is_public, choice.has_roster) == (True, False)
    assert AuditRow.objects.get(action="waits.chosen").after == {"is_public": True}
    page = owner.get("/settings/waits/").content.decode()
    assert "/wait/northwind/badge.svg" in page
    assert "What customers may know changed" in owner.get("/settings/audit/").content.decode()


def test_who_answers_is_named_only_by_themselves(agent, owner, viewer, told, bob: User):
    assert "Bob" not in Client().get("/wait/northwind/").content.decode()

    agent.post("/me/named/", {"agreed": "1", "first_name": "  Bobby  "})
    page = Client().get("/wait/northwind/").content.decode()
    assert "^BB" in page
    assert "Bobby" in page
    assert 'value="Bobby"' in agent.get("/me/").content.decode()

    agent.post("/me/named/", {"first_name": "Bobby"})
    assert not Named.objects.exists()
    assert viewer.post("/me/named/", {"agreed": "1", "first_name": "Dora"}).status_code == 403
    agent.post("/me/named/", {"agreed": "1", "first_name": "x" * 41})
    assert not Named.objects.exists()


def test_a_name_that_its_owner_lets_go_is_gone_with_them(agent, told, workspace, bob):
    agent.post("/me/named/", {"agreed": "1", "first_name": "Bob"})
    bob.is_active = False
    bob.save()

    assert queries.roster_of(workspace.id) == []


def test_programs_of_members_read_it_too(told, workspace, bob):
    facts = program_of(workspace, bob).get("/expected-wait").json()

    assert (facts["p50_s"], facts["p90_s"], facts["kept_percent"]) == (900, 5400, None)


def test_times_as_one_says_them():
    assert [span(s) for s in (60, 900, 3600, 5400, 7200, 86400, 172800)] == [
        "1 minute", "15 minutes", "1 hour", "1 h 30 min", "2 hours", "1 day", "2 days",
    ]  # fmt: skip


def test_pages_keep_their_budget(owner, told, budget):
    Client().get("/wait/northwind/")  # makes the workspace's first promise, once
    with budget(12):
        Client().get("/wait/northwind/")
    with budget(15):
        owner.get("/settings/waits/")
    with budget(15):
        owner.get("/me/")

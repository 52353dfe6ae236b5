"""The executive page: sentences out of figures, goals, and what is said where nothing is known."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from hearwell.accounts.models import AuditRow, Membership, Workspace
from hearwell.accounts.scoping import scope
from hearwell.escalation import services as escalation
from hearwell.kit.clock import now
from hearwell.reports.facts import record_answers
from hearwell.reports.models import Goal
from hearwell.reports.services import recompute
from hearwell.sla.events import ClockMet
from hearwell.surveys.models import StudyAnswer
from hearwell.surveys.rules import Side
from hearwell.surveys.services import begin_study
from tests.domain.reports.test_facts import told
from tests.domain.reports.test_response_report import by_hand
from tests.exchange import Exchange

ADDRESS = "/reports/summary/"


@pytest.fixture
def house(workspace: Workspace, frozen) -> Exchange:
    with scope(workspace.id):
        made = Exchange(workspace.id)
        by_hand(made)
        frozen.shift(timedelta(hours=48).total_seconds())
        record_answers(told(workspace.id, ClockMet))
        recompute(workspace.id)
    return made


def words_of(client: Client, query: str = "") -> str:
    page = client.get(ADDRESS + query).content.decode()
    assert "style=" not in page
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_five_questions_are_answered_out_of_the_figures(viewer: Client, house, budget):
    with budget(38):
        words = words_of(viewer)
    assert "1 Jan 2026 – 2 Mar 2026, whole days of UTC" in words
    assert "Compared with 1 Oct 2025 – 30 Nov 2025" in words
    assert "What they expect nobody has asked them in a survey yet." in words
    assert "Response rate 2 of 4 n &lt; 30: chance weighs more than you do n 4" in words
    assert "Counted on only" in words
    assert "Nothing needed an answer in the same days of the quarter before" in words
    assert "a panel under Benchmarks" in words
    assert "What it returns is not measured" in words
    assert ("Very few people. People who wrote something that needs an answer: fewer than 5; of "
            "these had written to us before: fewer than 5.") in words  # fmt: skip
    assert "Pigeon : fewer than 5" in words
    assert "How these are counted" in words
    assert "Set a goal" not in words
    assert words.index("Summary Response Service Methods") > 0


def test_an_empty_quarter_and_its_first_day_say_so(viewer: Client, house):
    words = words_of(viewer, "?to=2025-05-05")
    assert words.count("Cannot be said.") == 4
    assert "No message needed an answer in this time" in words
    assert "Nobody wrote anything" in words
    assert "All of it is from one single day." not in words
    assert viewer.get(ADDRESS + "?to=never").status_code == 200
    assert viewer.get(ADDRESS + "?to=0001-01-01").status_code == 200


def test_who_has_what_and_what_customers_expect(viewer: Client, house, workspace, alice):
    member = Membership.objects.select_related("user").get(user=alice, workspace=workspace)
    with scope(workspace.id):
        one = escalation.open_incident("Bags <b>lost</b>", 2, member)
        study = begin_study(workspace.id, "2026", by=alice)
        StudyAnswer.objects.create(
            workspace_id=workspace.id, study=study, side=Side.CUSTOMERS, voice="v",
            answers={"wait": [4]},
        )  # fmt: skip
    page = viewer.get(ADDRESS).content.decode()
    assert f"{one} Bags &lt;b&gt;lost" in page
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "An incident is open and " in words
    assert "What they expect nobody has asked" not in words


def test_an_owner_sets_goals_and_undoes_it_and_nobody_else(owner, agent, house, workspace, alice):
    where = ADDRESS + "goals/"
    due = (now() + timedelta(days=60)).date().isoformat()
    sent = {"do": "set", "figure": "response_rate", "target": "45", "due_on": due,
            "owner": str(alice.id)}  # fmt: skip
    assert agent.post(where, sent).status_code == 403
    for field, value in (("figure", "x"), ("target", "101"), ("target", "nan"), ("target", ""),
                         ("due_on", "2020-01-01"), ("due_on", ""), ("owner", "x")):  # fmt: skip
        refused = owner.post(where, sent | {field: value}, follow=True).content.decode()
        assert "banner late" in refused, (field, value)
    assert not Goal.objects.exists()
    page = owner.post(where, sent, follow=True).content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Response rate: at least 45.0 %" in words
    assert "2 of 4 n 4 Met" in words
    owner.post(where, sent | {"target": "90"})
    assert "Cannot be said yet" in words_of(owner)  # one week makes no line
    owner.post(where, {"do": "undo", "figure": "response_rate"})
    assert "at least 45.0 %" in words_of(owner)
    owner.post(where, {"do": "remove", "figure": "response_rate"})
    assert "No goal is set." in words_of(owner)
    owner.post(where, {"do": "undo", "figure": "response_rate"})
    assert "at least 45.0 %" in words_of(agent)
    assert owner.post(where, {"do": "undo", "figure": "nothing"}).status_code == 302
    verbs = list(AuditRow.objects.filter(action__startswith="reports.goal").order_by("id")
                 .values_list("action", flat=True))  # fmt: skip
    assert verbs == [
        "reports.goal_set", "reports.goal_set", "reports.goal_undone", "reports.goal_removed",
        "reports.goal_undone",
    ]  # fmt: skip
    after = AuditRow.objects.filter(action="reports.goal_set").order_by("id").last().after
    assert json.loads(json.dumps(after))["target"] == 0.9


def test_another_desks_goals_are_not_there(owner, house, other_workspace, alice):
    with scope(other_workspace.id):
        Goal.objects.create(
            workspace_id=other_workspace.id, figure="response_rate", target=0.5,
            due_on=now().date(), owner_id=alice.id, by_id=alice.id,
        )  # fmt: skip
    assert "No goal is set." in words_of(owner)
    assert owner.post(ADDRESS + "goals/", {"do": "undo", "figure": "response_rate"}).status_code
    with scope(other_workspace.id):
        assert Goal.objects.get().removed_at is None

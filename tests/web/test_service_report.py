"""The service report and the methods beside each other, as pages and as files."""

from __future__ import annotations

import csv
import re
from datetime import timedelta

import pytest
from django.test import Client

from hearwell.accounts.models import AuditRow, Workspace
from hearwell.accounts.scoping import scope
from hearwell.reports.facts import record_answers
from hearwell.reports.services import recompute
from hearwell.sla.events import ClockMet
from tests.domain.reports.test_facts import told
from tests.domain.reports.test_response_report import by_hand
from tests.exchange import Exchange

WHEN = "from=2026-03-02&to=2026-03-02"


@pytest.fixture
def house(workspace: Workspace, frozen) -> Exchange:
    with scope(workspace.id):
        made = Exchange(workspace.id)
        by_hand(made)
        frozen.shift(timedelta(hours=48).total_seconds())
        record_answers(told(workspace.id, ClockMet))
        recompute(workspace.id)
    return made


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_every_figure_stands_with_its_n_its_method_and_its_caveat(viewer: Client, house, budget):
    with budget(15):
        page = viewer.get(f"/reports/service/?{WHEN}").content.decode()
    words = words_of(page)
    assert "Response rate 2 of 4 n &lt; 30" in words
    assert "Median of all, the waiting included 2 h n &lt; 30" in words
    assert "Kaplan-Meier: everybody counts" in words
    assert "of no case that was solved enough is recorded" in words
    assert "Hand-offs" in words
    assert "Personal replies" in words
    assert "2 Mar 2026 – 2 Mar 2026, whole days of UTC" in words
    assert "northwind" in words
    assert "style=" not in page
    assert "What does an hour cost?" not in words


def test_an_empty_period_says_so_and_a_day_of_25_hours_too(viewer: Client, house, workspace):
    words = words_of(viewer.get("/reports/service/?from=2026-01-01&to=2026-01-09").content.decode())
    assert "nothing to count in this period" in words
    assert "In this period no message needed an answer." in words
    with scope(workspace.id):
        Workspace.objects.filter(id=workspace.id).update(time_zone="Europe/Berlin")
    words = words_of(viewer.get("/reports/service/?from=2025-10-20&to=2025-11-01").content.decode())
    assert "one of its days has 23 or 25 hours" in words
    assert "being counted anew" in words


def test_a_line_cuts_the_report_down_and_the_chip_lets_it_go(viewer: Client, house):
    page = viewer.get(f"/reports/service/?{WHEN}").content.decode()
    (address,) = set(re.findall(r'href="(\?[^"]*kind=post[^"]*)"', page))
    page = viewer.get("/reports/service/" + address.replace("&amp;", "&")).content.decode()
    assert "Response rate 2 of 4" in words_of(page)
    assert 'class="chip" href="?from=2026-03-02&amp;to=2026-03-02"' in page
    nothing = "channel=1&team=x&kind=huh&language=xx&from=never&to=2026-03-02"
    assert viewer.get(f"/reports/service/?{nothing}").status_code == 200


def test_the_same_as_csv(viewer: Client, house):
    answer = viewer.get(f"/reports/service/?{WHEN}&format=csv")
    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    by_key = {(row["section"], row["what"], row["figure"]): row for row in rows}
    rate = by_key["total", "", "response_rate"]
    assert (rate["value"], rate["n"], rate["unit"]) == ("0.5", "4", "share")
    assert rate["method"].startswith("Messages that need an answer")
    assert by_key["by_channel", "pigeon:northwind", "waiting"]["value"] == "1"
    assert by_key["by_hour", "01", "answered"]["value"] == "2"


def test_an_hour_is_given_its_price_by_who_may(owner: Client, agent: Client, house, workspace):
    page = owner.get("/reports/service/").content.decode()
    assert "What does an hour cost?" in page
    sent = {"hourly": "42.50", "currency": "eur", "hours_a_week": "80"}
    assert agent.post("/reports/service/cost/", sent).status_code == 403
    wrong = owner.post("/reports/service/cost/", sent | {"hourly": "much"}, follow=True)
    assert "The hourly cost is an amount" in wrong.content.decode()
    kept = owner.post("/reports/service/cost/", sent, follow=True).content.decode()
    assert "Kept." in kept
    assert 'value="42.50"' in kept
    with scope(workspace.id):
        assert AuditRow.objects.filter(action="reports.cost_set").count() == 1


def test_all_methods_stand_beside_each_other_and_say_why(viewer: Client, house, budget):
    with budget(15):
        page = viewer.get(f"/reports/methods/?{WHEN}").content.decode()
    words = words_of(page)
    assert words.count("n &lt; 30") == 8
    assert "Every mention is held to need an answer" in words
    assert "+10.0" in words  # every mention: 3 of 5 against 2 of 4
    rows = list(csv.DictReader(
        viewer.get(f"/reports/methods/?{WHEN}&format=csv").content.decode("utf-8-sig").splitlines()
    ))  # fmt: skip
    assert [(row["method"], row["needs_reply"], row["answered"]) for row in rows][:2] == [
        ("hearwell", "4", "2"),
        ("simply-measured", "5", "3"),
    ]

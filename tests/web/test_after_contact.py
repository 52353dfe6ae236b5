"""After the contact on screen: found, read, taken along; purchases looked at, taken, taken back."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hearwell.accounts.models import AuditRow, Workspace
from hearwell.outcomes import after
from hearwell.outcomes.models import Import, Purchase
from hearwell.reports.services import recompute
from tests.api.conftest import program_of
from tests.exchange import ANSWER, PRAISE, Exchange

pytestmark = pytest.mark.django_db
ADDRESS = "/reports/after-contact/"
FILES = f"{ADDRESS}purchases/"
GOOD = "date,network,network_id,amount,currency,order_id\n2026-02-20,pigeon,p1,12.50,EUR,A<1>\n"
BAD = "2026-02-30,pigeon,p1,1,EUR,A2\n"


def words_of(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


@pytest.fixture
def house(workspace: Workspace, frozen: Any) -> Exchange:
    """Sixty people of whom the first thirty were answered, and ten of these praised."""
    made, start = Exchange(workspace.id), frozen
    asked = [made.ask(f"t{n}", by=f"p{n}") for n in range(60)]
    for message in asked:
        ANSWER.of(message).save(force_insert=True)
    start.shift(600)
    for message in asked[:30]:
        made.reply(message)
    start.shift(timedelta(days=3).total_seconds())
    for n in range(10):
        said = made.ask(f"later {n}", by=f"p{n}", verdict=PRAISE, text="You are great")
        PRAISE.of(said).save(force_insert=True)
    start.shift(timedelta(days=6).total_seconds())
    recompute(workspace.id)
    return made


def test_nothing_is_said_of_nothing(viewer: Client, workspace: Workspace) -> None:
    words = words_of(viewer.get(ADDRESS))
    assert "Nobody wrote anything in public that needs an answer in these days." in words
    assert "Association, not cause." in words
    assert viewer.get(FILES).status_code == 403


def test_of_very_much_it_is_said_that_some_people_were_taken(
    viewer: Client, house: Exchange, workspace: Workspace, bob: Any, monkeypatch: Any
) -> None:
    assert "So much was said" not in words_of(viewer.get(ADDRESS))
    monkeypatch.setattr(after, "MOST", 40)  # seventy public messages
    assert "one in 2 people was taken, by the chance in their id" in words_of(viewer.get(ADDRESS))
    table = viewer.get(f"{ADDRESS}?format=csv").content.decode()
    assert "association, not cause; one in 2 people taken" in table
    assert program_of(workspace, bob).get("/reports/after-contact").json()["every"] == 2


def test_the_page_its_table_and_the_api_say_the_same(
    viewer: Client, house: Exchange, workspace: Workspace, bob: Any, budget: Any
) -> None:
    with budget(15):
        page = viewer.get(ADDRESS)
    words = words_of(page)
    assert "within 7 days Answered within an hour 30 33.3 % 19.2 % to 51.2 % +33.3 points" in words
    assert "more than chance" in words
    assert "within 30 days: 60 people are left out" in words
    assert "No competitor is known" in words
    assert "No purchases are imported" in words
    assert f'href="{ADDRESS}" aria-current="page"' in page.content.decode()
    table = csv.DictReader(viewer.get(f"{ADDRESS}?format=csv").content.decode().splitlines())
    which = ("praises", "7", "fast")
    row = next(
        one for one in table if (one["outcome"], one["within_days"], one["answered"]) == which
    )
    assert (row["n"], row["did"], row["share"][:5]) == ("30", "10", "0.333")
    assert row["note"] == "association, not cause"
    told = program_of(workspace, bob).get("/reports/after-contact").json()
    praises = next(one for one in told["outcomes"] if one["key"] == "praises")
    fast = praises["windows"][0]["groups"][0]
    assert (fast["n"], fast["did"], fast["is_few"]) == (30, 10, False)
    assert f"{fast['difference']:.4f}" == f"{float(row['difference_to_never']):.4f}" == "0.3333"
    assert "not cause" in told["caution"]
    assert program_of(workspace, bob).get("/reports/after-contact?first=2999-01-01").status_code
    bad = program_of(workspace, bob).get("/reports/after-contact?first=2026-03-02&last=2026-03-01")
    assert bad.status_code == 422


def test_purchases_are_looked_at_taken_and_taken_back(
    owner: Client, agent: Client, house: Exchange, workspace: Workspace
) -> None:
    file = SimpleUploadedFile("shop.csv", (GOOD + BAD).encode())
    assert agent.post(FILES, {"file": file}).status_code == 403
    file.seek(0)
    page = owner.post(FILES, {"file": file})
    words = words_of(page)
    assert "1 line cannot be taken" in words
    assert "Line 3 date : The date is a day such as 2026-03-31." in words
    assert "New: 1. Known already: 0. Nothing is taken in yet." in words
    assert "A&lt;1&gt;" in page.content.decode()
    assert not Purchase.objects.exists()
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    sent["body"] = GOOD
    assert "say first that these customers have agreed" in words_of(owner.post(FILES, sent))
    assert not Purchase.objects.exists()
    page = owner.post(FILES, sent | {"agreed": "on"}, follow=True)
    assert "New: 1. Known already, and not counted twice: 0." in words_of(page)
    assert "1 order, 12.50 EUR" in words_of(page)
    assert "new 1, known 0, refused 1" in words_of(page)
    assert "No purchases are imported" not in words_of(owner.get(ADDRESS))
    one = Import.objects.get()
    undo = f"/reports/imported/{one.id}/undo/"
    assert agent.post(undo).status_code == 403
    assert "Taken back" in words_of(owner.post(undo, follow=True))
    assert owner.post(undo).status_code == 404
    assert not Purchase.objects.exists()
    assert [*AuditRow.objects.filter(action__startswith="outcomes").order_by("id").values_list(
        "action", flat=True)] == ["outcomes.imported", "outcomes.undone"]  # fmt: skip
    assert "Choose a file." in words_of(owner.post(FILES, {}))

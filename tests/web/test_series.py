"""Health and sales on screen: a file looked at and taken, charts with tables, and the Summary."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hearwell.accounts.models import Workspace
from hearwell.outcomes.models import Import, Point
from hearwell.reports.services import recompute
from hearwell.triage.models import Verdict
from tests.exchange import ANSWER, Exchange

pytestmark = pytest.mark.django_db
ADDRESS = "/reports/series/"
FILE = f"{ADDRESS}bring-in/"
WEEK = timedelta(days=7)


def words_of(page: Any) -> str:
    found = page.content.decode()
    assert "style=" not in found
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def file_of(weeks: int, *more: str) -> str:
    lines = [f"{date(2026, 3, 2) + n * WEEK},{100 + n % 3},EUR" for n in range(weeks)]
    return "\n".join(["date,value,currency", *lines, *more]) + "\n"


@pytest.fixture
def house(workspace: Workspace, frozen: Any) -> Exchange:
    """Nine weeks with one to three messages each, one of them glad."""
    made = Exchange(workspace.id)
    for week in range(9):
        for n in range(week % 3 + 1):
            ANSWER.of(made.ask(f"{week} {n}", by=f"p{n}")).save(force_insert=True)
        Verdict.objects.filter(sentiment="").update(sentiment="positive")
        frozen.shift(WEEK.total_seconds())
    frozen.shift(WEEK.total_seconds())
    recompute(workspace.id)
    return made


def test_a_file_becomes_charts_with_tables_and_goes_again(
    owner: Client, viewer: Client, house: Exchange, workspace: Workspace, budget: Any
) -> None:
    assert "An owner or an admin can bring one in." in words_of(viewer.get(ADDRESS))
    assert "Bring a series in" in words_of(owner.get(ADDRESS))
    assert viewer.post(FILE).status_code == 403
    body = file_of(9, "2026-03-02,7,CHF", "2026-05-04,x,EUR")
    file = SimpleUploadedFile("sales.csv", body.encode())
    assert "Say first of what time" in words_of(owner.post(FILE, {"file": file}))
    file.seek(0)
    page = owner.post(FILE, {"file": file, "grain": "w", "name": "Sales <b>"})
    words = words_of(page)
    assert "1 line cannot be taken" in words
    assert "New: 10. Known already: 0." in words
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    assert (sent["grain"], sent["refused"], Point.objects.count()) == ("w", "1", 0)
    again = owner.post(FILE, {**sent, "body": file_of(9).replace("\n", ",,Sales <b>\n").replace(
        "currency,,Sales <b>", "currency,unit,name")}, follow=True)  # fmt: skip
    assert "New: 9. Known already, and not counted twice: 0." in words_of(again)
    owner.post(FILE, {"grain": "w", "act": "take", "body":
                      "date,value,currency,name\n2026-03-09,7,CHF,Sales <b>\n"})  # fmt: skip
    with budget(15):
        page = viewer.get(ADDRESS)
    words = words_of(page)
    assert "<b>" not in page.content.decode().split('id="held-h"')[1].split("</h2>")[0]
    assert "Correlation, not cause." in words
    assert "1 value is in CHF, not in EUR: it is left out, nothing is converted." in words
    assert "Short: fewer than 30 pairs." in words
    assert "Level r +1.00 (95 %: +1.00 to +1.00), n 9" in words
    assert "One of them never changes" in words  # all were glad, nobody was answered
    assert words.count("Weeks by which the series comes later (-8 to +8)") == 3
    assert page.content.decode().count('<svg class="chart') == 2 * (1 + 3 * 2)
    table = csv.DictReader(viewer.get(f"{ADDRESS}?format=csv").content.decode().splitlines())
    rows = [one for one in table if one["measure"] == "mentions"]
    assert len(rows) == 18
    assert {one["note"].split(";")[0] for one in rows} == {"correlation, not cause"}
    summary = words_of(viewer.get("/reports/summary/"))
    assert (
        "“Public messages” and “Sales &lt;b&gt;” rose and fell together (r +1.00, n 9)" in summary
    )
    assert "Health and sales" in summary
    assert "no sales are imported" not in summary
    for one in Import.objects.all():
        assert "Taken back" in words_of(
            owner.post(f"/reports/imported/{one.id}/undo/", follow=True)
        )
    assert not Point.objects.exists()
    assert viewer.get(f"{ADDRESS}?format=csv").content.decode().count("\n") == 1

"""Reports as PDF: the page's own figures, set on paper, in the reader's language."""

from __future__ import annotations

import csv
import html
import re

import pytest
from django.test import Client

from hearwell.kit.paper import printing
from hearwell.kit.paper.blocks import Figures, Items, Paper, Table, Terms, Text
from hearwell.web.components import papers as setting
from tests.web.test_benchmarks import MARCH, accounts, panel
from tests.web.test_summary import house

__all__ = ["accounts", "house", "panel"]
pytestmark = pytest.mark.django_db
WHEN = "from=2026-03-02&to=2026-03-02"


@pytest.fixture
def papers_made(monkeypatch) -> list[Paper]:
    """What was handed to the typesetter, which still sets it."""
    made: list[Paper] = []

    def keep(paper: Paper) -> bytes:
        made.append(paper)
        return printing.pdf_of(paper)

    monkeypatch.setattr(setting, "pdf_of", keep)
    return made


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def told(paper: Paper) -> list[str]:
    """Every text of a paper but its title, its foot and how cells are put together."""
    found: list[str] = []
    for one in paper.blocks:
        match one:
            case Figures():
                found += [
                    part for fig in one.figures for part in (fig.title, fig.value, fig.caveat)
                ]
            case Table():
                found += [part for row in one.rows for part in row[1:]] + [*one.head]
            case Terms():
                found += [part for term in one.terms for part in term]
            case Text():
                found.append(one.text)
            case Items():
                found += [item.partition(": ")[0] for item in one.items]
            case _:
                found.append(getattr(one, "text", one.title if hasattr(one, "title") else ""))
    return [" ".join(one.split()) for one in found if one]


def is_tagged(pdf: bytes, language: str) -> bool:
    """PDF/UA: a tree of what is what, its language, its title shown."""
    marks = (b"/StructTreeRoot", b"/MarkInfo", b"/DisplayDocTitle true", b"pdfuaid:part")
    return (
        pdf.startswith(b"%PDF-")
        and all(one in pdf for one in marks)
        and (f"/Lang({language}" in pdf.decode("latin-1"))
    )


def test_the_summary_on_paper_says_what_the_page_says(viewer: Client, house, papers_made, budget):
    page = words_of(viewer.get("/reports/summary/").content.decode())
    with budget(38):
        answer = viewer.get("/reports/summary/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert "summary-2026-01-01-2026-03-02.pdf" in answer["Content-Disposition"]
    assert is_tagged(answer.content, "en")
    (paper,) = papers_made
    assert [one for one in told(paper) if one not in page] == []
    assert paper.period in page
    assert "Response rate" in told(paper)
    assert "Page {n} of {all}" in paper.page
    links = viewer.get("/reports/summary/?to=2026-02-20").content.decode()
    assert "/reports/summary/pdf/?to=2026-02-20" in links


def test_the_service_report_on_paper_keeps_period_and_slice(viewer: Client, house, papers_made):
    query = f"{WHEN}&kind=post"
    page = words_of(viewer.get(f"/reports/service/?{query}").content.decode())
    answer = viewer.get(f"/reports/service/pdf/?{query}")
    assert is_tagged(answer.content, "en")
    (paper,) = papers_made
    cut = "Only these are counted: Post."
    assert [one for one in told(paper) if one not in page] == [cut]
    assert paper.period in page


def test_in_arabic_it_runs_from_right_to_left(viewer: Client, house, papers_made):
    answer = viewer.get("/reports/summary/pdf/", headers={"accept-language": "ar"})
    assert is_tagged(answer.content, "ar")
    (paper,) = papers_made
    assert (paper.is_rtl, paper.language) == (True, "ar")


def test_a_league_on_paper_carries_its_method_in_full(owner, panel, papers_made):
    query = f"{MARCH}&method=quintly"
    page = words_of(owner.get(f"/benchmarks/{panel.id}/?{query}").content.decode())
    publish = words_of(owner.get(f"/benchmarks/{panel.id}/?{query}&format=html").content.decode())
    assert is_tagged(owner.get(f"/benchmarks/{panel.id}/pdf/?{query}").content, "en")
    (paper,) = papers_made
    (league,) = [one for one in paper.blocks if getattr(one, "title", "").startswith("League")]
    assert [one for row in league.rows for one in row[2:] if one not in page] == []
    assert len(league.rows) == 3
    assert [one for one in told(paper) if one not in page + publish] == []
    assert owner.get(f"/benchmarks/{panel.workspace_id}/pdf/").status_code == 404


def test_without_a_typesetter_the_page_says_how_to_get_one(viewer: Client, house, monkeypatch):
    monkeypatch.setattr(printing, "can_print", lambda: False)
    answer = viewer.get(f"/reports/service/pdf/?{WHEN}", follow=True)
    assert answer.redirect_chain == [(f"/reports/service/?{WHEN}", 302)]
    assert "pip install 'hearwell[pdf]'" in words_of(answer.content.decode())


def test_the_summary_as_a_table_has_the_same_figures(viewer: Client, house):
    rows = list(csv.reader(viewer.get("/reports/summary/csv/").content.decode().splitlines()))
    assert rows[0] == ["section", "what", "value", "unit", "n", "caveat", "method"]
    (rate,) = [row for row in rows if row[:2] == ["expected", "response_rate"]]
    assert (rate[2], rate[4]) == ("0.5", "4")

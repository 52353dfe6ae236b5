"""No CSV of ours runs in a spreadsheet, whoever named the people and brands in it."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

from django.db import connection

from hearwell.inbox.archives.records import Layout
from hearwell.inbox.archives.survey import surveyed
from hearwell.kit.sheets import FORMULA, is_formula, write_sheet
from hearwell.reports.study.figures import Figures, Times
from hearwell.reports.study.table import write_csv
from hearwell.web.components.tables import as_csv
from tests.hostile.formulas import HARMLESS, cells, is_run

SOURCE = Path(__file__).parents[2] / "src/hearwell"
CELLS = list(cells())
# Who writes CSV by hand: a spool that the database reads at once, and a list for programs.
BY_HAND = {
    "inbox/archives/survey.py": 1,
    "kit/sheets.py": 1,
    # What a page carries from the preview to taking it in, read by ourselves alone.
    "outcomes/purchases.py": 1,
    "outcomes/series.py": 1,
    "promotions/shapes.py": 1,
    "reports/study/study.py": 1,
}


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def _figures(brand: str) -> Figures:
    return Figures(
        brand=brand, method="first", method_version=1, inbound=1, needs_reply=1, answered=1,
        response_rate=1.0, first_response_s=Times(1, 1.0, 1.0, 1.0), within={"15m": 1.0},
        waiting=0, unripe=0,
    )  # fmt: skip


def test_there_are_enough_of_them_and_each_would_run():
    assert len(set(CELLS)) >= 50
    assert [cell for cell in CELLS if not is_run(cell)] == []
    assert [cell for cell in HARMLESS if is_formula(cell) or is_run(cell)] == []


def test_no_cell_of_any_file_is_a_formula(tmp_path):
    sheet, study = io.StringIO(), io.StringIO()
    write_sheet(sheet, ([cell, -1] for cell in CELLS))
    write_csv(study, [_figures(cell) for cell in CELLS])
    table = as_csv("x", ["who"], [[cell] for cell in CELLS]).content.decode()
    files = (sheet.getvalue(), study.getvalue(), table)
    found = [cell for text in files for row in _rows(text) for cell in row[:1]]
    assert len(found) == 3 * len(CELLS) + 2
    assert [cell for cell in found if is_run(cell)] == []
    assert [row[1] for row in _rows(files[0])] == ["-1"] * len(CELLS)


def test_a_row_that_an_archive_could_not_use_is_no_formula(tmp_path):
    told = [cell for cell in CELLS if not set(cell) & set('\r\n\0"')]
    archive = tmp_path / "a.csv"
    head = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
    good = "1,ann,True,Mon Mar 02 09:00:00 +0000 2026,@NorthwindAir hi,,\n"
    good += "2,NorthwindAir,False,Mon Mar 02 09:01:00 +0000 2026,hello,,1\n"
    archive.write_text(head + good + "".join(f"{cell},ann,True,never,hi,,\n" for cell in told))
    rejects = tmp_path / "rejects.csv"
    with surveyed(archive, Layout.TWCS, rejects, tmp_path / "work") as survey:
        assert survey.rejected.total() == len(told)
    with rejects.open(newline="") as file:
        found = [row["row"] for row in csv.DictReader(file)]
    assert len(found) == len(told) > 30
    assert [cell for cell in found if is_run(cell)] == []


def test_the_database_knows_formulas_as_we_do(db):
    """The list of who is held back is written by PostgreSQL itself."""
    texts = [text for text in (*CELLS, *HARMLESS) if "\0" not in text]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t, normalize(t, NFKC) ~ %s FROM unnest(%s::text[]) one(t)", [FORMULA, texts]
        )
        said = dict(cursor.fetchall())
    assert [text for text in texts if said[text] != is_formula(text)] == []


def test_nobody_else_writes_csv():
    """A new file for people goes through `kit.sheets`, or says here why it need not."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        written = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and (node.value.id, node.attr) in {("csv", "writer"), ("csv", "DictWriter")}
        ]
        if written:
            found[str(path.relative_to(SOURCE))] = len(written)
    assert found == BY_HAND

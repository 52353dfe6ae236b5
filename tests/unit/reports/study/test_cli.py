"""`hearwell study`: what is printed, and where."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from hearwell.kit.shares import Share
from hearwell.reports.study.cli import study
from hearwell.reports.study.methods import METHODS
from hearwell.reports.study.study import Study
from hearwell.reports.study.table import print_table
from hearwell.reports.study.words import duration
from tests.unit.reports.study import harbour_town as town


@pytest.fixture
def archive(tmp_path):
    return str(town.write(tmp_path / "archive.csv", town.twcs(town.ROWS)))


@pytest.fixture
def league(tmp_path):
    """Brand A answers 30 of 30, brand B 20 of 40 and brand C, too small to rank, 2 of 2."""
    rows: list[town.Row] = []
    for brand, asked, answered in (("A", 30, 30), ("B", 40, 20), ("C", 2, 2)):
        for place in range(asked):
            number = len(rows) + 1
            rows.append((number, f"p{number}", True, "02 09:00:00", f"@{brand} why is it?", ""))
            if place < answered:
                rows.append((number + 1, brand, False, "02 09:20:00", "@p so", number))
    # Two weeks on, so that nothing is cut off.
    rows.append((len(rows) + 1, "A", False, "16 09:00:00", "good morning", ""))
    return str(town.write(tmp_path / "league.csv", town.twcs(rows)))


def run(*arguments: str):
    return CliRunner().invoke(study, list(arguments))


def test_json_is_a_list_of_one_object_a_brand(archive):
    result = run(archive, "--format", "json", "--method", "simply-measured")
    northwind, skerry = json.loads(result.stdout)
    assert northwind == {
        "brand": "NorthwindAir",
        "method": "simply-measured",
        "method_version": 1,
        "inbound": 8,
        "needs_reply": 7,
        "answered": 3,
        "response_rate": pytest.approx(3 / 7),
        "first_response_s": {"n": 3, "median": 1800.0, "p90": 75240.0, "mean": 32000.0},
        "within": {"15m": 1 / 7, "1h": 2 / 7, "8h": 2 / 7, "24h": 2 / 7},
        "waiting": 4,
    }
    assert skerry["brand"] == "SkerryJet"
    assert result.stderr == "17 messages, 2026-03-02 09:00 to 2026-03-11 14:00 UTC.\n"


def test_what_was_left_out_is_said_beside_the_output(tmp_path):
    text = town.twcs(town.ROWS) + "99,ann,True,never,hi,,\n98,ann\n97,ann,True,never,hi,,\n"
    path = town.write(tmp_path / "a.csv", text)
    result = run(str(path), "--format", "json")
    assert json.loads(result.stdout)
    assert "3 rows left out: 2 unreadable time, 1 wrong number of fields." in result.stderr


def test_a_period_counts_the_messages_that_came_in_it(archive):
    result = run(archive, "--format", "json", "--method", "any-reply", "--period", "2026-03-03")
    counted = {one["brand"]: one["inbound"] for one in json.loads(result.stdout)}
    assert counted == {"NorthwindAir": 2, "SkerryJet": 0}


def test_all_methods_at_once(archive):
    result = run(archive, "--format", "csv", "--method", "all")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 8 * 2
    assert {row["caveat"] for row in rows} == {"n < 30"}
    assert rows[0]["within_24h"] == "0.5"


def test_the_table_ranks_what_can_be_compared(league):
    lines = [line.split() for line in run(league).stdout.splitlines()]
    assert lines[2][:9] == ["1", "A", "30", "30", "30", "100.0", "%", "20", "min"]
    assert lines[3][:7] == ["2", "B", "40", "40", "20", "50.0", "%"]
    assert lines[4][:4] == ["C", "2", "2", "2"]
    assert lines[4][-3:] == ["n", "<", "30"]


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (160, ""),
        (120, "\u2264 15m"),
        (80, "\u2264 15m, \u2264 8h, \u2264 24h, Mean, Inbound, \u2264 1h"),
        (44, "Answered, Median"),
    ],
)
def test_a_narrow_terminal_shows_fewer_columns_and_cuts_none(league, width, left_out):
    found = Study(Path(league)).figures(METHODS["hearwell"])
    console = Console(width=width, file=io.StringIO())
    print_table(console, METHODS["hearwell"], found)
    shown = console.file.getvalue()
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown
    assert max(map(len, shown.splitlines())) <= width
    lines = [line.split() for line in shown.splitlines()]
    assert ["1", "A"] in [line[:2] for line in lines]
    if left_out:
        words = " ".join(shown.split())
        assert left_out in words
        assert "Left out for want of width" in words


def test_the_html_report_is_one_file_that_needs_nothing_else(league):
    page = run(league, "--format", "html", "--method", "simply-measured").stdout
    assert page.startswith("<!doctype html>")
    assert not re.search(r"(src|href|url|@import|<script|<link|https?:)", page)
    assert page.count("<svg") == page.count("</svg>") == 5
    assert page.count('role="img" aria-label="') == 5
    for shown in ("simply-measured", "version 1", "2 Mar 2026 to 16 Mar 2026", "125 messages read"):
        assert shown in page
    # The table holds the same numbers, and greys what must not be ranked.
    assert re.search(r'<tr><td>1</td><th scope="row">A</th><td>30</td>', page)
    assert re.search(r'<tr class="grey"><td>\u2013</td><th scope="row">C</th><td>2</td>', page)
    assert "Every row of the file could be read." in page


def test_the_html_report_greys_every_rate_that_says_little(archive):
    page = run(archive, "--format", "html", "--method", "simply-measured").stdout
    rates = page[page.index("counted eight ways") :]
    assert 'class="f5"' in rates[: rates.index("</svg>")]
    assert 'class="f1"' not in rates[: rates.index("</svg>")]
    assert (
        '<p class="v grey">55.6 %</p><p class="how">5 of 9, 2 brands together · n &lt; 30' in page
    )


def test_the_html_report_says_so_where_nothing_was_answered(tmp_path):
    rows = [row for row in town.ROWS if row[2]]
    path = town.write(tmp_path / "a.csv", town.twcs(rows))
    page = run(str(path), "--format", "html", "--brand", "SkerryJet").stdout
    assert "No message was answered." in page
    assert "0 of 2 · its replies are not in the record" in page
    assert "The one brand cannot be ranked" in page
    assert "1 brands" not in page


def test_a_name_in_the_file_cannot_become_markup(tmp_path):
    evil = '<img src=x onerror=alert(1)>&"'
    lines = town.line("1", evil, False, "09:00:00") + town.line(
        "2", "ann", True, "09:00:00", "is it?", brand=evil
    )
    path = town.write(tmp_path / "<b>.jsonl", lines)
    page = run(str(path), "--format", "html", "--method", "socially-devoted").stdout
    assert "<img" not in page
    assert "<b>.jsonl" not in page
    assert "&lt;img src=x" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--period", "soon"], "soon"),
        (["--period", ""], "No period"),
        (["--period", "2017-02-30"], "2017-02-30"),
        (["--method", "mine"], "'mine' is not one of 'hearwell', "),
        (["--format", "xml"], "'xml' is not one of 'table', "),
        (["--colour"], "--colour"),
        (["another.csv"], "another.csv"),
    ],
)
def test_mistakes_are_answered_in_one_line(archive, arguments, said):
    result = run(archive, *arguments)
    assert_one_line(result, said)
    assert result.exit_code == 2


def assert_one_line(result, said: str) -> None:
    assert result.exit_code != 0
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert said in line


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("missing.csv", None, "missing.csv"),
        ("wrong.csv", b"a,b\n1,2\n", "wrong.csv has no column tweet_id"),
        ("empty.csv", b"", "empty.csv is empty"),
        ("empty.csv.gz", gzip.compress(b"", mtime=0), "empty.csv.gz is empty"),
        (
            "cut.csv.gz",
            gzip.compress(town.twcs(town.ROWS).encode(), mtime=0)[:-20],
            "cut.csv.gz is cut off",
        ),
    ],
)
def test_a_file_that_cannot_be_studied_is_refused_in_one_line(tmp_path, name, data, said):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    assert_one_line(run(str(tmp_path / name)), said)


def test_a_folder_is_no_archive(tmp_path):
    assert_one_line(run(str(tmp_path)), "directory")


def test_an_archive_without_a_brand_is_refused_in_one_line(tmp_path):
    path = town.write(tmp_path / "a.csv", town.twcs([town.ROWS[0]]))
    assert_one_line(run(str(path)), "--brand HANDLE")


def test_a_file_of_another_kind_is_refused_politely(tmp_path):
    result = run(str(town.write(tmp_path / "a.csv", "a,b\n")))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: a.csv has no column tweet_id")


def test_the_study_needs_no_django():
    code = "import hearwell.reports.study.cli, sys; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "\N{EN DASH}"),
        (0, "0 s"),
        (59.4, "59 s"),
        (90, "1.5 min"),
        (599, "10.0 min"),
        (600, "10 min"),
        (3_569, "59 min"),
        (3_599, "1 h 00"),
        (32_700, "9 h 05"),
        (86_399, "24 h 00"),
        (183_600, "2 d 3 h"),
    ],
)
def test_times_read_well(seconds, shown):
    assert duration(seconds) == shown


def test_the_interval_of_a_share():
    # Wilson 1927: 8 of 10 lies between 49 and 94 percent.
    assert Share(8, 10).interval == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert Share(30, 30).interval == (pytest.approx(0.8865, abs=1e-4), 1.0)

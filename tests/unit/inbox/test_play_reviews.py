"""What Google Play exports of an app's reviews, row by row."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from hearwell.inbox.archives.look import looked_at
from hearwell.inbox.archives.records import Layout, Record, Reject
from hearwell.inbox.archives.rows import read_rows
from tests import play_export as play
from tests.play_export import HOUR, SENT, answered, review

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def read(tmp_path, *rows) -> list[Record | Reject]:
    return list(read_rows(play.write(tmp_path / "a.csv", *rows), Layout.PLAY))


def test_a_review_and_its_answer(tmp_path):
    row = review("gp%3AAOq", "Não abre, e já paguei", **answered("Desculpe. ^LK", SENT + HOUR))
    told, answer = read(tmp_path, row)
    assert (told.id, told.author, told.brand, told.is_ours) == ("gp:AOq", "gp:AOq", play.APP, False)
    assert (told.at, told.text) == (AT, "Não abre, e já paguei")
    assert told.more["rating"] == 1
    assert told.more["language"] == "pt"
    assert "edited_at" not in told.more
    assert (answer.parent, answer.author, answer.is_ours) == ("gp:AOq", play.APP, True)
    assert (answer.at, answer.text) == (AT.replace(hour=10), "Desculpe. ^LK")


def test_a_changed_review_says_when(tmp_path):
    changed = {"Review Last Update Millis Since Epoch": SENT + HOUR}
    (told,) = read(tmp_path, review("gp:A", "Works again", 5, **changed))
    assert (told.at, told.more["edited_at"]) == (AT, "2026-03-02T10:00:00+00:00")


def test_stars_alone_ask_for_nothing_and_are_the_same_next_month(tmp_path):
    (now,) = read(tmp_path, review("", "", 5))
    (later,) = read(
        tmp_path, review("", "", 2, **{"Review Last Update Millis Since Epoch": SENT + 9})
    )
    assert now.id == later.id
    assert (now.more["needs_reply"], now.more["rating"]) == (False, 5)
    (other,) = read(tmp_path, review("", "", 5, Device="walleye"))
    assert other.id != now.id


@pytest.mark.parametrize(
    ("amiss", "reason"),
    [
        ({"Star Rating": "6"}, "the stars are not 1 to 5"),
        ({"Star Rating": ""}, "the stars are not 1 to 5"),
        ({"Review Submit Millis Since Epoch": "yesterday"}, "unreadable time"),
        ({"Review Last Update Millis Since Epoch": "9" * 30}, "unreadable time"),
        ({**answered("Hello", 0), "Developer Reply Millis Since Epoch": ""}, "unreadable time"),
        ({"Review Link": f"{play.CONSOLE}?reviewId={'x' * 501}"}, "an id or handle is too long"),
    ],
)
def test_what_cannot_be_used_costs_its_row_alone(tmp_path, amiss, reason):
    rejected, kept = read(tmp_path, review("gp:A", "x", **amiss), review("gp:B", "y"))
    assert (rejected.line, rejected.reason) == (2, reason)
    assert kept.id == "gp:B"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig"])
def test_the_file_tells_what_it_is(tmp_path, encoding):
    path = play.write(tmp_path / "a.csv", review("gp:A", "ok"), encoding=encoding)
    assert looked_at(path) is Layout.PLAY
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert looked_at(packed) is Layout.PLAY


def test_a_long_file_is_cut_between_lines(tmp_path):
    rows = [review(f"gp:{n}", "é" * 9_999) for n in range(100)]
    assert looked_at(play.write(tmp_path / "a.csv", *rows)) is Layout.PLAY


def test_older_exports_lack_columns(tmp_path):
    text = (
        "Package Name,Star Rating,Review Submit Millis Since Epoch,Review Text,Review Link\n"
        f"com.northwind.app,4,{SENT},fine,https://play.google.com/x#ReviewPlace:id=review-77\n"
    )
    path = tmp_path / "a.csv"
    path.write_text(text)
    (told,) = read_rows(path, looked_at(path))
    assert (told.id, told.text, told.more["rating"]) == ("review-77", "fine", 4)

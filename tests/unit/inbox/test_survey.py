"""An archive put in order on disk: what a line holds, and a disk that becomes full."""

from __future__ import annotations

import errno
import json

import pytest

from hearwell.inbox.archives.records import Layout
from hearwell.inbox.archives.survey import surveyed
from tests.unit.reports.study import harbour_town as town


def lines(tmp_path, path, layout):
    with surveyed(path, layout, tmp_path / "rejects.csv", tmp_path / "work") as survey:
        return [json.loads(placed.line) for batch in survey.batches(0, 10) for placed in batch]


def test_a_line_is_what_the_connector_reads(tmp_path):
    text = 'a "quote", a \\ and a \ud800 lone \x00 one, 日本'
    path = town.write(
        tmp_path / "a.jsonl",
        town.line("1", "ann", True, "09:00:00", text, brand='Pa"ge', thread="t,1", rating=4,
                  kind="review", author_name="Ann, “A”", private=False)
        + town.line("2", "Mara", False, "09:01:00", "ok", brand='Pa"ge', in_reply_to="1"),
    )  # fmt: skip
    review, answer = lines(tmp_path, path, Layout.JSONL)
    assert review == {
        "id": "1", "author": "ann", "author_name": "Ann, “A”", "brand": 'Pa"ge', "inbound": True,
        "at": "2026-03-02T09:00:00.000000+00:00", "text": text, "kind": "review", "rating": 4,
        "private": False, "thread": "t,1", "in_reply_to": "",
    }  # fmt: skip
    assert (answer["author"], answer["inbound"], answer["thread"]) == ('Pa"ge', False, "t,1")


def test_a_disk_that_becomes_full_is_told_as_such(tmp_path, small_disk):
    rows: list[town.Row] = [
        (n, f"p{n}", True, "02 09:00:00", f"@NorthwindAir where is bag {n * 7919}?", "")
        for n in range(12_000)
    ]
    path = town.write(
        tmp_path / "a.csv",
        town.twcs([*rows, (99_999, "NorthwindAir", False, "02 10:00:00", "here", "")]),
    )
    with (
        pytest.raises(OSError, match="No space left") as full,
        surveyed(path, Layout.TWCS, tmp_path / "rejects.csv", small_disk / "work"),
    ):
        pass
    assert full.value.errno == errno.ENOSPC
    assert full.value.filename == str(small_disk / "work")  # DuckDB's own word for it
    assert not list(small_disk.iterdir())

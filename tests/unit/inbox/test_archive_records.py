"""Reading archives line by line: what is a record, what is rejected, and from which line."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hearwell.inbox.archives.records import (
    ArchiveError,
    Layout,
    Record,
    Reject,
    moment_of,
)
from hearwell.inbox.archives.rows import read_rows
from tests.unit.reports.study import harbour_town as town

HEAD = ",".join(town.HEADER) + "\n"
AT = town.created("02 09:00:00")


def rows_of(tmp_path: Path, data: str | bytes, layout: Layout = Layout.TWCS) -> list[object]:
    path = tmp_path / "archive"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_rows(path, layout))


def test_a_row_of_twcs(tmp_path):
    (record,) = rows_of(tmp_path, HEAD + f'3,ann,True,{AT},fish &amp; chips &lt;3,"4,5",2.0\n')
    assert record == Record(
        2, "3", "ann", False, datetime(2026, 3, 2, 9, tzinfo=UTC), "fish & chips <3", "2"
    )


def test_lines_are_counted_though_a_text_has_several(tmp_path):
    text = HEAD + f'1,ann,True,{AT},"one\ntwo\nthree",,\n\n2,ann,True,never,x,,\n'
    record, reject = rows_of(tmp_path, text)
    assert record.text == "one\ntwo\nthree"
    assert reject == Reject(6, "unreadable time", "2,ann,True,never,x,,\n")


def test_a_quote_that_nobody_closes_costs_one_line(tmp_path):
    good = f"{{}},ann,True,{AT},hello,,\n"
    text = HEAD + good.format(1) + f'2,ann,True,{AT},"open,,\n' + good.format(3) + good.format(4)
    found = rows_of(tmp_path, text)
    assert [getattr(row, "id", None) for row in found] == ["1", None, "3", "4"]
    assert (found[1].line, found[1].reason) == (3, "broken quoting")


def test_bytes_that_are_no_utf_8_are_rejected_as_they_are(tmp_path):
    line = f"1,ann,True,{AT},caf".encode() + b"\xe9,,\n"
    (reject,) = rows_of(tmp_path, HEAD.encode() + line)
    assert reject.reason == "not UTF-8"
    assert reject.raw.encode("utf-8", "surrogateescape") == line


def test_a_text_of_a_hundred_thousand_characters_is_taken(tmp_path):
    (record,) = rows_of(tmp_path, HEAD + f"1,ann,True,{AT},{'x' * 100_000},,\n")
    assert len(record.text) == 100_000


def test_an_endless_line_is_rejected(tmp_path):
    rows = HEAD + f"1,ann,True,{AT},{'x' * 600_000},,\n2,ann,True,{AT},hi,,\n"
    reject, record = rows_of(tmp_path, rows)
    assert (reject.reason, record.id) == ("line too long", "2")


def test_a_line_without_an_end_is_never_read_into_memory_whole(tmp_path):
    path = tmp_path / "a.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(HEAD.encode())
        for _ in range(60):
            file.write(b"0" * 1_000_000)
        file.write(f"\n2,ann,True,{AT},hi,,\n".encode())
    tracemalloc.start()
    reject, record = read_rows(path, Layout.TWCS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (reject.line, reject.reason, len(reject.raw)) == (2, "line too long", 1_000)
    assert (record.line, record.id) == (3, "2")
    assert peak < 30_000_000


def test_an_endless_line_in_an_open_quote_is_told_from_it(tmp_path):
    text = HEAD + f'1,ann,True,{AT},"open,,\n' + "z" * 4_500_000 + f"\n3,ann,True,{AT},hi,,\n"
    found = rows_of(tmp_path, text)
    assert [(row.line, getattr(row, "reason", "")) for row in found] == [
        (2, "broken quoting"),
        (3, "line too long"),
        (4, ""),
    ]


def test_an_endless_line_of_json_is_rejected(tmp_path):
    text = town.line("1", "ann", True, "09:00:00", "x" * 600_000) + town.line(
        "2", "ann", True, "09:00:00"
    )
    reject, record = rows_of(tmp_path, text, Layout.JSONL)
    assert (reject.reason, record.id) == ("line too long", "2")


@pytest.mark.parametrize("name", ["row", "author", "parent"])
def test_an_id_or_handle_that_no_index_can_hold_is_rejected(tmp_path, name):
    fields = {"row": "1", "author": "ann", "parent": "", name: "x" * 501}
    line = f"{fields['row']},{fields['author']},True,{AT},hi,,{fields['parent']}\n"
    (reject,) = rows_of(tmp_path, HEAD + line)
    assert reject.reason == "an id or handle is too long"


@pytest.mark.parametrize("name", ["thread", "author_id", "author_name", "brand"])
def test_no_line_of_json_has_longer_ones(tmp_path, name):
    line = town.line("1", "ann", True, "09:00:00", **{name: "x" * 501})
    (reject,) = rows_of(tmp_path, line, Layout.JSONL)
    assert reject.reason == "an id or handle is too long"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not a JSON object"),
        ("[" * 100_000, "not a JSON object"),
        ("null", "not a JSON object"),
        (town.line("", "ann", True, "09:00:00"), "no id"),
        (town.line("1", "", True, "09:00:00"), "no author"),
        (town.line("1", "ann", "yes", "09:00:00"), "inbound is neither true nor false"),
        (town.line("1", "ann", True, "25:00:00"), "unreadable time"),
        (town.line("1", "ann", True, "09:00:00", text=["x"]), "a field is neither text nor number"),
        (town.line("1", "ann", True, "09:00:00", kind="smoke"), "unknown kind"),
    ],
)
def test_lines_of_json_that_cannot_be_used(tmp_path, line, reason):
    (reject,) = rows_of(tmp_path, line, Layout.JSONL)
    assert reject.reason == reason


def test_the_brand_is_the_author_of_what_its_agents_wrote(tmp_path):
    line = town.line("1", "Mara", False, "09:00:00", brand="Page")
    (record,) = rows_of(tmp_path, line, Layout.JSONL)
    assert (record.author, record.brand, record.more) == ("Page", "Page", {"author_name": "Mara"})


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue Oct 31 22:10:47 +0000 2017", datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        ("Tue Oct 31 22:10:47 +0530 2017", datetime(2017, 10, 31, 16, 40, 47, tzinfo=UTC)),
        ("2017-10-31T22:10:47Z", datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        ("2017-10-31 22:10:47", datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        ("2017-10-31T22:10:47.5-02:00", datetime(2017, 11, 1, 0, 10, 47, 500_000, tzinfo=UTC)),
    ],
)
def test_times(text, moment):
    assert moment_of(text) == moment


@pytest.mark.parametrize(
    "text", ["", "Tue Foo 31 22:10:47 +0000 2017", "Tue Oct 32 22:10:47 +0000 2017", "1509487847"]
)
def test_no_times(text):
    with pytest.raises(Exception, match="unreadable time"):
        moment_of(text)


def test_a_file_that_breaks_off_is_named(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress((HEAD + f"1,ann,True,{AT},hi,,\n" * 9_999).encode())[:-500])
    with pytest.raises(ArchiveError, match="cannot be read to its end"):
        list(read_rows(path, Layout.TWCS))

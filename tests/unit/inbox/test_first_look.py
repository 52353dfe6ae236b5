"""What a file is, told by its beginning; what is no archive is refused in words."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest

from hearwell.inbox.archives.look import LayoutError, looked_at
from hearwell.inbox.archives.records import ArchiveError, Layout
from tests.unit.reports.study import harbour_town as town

HEAD = ",".join(town.HEADER) + "\n"
LINE = town.line("1", "ann", True, "09:00:00", "hello")


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_twcs_is_told(tmp_path, name):
    assert looked_at(town.write(tmp_path / name, town.twcs(town.ROWS))) is Layout.TWCS


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_lines_of_json_are_told(tmp_path, name):
    assert looked_at(town.write(tmp_path / name, f"\ufeff\n {LINE}")) is Layout.JSONL


def test_an_archive_larger_than_a_look_is_fine(tmp_path):
    rows = HEAD + "".join(
        f"{n},ann,True,{town.created('02 09:00:00')},{'x' * 300},,\n" for n in range(5_000)
    )
    assert looked_at(town.write(tmp_path / "a.csv.gz", rows)) is Layout.TWCS


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("a.csv", town.twcs(town.ROWS))
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as pack:
        info = tarfile.TarInfo("a.csv")
        info.size = 3
        pack.addfile(info, io.BytesIO(b"a,b"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (gzip.compress(b"", mtime=0), "The file is empty"),
        (b"\n \n\t\n", "The file is empty"),
        (HEAD.encode(), "no message"),
        (zipped(), "ZIP file"),
        (tarred(), "tar file"),
        (gzip.compress(tarred(), mtime=0), "tar file"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\xff\xfei\x00d\x00,\x00", "no column"),
        (bytes(range(256)) * 20, "no text"),
        (b"\x1f\x8b\x08\x00" + b"garbage" * 99, "cannot be unpacked"),
        (b"a,b\n1,2\n", "no column tweet_id, author_id"),
        (";".join(town.HEADER).encode() + b"\n1;2\n", "semicolons"),
        (b"<!doctype html><p>Sign in", "no column"),
        (b'[{"id": "1"}]', "one JSON list"),
        (b'{"id": "1", "name": "x"}\n' * 3, "None of its first 3 rows can be used: no author (3)"),
        (HEAD.encode() + b"1,ann,True,never,hi,,\n", "unreadable time (1)"),
        (b"{" * 3_000_000, "line too long"),
    ],
    ids=range(18),
)
def test_what_is_no_archive_is_refused_in_words(tmp_path, data, said):
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match=said.replace("(", r"\(").replace(")", r"\)")):
        looked_at(path)


def test_a_gzip_that_ends_too_early_is_found_if_its_beginning_is_affected(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(town.twcs(town.ROWS).encode())[:-20])
    with pytest.raises(ArchiveError, match="ends too early"):
        looked_at(path)


def test_another_layout_than_the_chosen_one_is_said(tmp_path):
    path = town.write(tmp_path / "a", LINE)
    with pytest.raises(LayoutError, match="JSON lines"):
        looked_at(path, Layout.TWCS)
    with pytest.raises(LayoutError, match="CSV"):
        looked_at(town.write(tmp_path / "b", town.twcs(town.ROWS)), Layout.JSONL)


def test_a_quote_or_a_cut_line_at_the_end_of_the_look_does_no_harm(tmp_path):
    long = f'1,ann,True,{town.created("02 09:00:00")},"{"x" * 400_000}",,\n'
    assert looked_at(town.write(tmp_path / "a.csv", HEAD + long * 4)) is Layout.TWCS

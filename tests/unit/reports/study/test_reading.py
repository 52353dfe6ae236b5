"""What is read, what is left out and why."""

from __future__ import annotations

import pytest

from hearwell.reports.study.methods import METHODS
from hearwell.reports.study.reading import ArchiveError, layout_of
from hearwell.reports.study.study import Study
from tests.unit.reports.study import harbour_town as town

MENTIONS = METHODS["simply-measured"]
HEAD = ",".join(town.HEADER) + "\n"
AT = town.created("02 09:00:00")


def study_of(tmp_path, text: str, name: str = "a.csv", **options) -> Study:
    return Study(town.write(tmp_path / name, text), **options)


def asked(study: Study, brand: str = "Page") -> int:
    return next(one.needs_reply for one in study.figures(MENTIONS) if one.brand == brand)


BRAND_ROW = f"1,Page,False,{AT},hello,,\n"


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_plain_and_compressed_files_read_alike(tmp_path, name):
    study = study_of(tmp_path, town.twcs(town.ROWS), name)
    assert (study.span.rows, study.brands) == (17, ["NorthwindAir", "SkerryJet"])
    assert not study.rejected
    assert str(study.span.first) == "2026-03-02 09:00:00"
    assert str(study.span.last) == "2026-03-11 14:00:00"


def test_a_byte_order_mark_windows_lines_and_extra_columns_do_no_harm(tmp_path):
    text = "\ufeff" + HEAD.replace("\n", ",thread\n") + BRAND_ROW.replace("\n", ",7\n")
    text += f"2,ann,True,{AT},@Page hi,,,7\n"
    assert asked(study_of(tmp_path, text.replace("\n", "\r\n"))) == 1


def test_lines_may_end_now_this_way_now_that_way(tmp_path):
    text = HEAD + BRAND_ROW.replace("\n", "\r\n") + f"2,ann,True,{AT},@Page hi,,\n"
    text += f'3,ann,True,{AT},"@Page, a ""quote""\r\nand a line",,\r\n4,ann,True,never,@Page,,\n'
    study = study_of(tmp_path, text)
    assert (study.span.rows, asked(study)) == (3, 2)
    assert study.rejected == {"unreadable time": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"9,ann,True,{AT}\n", "wrong number of fields"),
        (f"9,ann,True,{AT},hi,,,more,and more\n", "wrong number of fields"),
        (f'9,ann,True,{AT},"a "bad" quote",,\n', "broken quoting"),
        (f"9,ann,True,{AT},{'x' * 3_000_000},,\n", "line too long"),
        (f",ann,True,{AT},hi,,\n", "no id"),
        (f"9,,True,{AT},hi,,\n", "no author"),
        (f"9,ann,perhaps,{AT},hi,,\n", "inbound is neither true nor false"),
        ("9,ann,True,yesterday,hi,,\n", "unreadable time"),
        ("9,ann,True,Tue Feb 30 22:10:47 +0000 2017,hi,,\n", "unreadable time"),
        (f"1,Page,False,{AT},again,,\n", "repeated id"),
    ],
)
def test_a_row_that_cannot_be_used_is_counted_under_its_reason(tmp_path, row, reason):
    study = study_of(tmp_path, HEAD + BRAND_ROW + row + f"3,ann,True,{AT},@Page hi,,\n")
    assert study.rejected == {reason: 1}
    assert (study.span.rows, asked(study)) == (2, 1)


def test_bytes_that_are_not_utf_8_are_counted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes((HEAD + BRAND_ROW).encode() + f"2,ann,True,{AT},caf".encode() + b"\xe9,,\n")
    assert Study(path).rejected == {"not UTF-8": 1}


def test_times_may_be_iso_8601_too(tmp_path):
    rows = "1,Page,False,2026-03-02T10:00:00+01:00,hi,,\n2,ann,1,2026-03-02 09:00:00Z,@Page x,,\n"
    study = study_of(tmp_path, HEAD + rows)
    assert str(study.span.first) == str(study.span.last) == "2026-03-02 09:00:00"


def test_ids_need_not_be_numbers(tmp_path):
    rows = [(f"t{a}", b, c, d, e, f and f"t{f}") for a, b, c, d, e, f in town.ROWS]
    assert study_of(tmp_path, town.twcs(rows)).total(MENTIONS).answered == 5


def test_ids_that_a_table_program_made_decimal_are_the_same_ids(tmp_path):
    rows = [(a, b, c, d, e, f and f"{f}.0") for a, b, c, d, e, f in town.ROWS]
    assert study_of(tmp_path, town.twcs(rows)).total(MENTIONS).answered == 5


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("@Page", True),
        ("@page", True),
        ("hi @PAGE!", True),
        ("mail@page.example", True),
        ("@Page's", True),
        ("@@Page", True),
        ("@Page_", False),
        ("@Pages", False),
        ("@Page1", False),
        ("Page", False),
        ("@ Page", False),
        ("@Pageé", True),  # é is no letter of a handle
    ],
)
def test_a_handle_ends_where_no_letter_digit_or_underscore_follows(tmp_path, text, is_named):
    study = study_of(tmp_path, HEAD + BRAND_ROW + f"2,ann,True,{AT},{text},,\n")
    assert asked(study) == int(is_named)


def test_a_handle_named_twice_counts_once(tmp_path):
    study = study_of(tmp_path, HEAD + BRAND_ROW + f"2,ann,True,{AT},@Page @page @Other,,\n")
    assert asked(study) == 1


def test_handles_with_dots_are_found_too(tmp_path):
    texts = {
        "2": "@northwind.example hi",
        "3": "hi @Northwind.Example.",
        "4": "@northwind.examples hi",
        "5": "@northwindXexample hi",
    }
    lines = town.line("1", "northwind.example", False, "08:00:00")
    lines += "".join(town.line(at, "ann", True, "09:00:00", text) for at, text in texts.items())
    assert asked(study_of(tmp_path, lines, "a.jsonl"), "northwind.example") == 2


def test_only_a_text_that_begins_with_rt_is_a_retweet(tmp_path):
    texts = ["RT @Page: x", "so RT @Page: x", "rt @Page x", "RT: @Page x"]
    rows = "".join(f"{at},ann,True,{AT},{text},,\n" for at, text in enumerate(texts, 2))
    assert asked(study_of(tmp_path, HEAD + BRAND_ROW + rows)) == 3


def test_lines_of_json(tmp_path):
    lines = (
        town.line("1", "Page", False, "08:00:00", "hello")
        + town.line("2", "ann", True, "09:00:00", '@Page hi, "you"')
        + "\n"
        + town.line("3", "Mara", False, "09:05:00", brand="Page", in_reply_to="2")
        + 'not json\n[1, 2]\n{"id": "4", "author": "ann"}\n'
    )
    study = study_of(tmp_path, lines, "a.jsonl")
    assert study.rejected == {"not a JSON object": 2, "inbound is neither true nor false": 1}
    assert study.figures(MENTIONS)[0].first_response_s.median == 300


def test_a_direct_message_belongs_to_the_brand_it_was_sent_to(tmp_path):
    lines = town.line("1", "Page", False, "08:00:00", "hello")
    lines += town.line("2", "ann", True, "09:00:00", "is anyone there?", brand="page")
    study = study_of(tmp_path, lines, "a.jsonl")
    assert study.total(METHODS["socially-devoted"]).needs_reply == 1
    assert study.total(MENTIONS).needs_reply == 0


def test_brands_can_be_named_and_a_silent_one_is_not_ranked(tmp_path):
    text = HEAD + f"2,ann,True,{AT},@Page hi,,\n"
    with pytest.raises(ArchiveError, match="--brand HANDLE"):
        study_of(tmp_path, text)
    (one,) = study_of(tmp_path, text, brands=["@page"]).figures(MENTIONS)
    assert (one.brand, one.needs_reply, one.answered) == ("page", 1, 0)
    assert one.caveat == "its replies are not in the record"


def test_a_finer_judge_may_be_asked(tmp_path):
    seen: list[str] = []

    def judge(texts):
        seen.extend(texts)
        return ["dog" in text for text in texts]

    study = study_of(tmp_path, town.twcs(town.ROWS), judge=judge)
    assert len(seen) == 11  # customers' messages only
    assert study.total(METHODS["hearwell"]).needs_reply == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b,c\n1,2,3\n", "no column tweet_id, author_id"),
        ("", r"a\.csv is empty"),
        (HEAD, "no row that can be read"),
        (HEAD + "1,a\n", "no row that can be read"),
    ],
)
def test_a_file_that_is_no_archive_is_refused_in_plain_words(tmp_path, text, why):
    with pytest.raises(ArchiveError, match=why):
        study_of(tmp_path, text)


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(b"\x1f\x8b\x08nothing compressed")
    with pytest.raises(ArchiveError, match=r"a\.csv\.gz is (cut off|damaged)"):
        layout_of(path)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda data: data[: len(data) // 2], "is cut off"),
        (lambda data: data[:-5], "is cut off"),
        (lambda data: data[:-8] + b"12345678", "is damaged"),
        (lambda data: data + b"and more", "is damaged"),
    ],
    ids=["half", "no end", "wrong checksum", "more behind"],
)
def test_a_compressed_file_that_did_not_arrive_whole_is_refused(tmp_path, damage, why):
    path = town.write(tmp_path / "a.csv.gz", town.twcs(town.ROWS * 50))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ArchiveError, match=rf"a\.csv\.gz {why}"):
        Study(path)


def test_compressed_files_may_be_glued_together(tmp_path):
    text = town.twcs(town.ROWS)
    path = town.write(tmp_path / "a.csv.gz", text[:700])
    rest = town.write(tmp_path / "b.csv.gz", text[700:])
    path.write_bytes(path.read_bytes() + rest.read_bytes())
    assert Study(path).span.rows == 17


@pytest.mark.parametrize("far", [0, 900_000_000_000_000_000], ids=["close", "far apart"])
def test_repeated_ids_are_found_however_far_apart_ids_lie(tmp_path, far):
    rows = [(a + far * (a % 3), *rest, "") for a, *rest, _ in town.ROWS]
    study = study_of(tmp_path, town.twcs([*rows, rows[4], rows[7], rows[7]]))
    assert study.rejected == {"repeated id": 3}
    assert study.span.rows == 17


@pytest.mark.parametrize(("text", "is_needed"), [("x" * 24, True), ("x" * 23, False)])
def test_without_a_handle_24_bytes_of_text_need_a_reply_too(tmp_path, text, is_needed):
    lines = town.line("1", "Page", False, "08:00:00") + town.line(
        "2", "ann", True, "09:00:00", text, brand="Page"
    )
    study = study_of(tmp_path, lines, "a.jsonl")
    assert study.total(METHODS["hearwell"]).needs_reply == int(is_needed)


def test_a_relation_that_is_kept_gives_the_same_figures(tmp_path):
    study = study_of(tmp_path, town.twcs(town.ROWS))
    before = [study.figures(method) for method in METHODS.values()]
    study.keep()
    assert [study.figures(method) for method in METHODS.values()] == before


def test_a_path_may_hold_quotes(tmp_path):
    assert study_of(tmp_path, town.twcs(town.ROWS), "it's.csv").span.rows == 17

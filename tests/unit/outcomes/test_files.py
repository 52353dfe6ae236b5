"""Files of series, line by line; names that are searched for; words of recommending."""

from __future__ import annotations

from datetime import date

import pytest

from hearwell.outcomes.files import MOST_BYTES, MOST_LINES, FileError
from hearwell.outcomes.rules import names_pattern
from hearwell.outcomes.series import read_series, written

TODAY = date(2026, 3, 31)


def test_a_week_is_that_of_any_of_its_days_and_a_month_too():
    body = (
        b"date,value,currency,unit,name\n2026-03-05,1,eur,,\n2026-W11,2,EUR,,\n"
        b"2026-02,3,,NPS,Trust\n"
    )
    weeks = [one.value for one in read_series(body, "w", " Sales  here", TODAY)]
    assert [(one.name, one.starts_on.isoformat(), one.unit, one.value) for one in weeks if one] == [
        ("Sales here", "2026-03-02", "EUR", 1.0), ("Sales here", "2026-03-09", "EUR", 2.0),
        ("Trust", "2026-01-26", "NPS", 3.0),
    ]  # fmt: skip
    assert [one.is_money for one in weeks if one] == [True, True, False]
    months = read_series(body, "m", "Sales", TODAY)
    assert months[0].value.starts_on == date(2026, 3, 1)
    assert months[1].wrong  # March stands there already
    again = written(months).encode()
    assert [one.value for one in read_series(again, "m", "", TODAY)] == [
        one.value for one in months if one.value
    ]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("2026-13-01,1,EUR,a", "date"), (",1,EUR,a", "date"), ("2026-04-01,1,EUR,a", "date"),
        ("2026-W54,1,EUR,a", "date"), ("1066-10-14,1,EUR,a", "date"), ("2026-13,1,EUR,a", "date"),
        ("2026-03-01,1.234.5,EUR,a", "value"), ("2026-03-01,nan,EUR,a", "value"),
        ("2026-03-01,,EUR,a", "value"), ("2026-03-01,\u0661,EUR,a", "value"),
        ("2026-03-01,1,,a", "unit"),
        ("2026-03-01,1,euro,a", "currency"), ("2026-03-01,1,EUR,", "name"),
        (f"2026-03-01,1,EUR,{'x' * 81}", "name"), ("2026-03-01", "name"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_of_its_column(line, column):
    (found,) = read_series(f"date,value,currency,name\n{line}\n".encode(), "d", "", TODAY)
    assert (found.number, found.value) == (2, None)
    assert found.column == column


def test_what_is_no_table_is_refused_whole():
    head = b"date,value,currency,name\n"
    too_long = head + b"2026-03-01,1,EUR,a\n" * (MOST_LINES + 1)
    for body in (b"", b"\xff", head, b"date,date,value\n1,2,3\n", b"x" * (MOST_BYTES + 1), too_long,
                 head + b'"'):  # fmt: skip
        with pytest.raises(FileError):
            read_series(body, "d", "a", TODAY)


def test_short_names_are_left_out_and_signs_mean_themselves():
    assert names_pattern(["AB", " "]) == ""
    assert names_pattern(["@C++ Air", "O.K."]) == (
        r"(?<![[:alnum:]_])(C\+\+\s+Air|O\.K\.)(?![[:alnum:]_])"
    )


def test_weeks_that_would_be_taken_for_days_are_refused_for_none_of_them_is_whole():
    head = "date,value,currency,name\n"
    weeks = [f"2026-0{month}-0{day},1,EUR,a\n" for month, day in ((1, 5), (2, 2), (2, 9))]
    body = (head + "".join(weeks)).encode()
    with pytest.raises(FileError, match="choose a week"):
        read_series(body, "d", "", TODAY)
    assert all(one.value for one in read_series(body, "w", "", TODAY))
    assert all(one.value for one in read_series(body + b"2026-02-10,1,EUR,a\n", "d", "", TODAY))
    assert read_series((head + weeks[0] + weeks[1]).encode(), "d", "", TODAY)[1].value

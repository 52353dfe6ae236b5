from __future__ import annotations

from datetime import datetime

import pytest

from hearwell.reports.study.period import BEGINNING, END, Period, parse_period

utc = datetime.fromisoformat
HORIZON = utc("2026-03-11 14:00")


@pytest.mark.parametrize(
    ("text", "starts_at", "ends_at"),
    [
        ("2026", utc("2026-01-01"), utc("2027-01-01")),
        ("2026-Q1", utc("2026-01-01"), utc("2026-04-01")),
        ("2026-q4", utc("2026-10-01"), utc("2027-01-01")),
        ("2026-02", utc("2026-02-01"), utc("2026-03-01")),
        ("2025-12", utc("2025-12-01"), utc("2026-01-01")),
        ("2024-02-29", utc("2024-02-29"), utc("2024-03-01")),
        ("2026-03-02..2026-03-03", utc("2026-03-02"), utc("2026-03-04")),
        ("2026-02..", utc("2026-02-01"), END),
        ("..2026-02", BEGINNING, utc("2026-03-01")),
        ("30d", utc("2026-02-09 14:00"), END),
    ],
)
def test_periods_as_people_type_them(text, starts_at, ends_at):
    assert parse_period(text, HORIZON) == Period(starts_at, ends_at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "0d",
        "\N{SUPERSCRIPT TWO}017",
        "2017-02-30",
        "9999",
        "soon",
        "2026-13",
        "2026-Q5",
        "2026-03-02-01",
        "2026-3..2026-2",
        "9999d",
    ],
)
def test_anything_else_is_refused(text):
    horizon = datetime.fromisoformat("0020-01-01")
    with pytest.raises(ValueError, match=r"No period|ends before it begins"):
        parse_period(text, horizon)

"""Whole numbers: ASCII digits, and no more of them than fit."""

from __future__ import annotations

import pytest

from hearwell.kit.numbers import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("999", 999), ("1000", None), ("", None), (None, None), ("-1", None),
     ("1.0", None), (" 1", None), ("²", None), ("٣", None)],
)  # fmt: skip
def test_only_digits_that_fit_are_a_number(text: str | None, number: int | None) -> None:
    assert whole_number(text, digits=3) == number

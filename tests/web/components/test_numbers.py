"""Numbers as people read them: rounded, not cut off."""

from __future__ import annotations

import pytest

from hearwell.web.components.numbers import one_decimal


@pytest.mark.parametrize(
    ("number", "written"),
    [(19.96, "20.0"), (66.666, "66.7"), (100 * (0.6 - 0.5), "10.0"), (-0.04, "0.0"), (5, "5.0")],
)
def test_one_decimal_is_rounded(number, written):
    """Django cuts a float off: two of three answered were 66.6 %."""
    assert one_decimal(number) == written


def test_a_sign_is_that_of_what_is_shown():
    assert [one_decimal(one, is_signed=True) for one in (0.04, -0.04, -0.06)] == [
        "+0.0", "+0.0", "-0.1",
    ]  # fmt: skip

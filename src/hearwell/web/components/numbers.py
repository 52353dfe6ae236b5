"""Numbers as the reader's language writes them: 15,000 and 19.4 are 15.000 and 19,4 in German."""

from __future__ import annotations

from django.utils.formats import number_format


def grouped(number: int) -> str:
    """Write a whole number with its thousands apart."""
    return str(number_format(number, force_grouping=True))


def one_decimal(number: float, *, is_signed: bool = False) -> str:
    """Write a number with one decimal, on wish with its sign also when it is not below zero."""
    # Django cuts a float off after its decimals; + 0.0 makes a zero of minus zero.
    rounded = round(number, 1) + 0.0
    written = str(number_format(rounded, decimal_pos=1))
    return f"+{written}" if is_signed and rounded >= 0 else written


def signed(number: float) -> str:
    """Write a number with two decimals and its sign, as correlations are written."""
    rounded = round(number, 2) + 0.0
    written = str(number_format(rounded, decimal_pos=2))
    return f"+{written}" if rounded >= 0 else written


def two_decimals(number: float) -> str:
    """Write a number with two decimals, for what is so few that one would say nothing."""
    return str(number_format(round(number, 2) + 0.0, decimal_pos=2))

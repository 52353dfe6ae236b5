"""Limits and amounts of money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.guard.money import promised
from hearwell.powers.giving import Given, Limits, Power, closed_to, is_within, left
from hearwell.powers.money import BadAmountError, plain_amount, shown_amount, to_minor
from tests.unit.guard.ordinary import ORDINARY

LIMITS = Limits(2500, 10_000, 25_000)


@pytest.mark.parametrize(
    ("given_before", "rest"),
    [
        (Given(), 2500),
        (Given(case=2000), 500),
        (Given(year=9900), 100),
        (Given(day=25_000), 0),
        (Given(case=9999), 0),
    ],
)
def test_the_nearest_limit_decides(given_before, rest):
    assert left(LIMITS, given_before) == rest
    assert is_within(rest, LIMITS, given_before)
    assert not is_within(rest + 1, LIMITS, given_before)


def test_where_there_is_no_limit_everything_keeps_within():
    assert left(Limits(None, None, None), Given(1, 2, 3)) is None
    assert is_within(10**12, Limits(None, None, None), Given())
    assert left(Limits(None, 5, None), Given()) == 5


@given(st.integers(0, 10**9), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_is_read_as_it_is_written(minor, currency):
    text = plain_amount(minor, currency)
    if len(text.partition(".")[0]) <= 9:
        assert to_minor(text, currency) == minor
        assert to_minor(text.replace(".", ","), currency) == minor
    assert shown_amount(minor, currency).endswith(currency)


@pytest.mark.parametrize("text", ["", "-5", "1e3", "1.234.5", "25 EUR", "٢٥", "9" * 10, "0.123"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(BadAmountError):
        to_minor(text, "EUR")


def test_yen_have_no_cents():
    assert to_minor("25", "JPY") == 25
    with pytest.raises(BadAmountError):
        to_minor("25.5", "JPY")


def test_what_is_empty_is_open_to_all():
    power = Power(LIMITS, networks=["bluesky"], kinds=["question"])
    assert closed_to(power, "bluesky", "public", "question") == ""
    assert closed_to(power, "email", "public", "question") == "network"
    assert closed_to(power, "bluesky", "public", "complaint") == "kind"
    assert closed_to(power, "bluesky", "public", "") == "", "nobody has judged it yet"
    assert closed_to(Power(LIMITS), "x", "private", "spam") == ""


@pytest.mark.parametrize(
    ("text", "currency", "amounts"),
    [
        ("We refund you €40.", "EUR", ["40"]),
        ("A voucher of 1,250.50 EUR is yours.", "EUR", ["1250.50"]),
        ("Wir erstatten Ihnen 1.250 € sofort", "EUR", ["1250"]),
        ("Vous recevez un bon d'achat de 30 euros.", "EUR", ["30"]),
        ("We credit $25 and a voucher for $ 30.5", "USD", ["25", "30.5"]),
        ("We refund you €40.", "USD", []),
        ("The fare was 420 EUR. We will refund it.", "EUR", []),
        ("Bag 40 is refunded", "EUR", []),
        # However long a row of numbers is, each looks no further than an amount can be long.
        ("We refund " + "111 " * 25_000 + "EUR", "EUR", ["111" * 5]),
    ],
)
def test_an_amount_is_promised_where_its_sentence_gives(text, currency, amounts):
    assert [value for _, value in promised(text, currency)] == [Decimal(one) for one in amounts]


@pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "JPY", "XXX"])
def test_ordinary_replies_promise_nothing(currency):
    assert [text for text in ORDINARY if promised(text, currency)] == []

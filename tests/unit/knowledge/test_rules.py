"""Variables of saved replies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.knowledge.rules import (
    LONGEST_REPLY,
    VARIABLES,
    BadReplyError,
    check,
    filled,
    first_name,
    slots,
)

LENA = {"customer.first_name": "Lena", "agent.name": "Alice Adams"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hi {customer.first_name|there}!", "Hi Lena!"),
        ("Hi {customer.handle|there}!", "Hi there!"),
        ("{ agent.name }", "Alice Adams"),
        ("{customer.handle|}.", "."),
        ("{weather} {} {a|b}", "{weather} {} {a|b}"),
        ("no braces", "no braces"),
    ],
)
def test_variables_are_replaced_and_unknown_ones_are_seen(text, shown):
    assert filled(text, LENA) == shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {customer.firstname}", "There is no {customer.firstname}"),
        ("Hi {customer.first_name}", "say what stands in for it"),
        ("x" * (LONGEST_REPLY + 1), "at most 5000"),
    ],
)
def test_what_could_go_wrong_is_refused_in_words(text, said):
    with pytest.raises(BadReplyError, match=said):
        check(text)


def test_what_is_always_known_needs_no_fallback():
    check("{agent.first_name} {case.number} {brand.name} {customer.name|dear customer}")


@given(st.text(alphabet="{}|. abcustomernam", max_size=60), st.text(max_size=20))
def test_filling_never_fails_and_never_fills_twice(text, name):
    values = dict.fromkeys(VARIABLES, f"{{{name}}}")
    shown = filled(text, values)
    known = [slot for slot in slots(text) if slot.name in VARIABLES]
    assert (shown != text) or not known
    if not known:
        assert shown == text


@pytest.mark.parametrize(
    ("name", "first"),
    [("Lena Vik", "Lena"), ("Ørjan", "Ørjan"), ("lena_v", ""), ("L Vik", ""), ("", ""), ("42", "")],
)
def test_a_first_name_is_a_name_or_nothing(name, first):
    assert first_name(name) == first

"""Personal data taken out of a text, and put back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.guard.masking import KINDS, mask


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to lena.vik@gmail.com please", "Write to [email_1] please"),
        ("Call +47 912 34 567 or 555-123-4567", "Call [phone_1] or [phone_2]"),
        ("My card 4111 1111 1111 1111 12/27", "My card [card_1] 12/27"),
        ("IBAN DE89 3704 0044 0532 0130 00 it is", "IBAN [iban_1] it is"),
        ("From 192.168.4.20 since 2026-03-01", "From [ip_1] since [date_1]"),
        ("Booking X7K2PQ and NW482100", "Booking [code_1] and [code_2]"),
        ("Order 4711-081-5000 at last", "Order [number_1] at last"),
        ("@northwind see https://evil.example/?id=lena.", "[handle_1] see [link_1]."),
        ("born 03.04.1985", "born [date_1]"),
        ("5 bags, 2 hours, 2026", "5 bags, 2 hours, 2026"),
        ("\uff4c\uff45\uff4e\uff41@gmail\uff0ecom", "[email_1]"),
    ],
)
def test_what_is_taken_out(text, left):
    assert mask(text).text == left


def test_names_that_are_known_go_whole_and_in_parts():
    masked = mask("Lena Vik here, LENA again, not Vikings", names=["Lena Vik", ""])
    assert masked.text == "[name_1] here, [name_2] again, not Vikings"
    assert masked.restored("Dear [name_2], [name_9]") == "Dear LENA, [name_9]"
    assert masked.strangers("Dear [name_2], [name_9]") == ["[name_9]"]


def test_the_same_thing_has_the_same_stand_in():
    masked = mask("a@b.co, again a@b.co")
    assert masked.text == "[email_1], again [email_1]"
    assert masked.kept == {"[email_1]": "a@b.co"}


def test_a_stand_in_that_the_customer_wrote_is_none():
    masked = mask("[phone_1] is not mine, +47 912 34 567 is")
    assert masked.text == "(phone 1) is not mine, [phone_1] is"
    assert masked.restored("[phone_1]") == "+47 912 34 567"


def test_what_is_ours_and_what_nobody_asks_for_stays():
    text = "help@northwind.example or +47 22 33 44 55"
    assert mask(text, ours=["help@northwind.example", "+47 22 33 44 55"]).text == text
    assert mask("a@b.co +47 912 34 567", kinds=["phone"]).text == "a@b.co [phone_1]"


def test_references_by_the_workspaces_own_masks():
    assert mask("See NW-204518", masks=["NW-999999"]).text == "See [reference_1]"


@given(st.text(max_size=300))
def test_putting_back_gives_what_was_read(text):
    masked = mask(text)
    again = mask(masked.restored(masked.text))
    assert again.text == masked.text
    assert set(KINDS) >= {mark[1:].partition("_")[0] for mark in masked.kept}

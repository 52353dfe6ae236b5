"""Threads and signed words: found again by the right person, useless to anybody else."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connectors.email.threads import (
    Ours,
    Stamp,
    id_of,
    key_of,
    ours_from,
    who_of,
    written_id,
)

STAMP = Stamp("a secret")
KEY = "0199a000-0000-7000-8000-00000000000b"
LENA, MALLORY = "lena@example.test", "mallory@evil.test"
THREAD = key_of("first@example.test", LENA)
OWN = STAMP.message_id(KEY, THREAD, LENA, "northwind.test")


@given(st.uuids(), st.text(max_size=30))
def test_our_id_says_what_it_was_made_of(key: uuid.UUID, root: str) -> None:
    thread = key_of(root, LENA)
    own = STAMP.message_id(str(key), thread, LENA, "northwind.test")
    assert STAMP.ours_in(f"In-Reply-To: <{own}>") == [Ours(own, str(key), thread, who_of(LENA))]
    assert ours_from(own) == STAMP.ours_in(own)


def test_the_same_draft_has_the_same_id_for_ever() -> None:
    assert STAMP.message_id(KEY, THREAD, LENA, "northwind.test") == OWN
    assert OWN.isascii()
    assert len(OWN) < 250


@pytest.mark.parametrize("place", range(0, len(OWN) - len("@northwind.test"), 5))
def test_one_letter_changed_and_it_is_not_ours(place: int) -> None:
    letter = "b" if OWN[place] == "a" else "a"
    assert STAMP.ours_in(OWN[:place] + letter + OWN[place + 1 :]) == []


def test_what_was_made_for_one_does_not_serve_another() -> None:
    other = STAMP.message_id(str(uuid.uuid4()), THREAD, LENA, "northwind.test")
    glued = f"{other[:26]}{OWN[26:]}"  # a customer's own key before a signature of ours
    assert STAMP.ours_in(glued) == []
    assert STAMP.ours_in(OWN.replace("northwind.test", "evil.test")) == []
    assert Stamp("another secret").ours_in(OWN) == []
    assert Stamp("").ours_in(OWN) == []


def test_a_plus_address_leads_back_and_is_no_message_id() -> None:
    plus = STAMP.plus("support@northwind.test", THREAD, LENA)
    assert len(plus.partition("@")[0]) <= 64
    assert STAMP.invitations_in(f"To: Northwind <{plus}>") == [(THREAD, who_of(LENA))]
    assert STAMP.ours_in(plus) == []
    assert STAMP.invitations_in(f"To: <support+{OWN.partition('.')[2]}>") == []
    assert Stamp("").invitations_in(plus) == []


def test_only_so_many_signatures_are_checked() -> None:
    many = [STAMP.message_id(str(uuid.uuid4()), THREAD, LENA, "x.test") for _ in range(80)]
    assert len(STAMP.ours_in(" ".join(many))) == 50


def test_a_thread_is_one_person_under_one_first_mail() -> None:
    keys = {key_of(root, who) for root in ("a@x", "b@x") for who in (LENA, MALLORY)}
    assert len(keys) == 4
    assert key_of("a@x", LENA) == key_of("a@x", LENA)


@pytest.mark.parametrize(
    "message_id",
    ["", "1@localhost", "form", "x@y", "0@example.test", "12345678@nodot", "12345678@127.0.0.1"],
)
def test_an_id_that_cannot_be_the_only_one_gets_company(message_id: str) -> None:
    first, second = id_of(message_id, ["text"]), id_of(message_id, ["another"])
    assert first != second
    assert written_id(first) == message_id


def test_a_good_id_is_taken_as_it_is() -> None:
    assert id_of("CAF12345@mail.example.test", ["text"]) == "CAF12345@mail.example.test"

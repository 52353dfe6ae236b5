"""Addresses as people and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connectors.email.addresses import Mailbox, mailboxes, normal, shown


@pytest.mark.parametrize(
    ("given_", "address"),
    [
        ("Lena@Example.TEST", "lena@example.test"),
        (" lena@example.test ", "lena@example.test"),
        ("post@straße.test", "post@xn--strae-oqa.test"),
        ("post@STRASSE.test", "post@strasse.test"),
        ("用户@例子.test", "用户@xn--fsqu00a.test"),
        ("a+b.c_d@x-y.test", "a+b.c_d@x-y.test"),
        ("lena", ""),
        ("@example.test", ""),
        ("lena@", ""),
        ("lena@localhost", ""),
        ("lena@-x.test", ""),
        ("le na@example.test", ""),
        ("lena@example.test\r\nBcc: x@y.test", ""),
        ("lena@example.test>\r\nRCPT TO:<x@y.test", ""),
        ('"lena"@example.test', ""),
        (".lena@example.test", ""),
        ("le..na@example.test", ""),
        ("lena@exam ple.test", ""),
        (f"{'x' * 300}@example.test", ""),
        (f"lena@{'x' * 64}.test", ""),
        ("lena@[127.0.0.1]", ""),
    ],
)
def test_an_address_is_one_or_none(given_: str, address: str) -> None:
    assert normal(given_) == address


@given(st.text(max_size=60))
def test_what_is_an_address_can_stand_in_a_command(text: str) -> None:
    address = normal(text)
    assert not set(address) & set(' \r\n\t<>\0,;"')
    assert normal(address) == address


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (b'"Doe, John" <j@x.test>', [Mailbox("j@x.test", "Doe, John")]),
        (b"Doe, John <j@x.test>", [Mailbox("j@x.test", "Doe, John")]),
        (b"j@x.test (John)", [Mailbox("j@x.test", "John")]),
        (b"a@x.test, b@x.test", [Mailbox("a@x.test"), Mailbox("b@x.test")]),
        (b"Team: a@x.test, B <b@x.test>;, c@x.test",
         [Mailbox("a@x.test"), Mailbox("b@x.test", "B"), Mailbox("c@x.test")]),
        (b"undisclosed-recipients:;", []),
        (b"Nobody", [Mailbox("", "Nobody")]),
        (b'"a@x.test" <b@y.test>', [Mailbox("b@y.test", "a@x.test")]),
        (b'"=?utf-8?q?J=C3=B6rg?=" <j@x.test>', [Mailbox("j@x.test", "Jörg")]),
        (b"<>", []),
        (b"", []),
    ],
)  # fmt: skip
def test_lists(value: bytes, found: list[Mailbox]) -> None:
    assert mailboxes(value) == found


@given(st.binary(max_size=200))
def test_any_bytes_are_some_list(value: bytes) -> None:
    assert len(mailboxes(value)) <= 200


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("post@xn--strae-oqa.test", "post@straße.test"),
        ("x@xn--80ak6aa92e.test", "x@xn--80ak6aa92e.test"),  # "apple" in Cyrillic letters
        ("x@xn--80aswg.test", "x@сайт.test"),
        ("x@xn--pple-43d.test", "x@xn--pple-43d.test"),  # a Cyrillic letter among Latin ones
        ("x@xn--.test", "x@xn--.test"),
        ("x@example.test", "x@example.test"),
    ],
)
def test_a_name_is_shown_in_its_letters_unless_it_mixes_them(address: str, seen: str) -> None:
    assert shown(address) == seen

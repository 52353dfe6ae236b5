"""A form is read as it was typed: what is missing, what cannot be, and what is left as it is."""

from __future__ import annotations

import pytest

from hearwell.connect.connecting import Connected, Field, FieldKind, FieldRefused, filled_in

NAME = Field(name="name", label="Name")
SECRET = Field(name="secret", label="Secret", kind=FieldKind.SECRET)


def test_texts_lose_white_space_and_secrets_keep_theirs():
    filled = filled_in([NAME, SECRET], {"name": "  north wind \n", "secret": " pass word \n"})

    assert filled.given == {"name": "north wind", "secret": " pass word "}
    assert filled.refused == {}


def test_every_field_is_there_with_its_default():
    optional = Field(name="port", label="Port", default="993", is_required=False)

    assert filled_in([NAME, optional], {"name": "x"}).given == {"name": "x", "port": "993"}


def test_what_is_missing_is_said_at_its_field():
    assert list(filled_in([NAME, SECRET], {"name": "  "}).refused) == ["name", "secret"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FieldKind.EMAIL, "care@example.com", "care at example"),
        (FieldKind.NUMBER, "993", "nine"),
        (FieldKind.NUMBER, "0", "٣"),
        (FieldKind.CHOICE, "a", "z"),
        (FieldKind.TEXT, "any", "a\x00b"),
        (FieldKind.SECRET, "any", "x" * 5000),
    ],
)
def test_a_kind_takes_what_it_can_be(kind: FieldKind, good: str, bad: str):
    one = Field(name="it", label="It", kind=kind, choices=(("a", "A"),))

    assert filled_in([one], {"it": good}).refused == {}
    assert filled_in([one], {"it": bad}).refused.keys() == {"it"}


def test_a_box_is_ticked_or_not_and_never_missing():
    box = Field(name="tls", label="TLS", kind=FieldKind.CHECK, default="1")

    assert filled_in([box], {"tls": "1"}).given == {"tls": "1"}
    assert filled_in([box], {"tls": ""}).given == {"tls": ""}
    assert filled_in([box], {}).refused == {}


def test_nothing_typed_shows_in_a_repr():
    filled = filled_in([SECRET], {"secret": "canary"})
    connected = Connected(external_id="1", handle="x", secrets={"token": "canary"})

    assert "canary" not in repr(filled)
    assert "canary" not in repr(connected)
    assert "canary" not in repr(connected.account)


def test_a_refusal_names_its_field():
    error = FieldRefused(field_name="secret", message="No.", network_code="401")

    assert (error.field_name, error.message, error.network_code) == ("secret", "No.", "401")

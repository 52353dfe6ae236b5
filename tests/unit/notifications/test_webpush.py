"""Pushes are sealed as the standards say: their own example, and a reader that is not ours."""

from __future__ import annotations

import base64
import os

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from hearwell.notifications.rules import (
    BadDeviceError,
    checked_endpoint,
    packed,
    unpacked,
)
from hearwell.notifications.webpush import TooLongError, encrypt, point_of


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_the_standard():
    """RFC 8291, section 5 and appendix A."""
    ours = int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    message = b"When I grow up, I want to be a watermelon"
    sealed = encrypt(
        message,
        raw(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        raw("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=raw("DGv6ra1nlYgDCS1FRnbzlw"),
        private=ec.derive_private_key(ours, ec.SECP256R1()),
        padded_to=len(message) + 1,
    )
    assert packed(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6T"
        "lzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4"
        "a-fN"
    )


@given(st.binary(max_size=2000))
def test_whatever_is_sealed_another_reader_opens(message):
    private, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    sealed = encrypt(message, point_of(private), auth)
    read = http_ece.decrypt(sealed, private_key=private, auth_secret=auth, version="aes128gcm")
    assert read == message
    assert len(sealed) == len(encrypt(b"", point_of(private), auth)) < 4096


def test_a_message_that_has_no_room_and_a_key_that_is_none_are_refused():
    private = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(TooLongError):
        encrypt(b"x" * 4000, point_of(private), b"a" * 16)
    with pytest.raises(BadDeviceError):
        encrypt(b"x", b"\x04" + b"\x01" * 64, b"a" * 16)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://2130706433/x",
        "https://push.example.com:8443/x",
        "https://me:secret@push.example.com/x",
        "file:///etc/passwd",
        "https://push.example.com/\r\nHost: inside",
        "https://push.example.com:port/",
        "https://push.example.com/" + "x" * 2000,
    ],
)
def test_only_public_names_by_https_are_addresses_of_devices(endpoint):
    with pytest.raises(BadDeviceError):
        checked_endpoint(endpoint)


def test_an_address_that_is_allowed_by_hand_may_lie_inside():
    assert checked_endpoint("http://127.0.0.1:81/x", ["http://127.0.0.1:81"])
    assert checked_endpoint("https://fcm.googleapis.com/fcm/send/abc:def")
    with pytest.raises(BadDeviceError):
        checked_endpoint("http://127.0.0.1:82/x", ["http://127.0.0.1:81"])


@pytest.mark.parametrize("text", ["", "é", "AAAA", "*" * 87])
def test_keys_of_another_size_are_refused(text):
    with pytest.raises(BadDeviceError):
        unpacked(text, 65)

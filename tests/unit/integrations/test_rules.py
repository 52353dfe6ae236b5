"""Signatures, pauses and addresses of webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.integrations.rules import (
    DELAYS_S,
    LONGEST_PAUSE_S,
    MOST_ATTEMPTS,
    BadSecretError,
    Outcome,
    headers,
    made_secret,
    signature,
    waits,
)
from hearwell.kit.outside import Wrong, wrong_with

ILL, REFUSED = Outcome(500), Outcome(404)


def is_verified(key: bytes, found: dict[str, str], body: bytes) -> bool:
    """Verify as a receiver does who has read the specification and not our code."""
    content = f"{found['webhook-id']}.{found['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    given_ = [one.partition(",") for one in found["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(mac, expected) for version, _, mac in given_)


def test_the_published_example_of_the_specification():
    """From the tests that its own libraries share."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert (
        signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@given(
    keys=st.lists(st.binary(min_size=24, max_size=64), min_size=1, max_size=2, unique=True),
    other=st.binary(min_size=24, max_size=64),
    id_=st.uuids().map(str),
    at=st.integers(min_value=0, max_value=2**40),
    body=st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")),
    place=st.integers(min_value=0),
)
def test_who_has_a_secret_verifies_and_nobody_else(keys, other, id_, at, body, place):
    secrets = ["whsec_" + base64.b64encode(key).decode() for key in keys]
    found = headers(secrets, id_, at, body)
    assert all(is_verified(key, found, body) for key in keys)
    assert is_verified(other, found, body) == (other in keys)
    assert not is_verified(keys[0], found, body + b" ")
    assert not is_verified(keys[0], {**found, "webhook-timestamp": str(at + 1)}, body)
    assert not is_verified(keys[0], {**found, "webhook-id": id_ + "0"}, body)
    if body:
        flipped = bytearray(body)
        flipped[place % len(body)] ^= 1
        assert not is_verified(keys[0], found, bytes(flipped))


def test_secrets_are_long_and_never_the_same():
    made = {made_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b64decode(one.removeprefix("whsec_"))) for one in made} == {32}


def test_what_is_no_secret_is_refused():
    with pytest.raises(BadSecretError):
        signature("whsec_not base64!", "id", 1, b"{}")


def test_the_attempts_span_about_three_days():
    assert MOST_ATTEMPTS == 12
    assert 2.5 < sum(DELAYS_S) / 86_400 < 3.5


@given(chance=st.floats(min_value=0, max_value=1, exclude_max=True), n=st.integers(1, 4))
def test_while_it_fails_at_first_the_oldest_keeps_its_place(chance, n):
    pauses = waits(ILL, n, n, chance)
    assert pauses.notice_s == pauses.address_s


@given(chance=st.floats(min_value=0, max_value=1, exclude_max=True), n=st.integers(5, 40))
def test_an_old_one_and_a_refused_one_let_others_pass(chance, n):
    assert waits(ILL, n, n, chance).notice_s > waits(ILL, n, n, chance).address_s
    assert waits(REFUSED, 1, 1, chance).notice_s > waits(REFUSED, 1, 1, chance).address_s


@given(
    chance=st.floats(min_value=0, max_value=1, exclude_max=True),
    attempts=st.integers(1, 60),
    failures=st.integers(1, 10_000),
)
def test_an_address_is_never_left_alone_for_long(chance, attempts, failures):
    pauses = waits(ILL, attempts, failures, chance)
    assert 0 < pauses.address_s <= LONGEST_PAUSE_S * 1.2
    assert 0 < pauses.notice_s <= max(DELAYS_S) * 1.2


def test_what_the_receiver_asks_for_is_done_within_an_hour():
    assert waits(Outcome(429, retry_after_s=90), 1, 1, 0.5).address_s == 90
    assert waits(Outcome(429, retry_after_s=999_999), 1, 1, 0.5).address_s == 3600


ALLOWED, OWN = ["http://127.0.0.1:9000", "https://hooks.lan:8443"], ["https://care.example.com"]


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://example.com/hook?a=1", None),
        ("https://example.com:443/", None),
        ("http://127.0.0.1:9000/in", None),
        ("https://hooks.lan:8443/in", None),
        ("http://example.com/hook", Wrong.NOT_HTTPS),
        ("ftp://example.com/hook", Wrong.NOT_HTTPS),
        ("http://127.0.0.1:9001/in", Wrong.NOT_HTTPS),
        ("https://example.com:8443/", Wrong.PORT),
        ("https://127.0.0.1/", Wrong.INSIDE),
        ("https://[::1]/", Wrong.INSIDE),
        ("https://[::ffff:10.0.0.1]/", Wrong.INSIDE),
        ("https://169.254.169.254/latest", Wrong.INSIDE),
        ("https://10.1.2.3/", Wrong.INSIDE),
        ("https://localhost/", Wrong.INSIDE),
        ("https://me:secret@example.com/", Wrong.SIGN_IN),
        ("https://care.example.com/hooks/x", Wrong.OURSELVES),
        ("https://example.com/#part", Wrong.NO_ADDRESS),
        ("https://exa mple.com/", Wrong.NO_ADDRESS),
        ("https://example.com/\nx", Wrong.NO_ADDRESS),
        ("https://example.com:99999/", Wrong.NO_ADDRESS),
        ("https://[::1", Wrong.NO_ADDRESS),
        ("https:///x", Wrong.NO_ADDRESS),
        ("", Wrong.NO_ADDRESS),
        ("https://example.com/" + "x" * 2000, Wrong.NO_ADDRESS),
    ],
)
def test_addresses(url, wrong):
    assert wrong_with(url, ALLOWED, OWN) == wrong


@given(st.text(max_size=80))
def test_no_text_breaks_the_check(text):
    wrong_with(text, ALLOWED, OWN)
    wrong_with("https://" + text, ALLOWED, OWN)

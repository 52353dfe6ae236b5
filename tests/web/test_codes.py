"""Codes from an app: a little early or late is good, twice is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from hearwell.accounts.codes import TOLERANCE

NOON = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)
ASKED, IN = "/account/2fa/authenticate/", "/"


@pytest.fixture
def secret(alice):
    cache.clear()
    seed = generate_totp_secret()
    TOTP.activate(alice, seed)
    return seed


def code(secret: str, *, later_s: int = 0) -> str:
    counter = int((NOON + timedelta(seconds=later_s)).timestamp()) // 30
    return format_hotp_value(hotp_value(secret, counter))


def signed_in_with(given: str) -> bool:
    client = Client()
    client.post("/account/login/", {"login": "alice@example.com", "password": "correct horse"})
    answer = client.post(ASKED, {"code": given})
    return answer.status_code == 302


def test_the_setting_is_what_the_code_reckons_with():
    assert settings.MFA_TOTP_TOLERANCE == TOLERANCE


@pytest.mark.parametrize(
    ("later_s", "is_good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_the_one_before_and_the_one_after_are_good(secret, later_s, is_good):
    with time_machine.travel(NOON, tick=False):
        assert signed_in_with(code(secret, later_s=later_s)) is is_good


@pytest.mark.parametrize("after_s", [0, 29, 31, 59, 79])
def test_each_is_good_once_for_as_long_as_it_is(secret, after_s):
    given = code(secret, later_s=30)
    with time_machine.travel(NOON, tick=False):
        assert signed_in_with(given)
    with time_machine.travel(NOON + timedelta(seconds=after_s), tick=False):
        assert not signed_in_with(f"{given[:3]} {given[3:]}")


def test_a_used_one_does_not_count_before_something_that_matters(secret, alice):
    given, client = code(secret), Client()
    with time_machine.travel(NOON, tick=False):
        assert signed_in_with(given)
        client.force_login(alice)
        answer = client.post("/account/2fa/reauthenticate/", {"code": given})
        assert answer.status_code == 200
        other = code(secret, later_s=30)
        assert client.post("/account/2fa/reauthenticate/", {"code": other}).status_code == 302

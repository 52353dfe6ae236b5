"""One signature of several that are good, and none that is not."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.connect import signed
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import Raw

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _raw(url: str = "https://x/hooks/1", **headers: str) -> Raw:
    return Raw("POST", url, headers, b"{}", NOW)


def test_the_mac_is_that_of_the_standard() -> None:
    # RFC 4231, 4.3.
    said = signed.mac("Jefe", b"what do ya want for nothing?")
    assert said.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert len(signed.mac("Jefe", b"", hashlib.sha1)) == 20


@pytest.mark.parametrize("given", ["new!", "old!"])
def test_every_secret_of_a_change_is_good(given: str) -> None:
    signed.check(given, ("new", "", "old"), lambda secret: f"{secret}!")


def test_all_secrets_are_tried_whichever_fits() -> None:
    tried: list[str] = []

    def made_by(secret: str) -> str:
        tried.append(secret)
        return secret

    signed.check("new", ("new", "old"), made_by)
    assert tried == ["new", "old"]


@pytest.mark.parametrize("given", ["", "ne", "neu", "new ", "näw", "\ud800"])
def test_nothing_else_is(given: str) -> None:
    for secrets in (("new",), ("",), ()):
        with pytest.raises(BadSignature):
            signed.check(given, secrets, str)


@pytest.mark.parametrize("off_s", [-300, 300])
def test_a_little_late_or_early_is_good(off_s: int) -> None:
    stamp = str(int((NOW + timedelta(seconds=off_s)).timestamp()))
    assert signed.stamp_in(_raw(at=stamp), "at", 300) == stamp


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "²", "1e9", "9" * 40, "0"])
def test_another_time_is_none(stamp: str) -> None:
    with pytest.raises(BadSignature):
        signed.stamp_in(_raw(at=stamp), "at", 300)


def test_an_address_that_cannot_be_read_asks_nothing() -> None:
    assert signed.query_in(_raw("https://[/hooks/1?a=1")) == {}
    assert signed.query_in(_raw("https://x/hooks/1?a=1&a=2&b=")) == {"a": ["1", "2"]}

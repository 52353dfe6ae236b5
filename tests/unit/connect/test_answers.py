"""Answers that are none, or not what they say they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hearwell.connect.answers import allowance_in, json_in, object_or_none, reset_in, soonest
from hearwell.kit import clock


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'{"a":', b'"\xff\xfe"'])
def test_what_cannot_be_read_says_nothing(body: bytes) -> None:
    answer = httpx.Response(200, content=body)
    assert json_in(answer) is None
    assert object_or_none(answer) is None


def test_a_list_is_no_object() -> None:
    assert json_in(httpx.Response(200, json=[1])) == [1]
    assert object_or_none(httpx.Response(200, json=[1])) is None
    assert object_or_none(httpx.Response(200, json={"a": 1})) == {"a": 1}


@pytest.mark.parametrize(
    ("told", "waits_s"), [("7", 7), ("", 60), ("soon", 60), ("9" * 30, 60), ("²", 60)]
)
def test_we_come_again_when_we_are_told_else_in_a_minute(told: str, waits_s: int) -> None:
    answer = httpx.Response(429, headers={b"retry-after": told.encode("latin-1")})
    off = soonest(answer) - clock.now() - timedelta(seconds=waits_s)
    assert abs(off) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("1795334400", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("99999999999", datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
        ("9" * 5000, None),
        ("2026-11-22T08:00:00Z", None),
        ("-1", None),
        ("0", None),
        ("", None),
    ],
)
def test_a_limit_begins_anew_when_it_says(told: str, at: datetime | None) -> None:
    assert reset_in(httpx.Headers({"x-reset": told}), "x-reset") == at
    assert reset_in(httpx.Headers(), "x-reset") is None


def test_what_is_left_is_told_in_two_numbers_or_not_at_all() -> None:
    headers = {"x-remaining": "12", "x-limit": "300"}
    assert allowance_in(httpx.Headers(headers), "x-") == (12, 300)
    for limit in ("", "many", "9" * 5000, "-1", "1.5"):
        assert allowance_in(httpx.Headers({**headers, "x-limit": limit}), "x-") is None
    assert allowance_in(httpx.Headers(headers), "y-") is None

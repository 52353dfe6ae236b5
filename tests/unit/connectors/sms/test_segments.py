"""Segments, against 264 texts cut by the provider's own calculator.

``segments.json`` was written by the package sms-segments-calculator 1.3.0, which shares no code
with ours.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hearwell.connect.smsrule import TextMessage, segments_of

SAMPLES = json.loads((Path(__file__).parent / "segments.json").read_text("utf-8"))


def test_samples_are_many() -> None:
    assert len(SAMPLES) >= 200
    assert {one["encoding"] for one in SAMPLES} == {"GSM-7", "UCS-2"}


def test_text_is_cut_as_the_provider_cuts_it() -> None:
    for one in SAMPLES:
        found = segments_of(one["text"])
        expected = (one["encoding"], one["segments"])
        assert (found.encoding, found.count) == expected, one["text"][:60]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", 160),
        ("a" * 160, 0),
        ("a" * 161, 145),
        ("€", 158),
        ("ж", 69),
        ("ж" * 71, 63),
        ("😀", 68),
    ],
)
def test_what_is_left_in_the_last_one(text: str, left: int) -> None:
    assert segments_of(text).left == left


def test_the_limit_is_on_the_whole_message() -> None:
    rule = TextMessage(1600)
    assert rule.fits("a" * 1600)
    assert not rule.fits("a" * 1601)
    assert rule.segments("a" * 1600).count == 11
    assert all(rule.fits(piece) for piece in rule.split("word " * 900))

"""Initials: once, at the end, with a caret."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hearwell.connect.model import Audience, Draft
from hearwell.connect.signature import shown, signed


@pytest.mark.parametrize(
    ("text", "initials", "expected"),
    [
        ("On its way.", "AB", "On its way. ^AB"),
        ("On its way.", "^AB", "On its way. ^AB"),
        ("On its way. ", "AB", "On its way. ^AB"),
        ("On its way. ^AB", "AB", "On its way. ^AB"),
        ("On its way. ^ab\n", "AB", "On its way. ^ab\n"),
        ("On its way. ^AB", "MB", "On its way. ^AB ^MB"),
        ("On its way.", None, "On its way."),
        ("On its way.", " ", "On its way."),
        ("", "AB", "^AB"),
    ],
)
def test_signed(text: str, initials: str | None, expected: str) -> None:
    assert signed(text, initials) == expected
    assert signed(expected, initials) == expected, "never doubled"


def test_what_is_private_carries_no_initials() -> None:
    public = Draft(text="On its way.", audience=Audience.PUBLIC, account="1", initials="AB")
    assert shown(public) == "On its way. ^AB"
    assert shown(replace(public, audience=Audience.PRIVATE)) == "On its way."

"""Initials: once, at the end, with a caret."""

from __future__ import annotations

import pytest

from hearwell.connect.signature import signed


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

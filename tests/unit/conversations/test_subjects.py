"""What a subject is about, without the marks of answering before it."""

from __future__ import annotations

import pytest

from hearwell.conversations.rules import bare_subject


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: AW: My  bag", "My bag"),
        ("WG[2]: Koffer", "Koffer"),
        ("Hawaii: my bag", "Hawaii: my bag"),
        ("Your software: it hangs", "Your software: it hangs"),
        ("Re:" + " " * 100_000 + "bag", "bag"),
    ],
)
def test_only_what_stands_before_it_goes(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare

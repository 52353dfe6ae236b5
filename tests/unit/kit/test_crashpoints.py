"""Crash points do nothing in the product, and each of them is somewhere on the way."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import hearwell
from hearwell.kit import crashpoints

SOURCES = {path: path.read_text() for path in Path(hearwell.__file__).parent.rglob("*.py")}


def test_every_point_is_reached_somewhere_and_no_other_is():
    named = Counter(
        name for text in SOURCES.values() for name in re.findall(r'\breached\("(\w+)"\)', text)
    )
    assert set(named) == set(crashpoints.POINTS)


def test_no_code_of_the_product_can_switch_one_on():
    others = [text for path, text in SOURCES.items() if path.name != "crashpoints.py"]
    uses = re.compile(
        r"crashpoints\.\w+|crashpoints import (?!reached$).*|import crashpoints", re.MULTILINE
    )
    assert not [found for text in others for found in uses.findall(text)]


def test_a_probe_hears_of_places_until_it_is_removed():
    heard: list[str] = []
    crashpoints.install(heard.append)
    crashpoints.reached("O2")
    crashpoints.remove(heard.append)
    crashpoints.reached("O3")
    assert heard == ["O2"]

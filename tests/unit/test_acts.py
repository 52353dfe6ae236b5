"""Every act that the trail records has a name for people."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import hearwell
from hearwell.web.admin.acts import GROUPS, WORDS, words_for

HOUSE = Path(hearwell.__file__).parent


def recorded() -> Iterator[str]:
    """Yield each act that is written out in a module that records acts."""
    for path in HOUSE.rglob("*.py"):
        text = path.read_text()
        if "AuditEntry(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            group, dot, verb = node.value.partition(".")
            if dot and group in GROUPS and verb.isidentifier() and verb[-1] != "_":
                yield node.value


def test_every_recorded_act_has_words():
    found = set(recorded())
    assert len(found) > 30
    assert found - WORDS.keys() == set()


def test_every_act_can_be_found_by_its_group():
    assert {action.partition(".")[0] for action in WORDS} == GROUPS.keys()


def test_an_act_that_nobody_knows_is_still_readable():
    assert words_for("reply.made_of_air") == "Reply made of air"

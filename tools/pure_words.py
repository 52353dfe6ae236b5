"""Texts of the connectors and their contract, which know nothing of Django's gettext.

They are kept in English where they stand, and the pages translate them when they show them. Most
can be asked of the connectors themselves, as the pages do it; what they answer when something is
wrong is found in their code: a `message`, what is called `words`, a `Wording` (a sentence with
something put in), a `Problem`, and every sentence of the modules that say what is wrong with a
draft or with an account.
"""

from __future__ import annotations

import ast
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hearwell.connect.contract import Connector

FOLDERS: Final = ("connect", "connectors")
SAYING: Final = frozenset(
    {"checks.py", "failing.py", "health.py", "render.py", "signin.py", "tokens.py", "windows.py"}
)
NAMES: Final = frozenset({"words", "message", "default_message"})
# Of those modules, and of what is assigned, only whole sentences are words for people.
SENTENCE: Final = re.compile(r"(?=.*[a-z] [a-z])[A-Z“%].*[.?!]", re.DOTALL)
# A name of a setting or a code is no text: a text begins with a capital and has small letters.
TEXT: Final = re.compile(r"(?=.*[a-z])[A-Z“].{2,}", re.DOTALL)


def start() -> None:
    """Set Django up as the product does, on an empty folder of its own."""
    import django

    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "hearwell.config.settings"
        django.setup()


def told() -> Iterator[tuple[str, str]]:
    """Yield what the pages show of every connector, with the network it is of."""
    from hearwell.connect.abilities import Group
    from hearwell.connect.registry import all_connectors

    yield from ((group.value, "connect/abilities.py") for group in Group)
    for connector in all_connectors():
        where = f"connectors/{connector.manifest.network}"
        yield from ((words, where) for words in _told(connector) if words)


def _told(connector: Connector) -> Iterator[str]:
    from hearwell.connect.abilities import portrait_of

    yield connector.manifest.title
    for ability in portrait_of(connector).abilities:
        yield from (ability.title, ability.words, *ability.listed)
    for field in getattr(connector, "fields", ()):
        yield from (field.label, field.hint, *(label for _value, label in field.choices))
    for step in getattr(connector, "steps", ()):
        yield step.text


def answered(path: Path, source: Path) -> Iterator[str]:
    """Yield the texts that a module answers with, if it is one of theirs and no stand-in."""
    if path.relative_to(source).parts[0] not in FOLDERS or "fake" in path.name:
        return
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        yield from (text for text in _constants(_spoken(node)) if TEXT.fullmatch(text))
        yield from (text for text in _constants(_assigned(node)) if SENTENCE.fullmatch(text))
        yield from _constants(_worded(node))
    if path.name in SAYING and path.parent.parent.name == "connectors":
        yield from (text for text in _sentences(tree) if SENTENCE.fullmatch(text))


def _spoken(node: ast.AST) -> ast.expr | None:
    return node.value if isinstance(node, ast.keyword) and node.arg == "message" else None


def _assigned(node: ast.AST) -> ast.expr | None:
    targets = node.targets if isinstance(node, ast.Assign) else ()
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return node.value if isinstance(node, ast.Assign | ast.AnnAssign) and names & NAMES else None


# Which argument of what is made of a sentence is the sentence.
_PLACES: Final = {"Wording": 0, "Problem": 1}


def _worded(node: ast.AST) -> ast.expr | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    place = _PLACES.get(node.func.id, len(node.args))
    return node.args[place] if place < len(node.args) else None


def _sentences(tree: ast.Module) -> Iterator[str]:
    """Every text of a module but its docstrings and what is part of something put together."""
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            aside |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) not in aside and isinstance(node, ast.Constant):
            yield from _constants(node)


def _constants(value: ast.expr | None) -> Iterator[str]:
    """Both branches of a choice; what is put together has no fixed text."""
    if isinstance(value, ast.IfExp):
        yield from _constants(value.body)
        yield from _constants(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value

"""Texts of the connectors and their contract, which know nothing of Django's gettext.

They are kept in English where they stand, and the pages translate them when they show them. Most
can be asked of the connectors themselves, as the pages do it; what they answer when something is
wrong is found in their code: a `message`, or what is called `words`.
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
    for node in ast.walk(ast.parse(path.read_text())):
        yield from (text for text in _constants(_spoken(node)) if TEXT.fullmatch(text))


def _spoken(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.keyword) and node.arg == "message":
        return node.value
    if isinstance(node, ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return node.value if "words" in names else None
    return None


def _constants(value: ast.expr | None) -> Iterator[str]:
    """Both branches of a choice; what is put together has no fixed text."""
    if isinstance(value, ast.IfExp):
        yield from _constants(value.body)
        yield from _constants(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value

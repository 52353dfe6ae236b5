r"""Reddit's Markdown: our plain text so that it is shown as written, and theirs as it reads. Pure.

``^AB`` would be set high, ``*`` and ``_`` make it slanted, ``#`` a heading; a line's end is none
unless two spaces stand before it. Addresses stay as they are, or they would lead nowhere.
"""

from __future__ import annotations

import re

from hearwell.connect.model import Entity

_ADDRESS = re.compile(r"https?://\S+")
_INLINE = re.compile(r"[\\`*~^\[\]]|(?<!\w)_|_(?!\w)")
_LEADING = re.compile(r"(?m)^(\s{0,3})([#>+-])")
_NUMBERED = re.compile(r"(?m)^(\s{0,3}\d+)([.)])(?=\s)")
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~^])")
_NAMED = re.compile(r"(?<![\w/])/?u/([\w-]{3,20})")


def escaped(text: str) -> str:
    """``text`` as Markdown that shows just that."""
    parts: list[str] = []
    at = 0
    for address in _ADDRESS.finditer(text):
        parts += [_plain(text[at : address.start()]), address[0]]
        at = address.end()
    parts.append(_plain(text[at:]))
    whole = _LEADING.sub(r"\1\\\2", "".join(parts))
    return _LINE_END.sub("  \n", _NUMBERED.sub(r"\1\\\2", whole))


def _plain(text: str) -> str:
    return _INLINE.sub(r"\\\g<0>", text)


def read(markdown: str) -> str:
    """As people read it, less what only formats a line's end or keeps a sign from formatting."""
    return _ESCAPED.sub(r"\1", markdown.replace("  \n", "\n"))


def names_in(text: str) -> tuple[Entity, ...]:
    """The people that a text calls by ``u/name``."""
    return tuple(Entity(m.start(), m.end(), "mention", m[1]) for m in _NAMED.finditer(text))

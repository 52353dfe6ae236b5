r"""LinkedIn's Little Text: a post's ``commentary``, with mentions and hashtags in it. Pure.

``@[Northwind](urn:li:organization:1)`` is a mention, ``{hashtag|\#|bags}`` and ``#bags`` are tags,
and ``\`` takes a reserved character's meaning away. Unescaped ones cut a post short in silence.

Comments are **not** written so: their text is plain, and backslashes would be shown as they are.
Should LinkedIn change that, the account's setting ``comment_text`` does, too.
"""

from __future__ import annotations

import re

from hearwell.connect.model import Entity

RESERVED = r"\|{}@[]()<>#*_~"
_SPECIAL = re.compile(f"[{re.escape(RESERVED)}]")
_TOKEN = re.compile(
    r"\\(?P<plain>.)"
    r"|@\[(?P<name>(?:\\.|[^\]\\])*)\]\s?\((?P<urn>urn:li:[^()\s]+)\)"
    r"|\{hashtag\|\\?#\|(?P<tag>(?:\\.|[^}\\])*)\}",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def escaped(text: str) -> str:
    """``text`` with every reserved character escaped."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def read(commentary: str) -> tuple[str, tuple[Entity, ...]]:
    """The text as people see it, and what is marked in it."""
    parts: list[str] = []
    entities: list[Entity] = []
    at = length = 0
    for token in _TOKEN.finditer(commentary):
        parts.append(commentary[at : token.start()])
        length += token.start() - at
        shown, kind, target = _meant(token)
        if kind and shown:
            entities.append(Entity(length, length + len(shown), kind, target))
        parts.append(shown)
        length += len(shown)
        at = token.end()
    parts.append(commentary[at:])
    return "".join(parts), tuple(entities)


def _meant(token: re.Match[str]) -> tuple[str, str, str]:
    """What a token shows, its kind if it is marked, and whom or what it means."""
    if token["plain"] is not None:
        return token["plain"], "", ""
    if token["urn"]:
        return _ESCAPED.sub(r"\1", token["name"]), "mention", token["urn"]
    tag = _ESCAPED.sub(r"\1", token["tag"])
    return f"#{tag}", "tag", tag

"""format=flowed (RFC 3676): lines that a program broke put together again."""

from __future__ import annotations

import re

_QUOTES = re.compile(r">*")


def unflowed(text: str, *, is_joined: bool = False) -> str:
    """Join lines that end with a space to the next of the same depth of quotes.

    `is_joined` (DelSp) drops that space, for languages that write without.
    """
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth, said = _depth(line)
        flows = said.endswith(" ") and said != "-- "
        kept = said[:-1] if flows and is_joined else said
        if open_depth == depth and said != "-- ":
            lines[-1] += kept
        else:
            lines.append(f"{'>' * depth} {kept}" if depth else kept)
        open_depth = depth if flows else None
    return "\n".join(lines)


def _depth(line: str) -> tuple[int, str]:
    depth = len(_QUOTES.match(line)[0])  # type: ignore[index]  # it always matches
    said = line[depth:]
    return depth, said.removeprefix(" ")

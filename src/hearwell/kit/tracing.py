"""Spans: what took how long, and within what, for whoever has asked for traces; else nothing.

What is told of a thing are names of our own and plain numbers. Who opens a span gives no text that
a customer or a colleague wrote, and what is not on the list here never leaves (`ALLOWED`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final

Value = str | int
Note = Callable[[str, Value], None]
Open = Callable[[str, Mapping[str, Value]], AbstractContextManager[Note]]
# Beside OpenTelemetry's own names (its semantic conventions) two of ours.
ALLOWED: Final = frozenset({
    "error.type", "hearwell.door", "hearwell.task", "http.request.method",
    "http.response.status_code", "messaging.destination.name", "server.address",
})  # fmt: skip
_opened: list[Open] = []


def install(open_span: Open) -> None:
    """Open spans by this from now on, in this process."""
    _opened[:] = [open_span]


def remove() -> None:
    """Open no more spans."""
    _opened.clear()


def span(name: str, **attributes: Value) -> AbstractContextManager[Note]:
    """Open a span for a block; yields what adds an attribute to it.

    ``__`` in a keyword stands for the dot in an attribute's name.
    """
    if not _opened:
        return nullcontext(_unheard)
    return _opened[0](name, {key.replace("__", "."): value for key, value in attributes.items()})


def _unheard(_name: str, _value: Value) -> None:
    """Note nothing."""

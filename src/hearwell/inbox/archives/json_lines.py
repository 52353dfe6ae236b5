"""Our own layout: one JSON object a line, one message each (docs/how-to/import-an-archive.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, TextIO

from hearwell.inbox.archives.records import (
    LONGEST_FIELD,
    LONGEST_NAME,
    SHOWN_OF_LINE,
    Reason,
    Record,
    Reject,
    Row,
    UnusableError,
    check_encoding,
    moment_of,
    next_line,
    record,
)

_KINDS = {"post", "comment", "mention", "dm", "review", "mail", "call", "chat"}


def json_lines(text: TextIO) -> Iterator[Row]:
    """Every line of a text, but for empty ones."""
    for number in count(1):
        line, is_endless = next_line(text)
        if not line:
            return
        if is_endless or len(line) > LONGEST_FIELD:
            yield Reject(number, Reason.LENGTH, line[:SHOWN_OF_LINE])
        elif line.strip():
            yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        return _json_record(number, line)
    except UnusableError as unusable:
        return Reject(number, unusable.reason, line)


def _json_record(number: int, line: str) -> Record:
    check_encoding(line)
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise UnusableError(Reason.NOT_JSON)
    inbound, brand = fields.get("inbound"), _scalar(fields, "brand")
    author = _scalar(fields, "author")
    if inbound is False:
        author, fields["author_name"] = brand or author, _scalar(fields, "author_name") or author
    return record(
        number,
        _scalar(fields, "id"),
        author,
        inbound if isinstance(inbound, bool) else None,
        _scalar(fields, "at"),
        _scalar(fields, "text"),
        _scalar(fields, "in_reply_to"),
        brand=brand,
        more=_more(fields),
    )


def _more(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the connector reads besides, checked here so that one row cannot spoil a delivery."""
    names = ("thread", "author_id", "author_name", "kind", "language", "permalink", "subject",
             "edited_at")  # fmt: skip
    more: dict[str, Any] = {name: text for name in names if (text := _scalar(fields, name))}
    if more.get("kind", "mention") not in _KINDS:
        raise UnusableError(Reason.KIND)
    if any(len(more.get(name, "")) > LONGEST_NAME for name in names[:3]):
        raise UnusableError(Reason.NAME)
    if "edited_at" in more:
        moment_of(more["edited_at"])
    flags = [(name, bool) for name in ("private", "automatic", "needs_reply")]
    for name, kind in (*flags, ("rating", int)):
        if isinstance(fields.get(name), kind):
            more[name] = fields[name]
    return more


def _scalar(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnusableError(Reason.SCALAR)
    return str(value)

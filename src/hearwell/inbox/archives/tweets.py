"""The layout of the data set *Customer Support on Twitter*: a CSV, a row each message."""

from __future__ import annotations

from hearwell.inbox.archives.records import Record, record
from hearwell.inbox.archives.tables import Table

TWCS_COLUMNS = ("tweet_id", "author_id", "inbound", "created_at", "text", "in_response_to_tweet_id")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
# What Twitter's API escaped, and nothing else.
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def _records(line: int, fields: list[str]) -> tuple[Record]:
    row_id, author, inbound, created, text, parent = fields
    for raw, said in _ESCAPED:
        text = text.replace(raw, said)
    is_inbound = _FLAGS.get(inbound.lower())
    return (record(line, _whole(row_id), author, is_inbound, created, text, _whole(parent)),)


def _whole(number: str) -> str:
    """Undo what a table program did to an id column with gaps in it."""
    return number.removesuffix(".0")


TWEETS = Table("twcs", TWCS_COLUMNS, (), _records)

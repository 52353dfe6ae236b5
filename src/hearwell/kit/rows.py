"""Many rows in one statement, fast, under row-level security.

COPY refuses to run under row security and an INSERT with thousands of placeholders is slow to
build and to parse. One JSON document, unfolded by PostgreSQL into the table's own row type, is
neither (measured: 500 messages of 33 columns in 12 ms, bulk_create 95 ms).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.isoformat()
    message = f"{type(value).__name__} cannot be written in bulk"
    raise TypeError(message)


def document(rows: Iterable[object]) -> str:
    """Return rows (mappings or lists) as the JSON text that json_to_recordset takes."""
    return json.dumps(list(rows), default=_plain, ensure_ascii=False)


def insert(
    instances: Sequence[models.Model],
    *,
    conflict: str = "",
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert unsaved instances of one model in one statement.

    Parameters
    ----------
    conflict: what follows ON CONFLICT, e.g. ``"(workspace_id, remote_id) DO NOTHING"``.
    returning: columns of the rows really written (with DO NOTHING, repeats are absent).

    Every column is written; database defaults are not used.
    """
    if not instances:
        return []
    fields = instances[0]._meta.concrete_fields
    names = [(field.column, field.attname) for field in fields]
    table, columns = instances[0]._meta.db_table, ", ".join(f'"{column}"' for column, _ in names)
    statement = (
        f"INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608  names of our own models
        f" FROM json_populate_recordset(NULL::{table}, %s::json)"
        + (f" ON CONFLICT {conflict}" if conflict else "")
        + (f" RETURNING {', '.join(returning)}" if returning else "")
    )
    rows = ({column: vars(row)[attname] for column, attname in names} for row in instances)
    return fetch(statement, [document(rows)], is_read=bool(returning))


def fetch(
    statement: str, parameters: Sequence[Any] | Mapping[str, Any], *, is_read: bool = True
) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; none are read if it returns none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if is_read else []

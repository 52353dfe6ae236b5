"""The SQL of an export and an erasure, made of the tags: what is tagged cannot be left out."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from hearwell.privacy.tags import TEXT_SETS, Held

_NOTHING: Final[dict[type, str]] = {list: "'[]'::jsonb", dict: "'{}'::jsonb"}
# What tells when and where of a row, beside what is personal in it.
_FRAME: Final = (
    "id",
    "at",
    "sent_at",
    "created_at",
    "opened_at",
    "given_at",
    "case_id",
    "message_id",
)


@cache
def model_of(table: str) -> type[models.Model]:
    """Return the model of a table. Raises LookupError for one that has none."""
    for model in apps.get_models():
        if model._meta.db_table == table:
            return model
    raise LookupError(table)


def whose(held: Held) -> str:
    """Return the condition that a row is one person's; filled from Person.values."""
    return f"workspace_id = %(place)s AND ({' OR '.join(map(_rule, held.by))})"


def _rule(rule: str) -> str:
    column, _, named = rule.partition(":")
    holder, _, key = column.partition(".")
    if key:
        return f"({holder}::jsonb ->> '{key}') = ANY(%({named})s::text[])"
    return f"{column} = ANY(%({named})s::{'text' if named in TEXT_SETS else 'uuid'}[])"


def empty(held: Held, column: str) -> str:
    """Return what a column becomes: what its tag says, or its type's nothing."""
    if column in held.blank:
        return held.blank[column]
    field = _field(held.table, column)
    if field.null or isinstance(field, SearchVectorField):
        return "NULL"
    if isinstance(field, models.JSONField):
        default = field.get_default() if field.has_default() else {}
        return _NOTHING[type(default)]
    if isinstance(field, ArrayField):
        return "'{}'"
    return "''::bytea" if isinstance(field, models.BinaryField) else "''"


def _field(table: str, column: str) -> models.Field[object, object]:
    return next(f for f in model_of(table)._meta.local_fields if f.column == column)


def read(held: Held) -> str:
    """Return the statement that reads a person's rows of a table, as one JSON document a row."""
    there = {field.column for field in model_of(held.table)._meta.local_fields}
    frame = [name for name in _FRAME if name in there]
    names = [name for name in held.customer_columns if not _is_search(held.table, name)]
    pairs = ", ".join(
        f"'{name}', {_shown(held.table, name)}" for name in dict.fromkeys([*frame, *names])
    )
    source = f"FROM {held.table} WHERE {whose(held)} ORDER BY id"
    return f"SELECT jsonb_build_object({pairs})::text {source}"


def _is_search(table: str, column: str) -> bool:
    """An index of words that stand beside it."""
    return isinstance(_field(table, column), SearchVectorField)


def _shown(table: str, column: str) -> str:
    is_bytes = isinstance(_field(table, column), models.BinaryField)
    return f"encode({column}, 'base64')" if is_bytes else column


def end(held: Held) -> str:
    """Return the statement that deletes a person's rows of a table, or empties their columns."""
    if held.through:
        return f"SELECT {held.through}"
    if held.erase.name == "DELETE":
        return f"DELETE FROM {held.table} WHERE {whose(held)}"  # noqa: S608  as above
    changes = ", ".join(f"{name} = {empty(held, name)}" for name in held.customer_columns)
    return f"UPDATE {held.table} SET {changes} WHERE {whose(held)}"  # noqa: S608  as above

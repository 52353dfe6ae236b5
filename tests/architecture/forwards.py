"""What a migration must not do, since the version before it goes on serving while it runs.

Old code on the new tables, and back: nothing that it reads or writes may go or change, and whatever
needs a table for itself needs it for a moment. What is to go, goes a version later by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, models
from django.db.migrations import Migration, RunSQL
from django.db.migrations import operations as ops
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

_TAKES_AWAY = (
    ops.RemoveField, ops.DeleteModel, ops.RenameField, ops.RenameModel, ops.AlterModelTable,
)  # fmt: skip
_ALTERS = (
    ops.AddField, ops.AlterField, ops.AddConstraint, ops.RemoveConstraint, ops.RemoveIndex,
)  # fmt: skip
_BAD_SQL = re.compile(
    r"\bDROP\s+(TABLE|COLUMN)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+COLUMN\s+\S+\s+"
    r"(SET\s+DATA\s+)?TYPE\b|\bVACUUM\s+FULL\b|\bCLUSTER\b|\bLOCK\s+TABLE\b",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY).*?\bON\s+(\w+)", re.IGNORECASE | re.DOTALL
)
_CONSTRAINT = re.compile(
    r"\bALTER\s+TABLE\s+(\w+)\s+ADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)", re.IGNORECASE | re.DOTALL
)
_ALTERED = re.compile(r"\bALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)", re.IGNORECASE)
_MADE = re.compile(r"\bCREATE\s+TABLE\s+(\w+)", re.IGNORECASE)


def dangers(migration: Migration, before: ProjectState) -> list[str]:
    """Say what is wrong with a migration; `before` is what the models are when it begins."""
    made = _made_by(migration)
    state, found, altered = before.clone(), [], set()
    for operation in migration.operations:
        found += [f"{type(operation).__name__}: {one}" for one in _of(operation, state, made)]
        altered |= _altered(operation, migration.app_label) - made
        operation.state_forwards(migration.app_label, state)
    if migration.atomic and len(altered) > 1:
        found.append(f"holds one table while it waits for another: {sorted(altered)}")
    return found


def irreversible(migration: Migration) -> list[str]:
    """The operations from which there is no way back."""
    return [repr(one) for one in migration.operations if not one.reversible]


def _made_by(migration: Migration) -> set[str]:
    models_made = {
        _table(migration.app_label, one.name)
        for one in migration.operations
        if isinstance(one, ops.CreateModel)
    }
    return models_made | {t for one in migration.operations for t in _MADE.findall(_sql(one))}


def _table(app: str, model: str) -> str:
    return f"{app}_{model.lower()}"


def _sql(operation: Operation) -> str:
    if not isinstance(operation, RunSQL):
        return ""
    given: Any = operation.sql
    return given if isinstance(given, str) else ";".join(map(str, given))


def _altered(operation: Operation, app: str) -> set[str]:
    if isinstance(operation, _ALTERS):
        return {_table(app, operation.model_name)}
    return set(_ALTERED.findall(_sql(operation)))


def _of(operation: Operation, state: ProjectState, made: set[str]) -> Iterator[str]:
    if isinstance(operation, _TAKES_AWAY):
        yield "the version before still uses it"
    model = getattr(operation, "model_name", "")
    if model and any(table.endswith(f"_{model.lower()}") for table in made):
        return
    if isinstance(operation, ops.AddField):
        yield from _of_field(operation.field)
    if isinstance(operation, ops.AlterField):
        yield from _of_change(operation, state)
    if isinstance(operation, ops.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        yield "keeps writers waiting while it reads the table: AddIndexConcurrently"
    if isinstance(operation, ops.AddConstraint) and type(operation) is ops.AddConstraint:
        yield "reads the whole table under a lock: AddConstraintNotValid, or an index concurrently"
    yield from _of_sql(_sql(operation), made)


def _of_field(field: models.Field[Any, Any]) -> Iterator[str]:
    if not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many:
        yield "the version before leaves it out of its INSERT: null=True or db_default"


def _of_change(operation: ops.AlterField, state: ProjectState) -> Iterator[str]:
    (model,) = [m for (_, name), m in state.models.items() if name == operation.model_name_lower
                and operation.name in m.fields]  # fmt: skip
    old, new = model.fields[operation.name], operation.field
    if old.null and not new.null:
        yield "the version before still writes NULL"
    if old.db_type(connection) != new.db_type(connection) and not _is_wider(old, new):
        yield "rewrites the table"


def _is_wider(old: models.Field[Any, Any], new: models.Field[Any, Any]) -> bool:
    kinds = type(old) is type(new) is models.CharField
    return kinds and (new.max_length or 0) >= (old.max_length or 0)


def _of_sql(sql: str, made: set[str]) -> Iterator[str]:
    for bad in _BAD_SQL.finditer(sql):
        yield f"says {bad.group(0)}"
    for table in {*_INDEX.findall(sql)} - made:
        yield f"keeps writers of {table} waiting: CREATE INDEX CONCURRENTLY"
    for statement in sql.split(";"):
        for table in {*_CONSTRAINT.findall(statement)} - made:
            yield f"reads all of {table} under a lock: NOT VALID, and VALIDATE in another migration"

"""Row-level security alone keeps rows in, and so do the filters alone; without both it shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from django.db import DatabaseError, connection, transaction

from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from tests.walls import world
from tests.walls.routes import Route
from tests.walls.walking import IS_LONG, by_token, on_pages, person, walked
from tests.walls.world import FOREIGN, OWN

# What is read before anybody knows the workspace has its filter alone: docs/reference/tables.md.
_COLUMN = r'(?:(?!"?accounts_)"?\w+"?\.)?"?workspace_id"?'
# A condition, not an assignment: `SET workspace_id = …` is left alone.
_BEFORE = r"\b(WHERE|AND|OR|ON|WHEN)(\s*\(*\s*)"
_BY_VALUE = re.compile(rf"{_BEFORE}{_COLUMN}\s*=\s*(%(?:\(\w+\))?s)", re.IGNORECASE)
_BY_JOIN = re.compile(rf"{_BEFORE}{_COLUMN}\s*=\s*\(?{_COLUMN}", re.IGNORECASE)


class Dropping:
    """Drops each condition on a workspace from each statement of this connection."""

    def __init__(self) -> None:
        self.dropped: set[str] = set()

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if isinstance(sql, str):
            bare = _BY_VALUE.sub(r"\1\2\3 IS NOT NULL", sql)
            bare = _BY_JOIN.sub(r"\1\2TRUE", bare)
            if bare != sql:
                self.dropped.add(re.sub(r"'[^']*'|\d+", "", sql)[:400])
            sql = bare
        return execute(sql, params, many, context)


@contextmanager
def without_filters() -> Iterator[Dropping]:
    dropping = Dropping()
    with connection.execute_wrapper(dropping):
        yield dropping


@contextmanager
def without_row_security() -> Iterator[None]:
    with world.as_superuser():
        yield


def reads(route: Route) -> bool:
    """Say whether a route is walked in every run: in a long one, all are."""
    return IS_LONG or (route.method == "GET" and bool(route.parameters))


def reads_without_ids(route: Route) -> bool:
    return route.method == "GET" and not route.parameters and route.path.startswith("/api/")


def everything_wrong(ours: Any, is_walked: Callable[[Route], bool]) -> list[str]:
    member = person(ours, "owner")
    return walked((on_pages(member), by_token(member)), is_walked)


def test_row_security_alone_keeps_rows_in(houses):
    ours, theirs = houses
    before = world.state_of(theirs)
    with without_filters() as dropping:
        wrong = everything_wrong(ours, reads)
    assert wrong == []
    assert len(dropping.dropped) > 30
    assert world.state_of(theirs) == before


def test_filters_alone_keep_rows_in(houses):
    ours, theirs = houses
    before = world.state_of(theirs)
    with without_row_security():
        wrong = everything_wrong(ours, reads)
    assert wrong == []
    assert world.state_of(theirs) == before


def test_without_both_the_walk_sees_it(houses):
    """The test of the tests: what is theirs shows at once."""
    ours, _theirs = houses
    with without_row_security(), without_filters():
        wrong = everything_wrong(ours, reads_without_ids)
    shown = [one for one in wrong if "shows what is theirs" in one]
    assert len(shown) > 10, wrong


# --- table by table ------------------------------------------------------------------------------

_COPY: Final = """
    INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || %s::jsonb)).*
    FROM {table} t WHERE id = %s
"""


@pytest.mark.parametrize("role", ["hearwell_app", "hearwell_worker"])
def test_no_table_shows_takes_or_gives_up_a_foreign_row(houses, role):
    ours, theirs = houses
    before, wrong = world.state_of(theirs), []
    for model in world.scoped_models():
        table = model._meta.db_table
        wrong += [f"{table}: {what}" for what in _wrong_with(table, role, ours.id, theirs.id)]
    assert wrong == []
    assert world.state_of(theirs) == before


def _wrong_with(table: str, role: str, ours: Any, theirs: Any) -> Iterator[str]:
    found = _tried(role, ours, f"SELECT id FROM {table}")
    if found not in ([], [OWN], None):
        yield f"shows {found}"
    for what in (
        f"UPDATE {table} SET id = id WHERE id = %s RETURNING id",
        f"DELETE FROM {table} WHERE id = %s RETURNING id",
    ):
        if _tried(role, ours, what, FOREIGN):
            yield what
    planted = f'{{"workspace_id": "{theirs}", "id": "{uuid7()}"}}'
    copy = _COPY.format(table=table) + " RETURNING id"
    if _tried(role, ours, copy, planted, OWN):
        yield "takes a row for another workspace"
    moved = f"UPDATE {table} SET workspace_id = %s WHERE id = %s RETURNING id"
    if _tried(role, ours, moved, theirs, OWN):
        yield "gives a row away"
    if _tried(role, None, f"SELECT id FROM {table}"):
        yield "shows rows outside a scope"


def _tried(role: str, workspace_id: Any, sql: str, *values: Any) -> list[Any] | None:
    """Run a statement that is undone; None where the database refuses it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            if workspace_id:
                with scope(workspace_id):
                    cursor.execute(sql, values)
                    found = [row[0] for row in cursor.fetchall()]
            else:
                cursor.execute(sql, values)
                found = [row[0] for row in cursor.fetchall()]
            transaction.set_rollback(True)
            return found
    except DatabaseError:
        return None

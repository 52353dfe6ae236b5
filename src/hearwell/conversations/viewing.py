"""Reads of saved views: whose there are, how many cases are in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from hearwell.conversations.filtering import conditions_of
from hearwell.conversations.listing import DONE, CaseFilter, filter_from, queue_of
from hearwell.kit import rows
from hearwell.kit.clock import now

# So long a deleted view can be taken back.
RESTORED_WITHIN: Final = timedelta(days=7)
# Counted no further: a view is for work that can be looked through.
COUNTED_TO: Final = 1000
_VIEWS: Final = """
    SELECT id, name, owner_id IS NULL, params::json FROM conversations_savedview
    WHERE workspace_id = %s AND (owner_id = %s OR owner_id IS NULL) AND deleted_at IS NULL
    ORDER BY owner_id IS NULL, position, id
"""
_DELETED: Final = """
    SELECT id, name, owner_id IS NULL, params::json FROM conversations_savedview
    WHERE workspace_id = %s AND (owner_id = %s OR owner_id IS NULL) AND deleted_at > %s
    ORDER BY deleted_at DESC
"""


class View(NamedTuple):
    """A saved view as its people see it."""

    id: UUID
    name: str
    is_shared: bool
    params: Mapping[str, str]


def views_of(workspace_id: UUID, user_id: UUID) -> list[View]:
    """Return a person's own views and the team's, in their order; one statement."""
    return [View(*row) for row in rows.fetch(_VIEWS, [workspace_id, user_id])]


def deleted_views(workspace_id: UUID, user_id: UUID) -> list[View]:
    """Return the views somebody can take back, the last deleted first."""
    found = rows.fetch(_DELETED, [workspace_id, user_id, now() - RESTORED_WITHIN])
    return [View(*row) for row in found]


def view_counts(workspace_id: UUID, views: Sequence[View], user_id: UUID) -> dict[UUID, int]:
    """Return view -> cases in it, counted to COUNTED_TO; one statement for all of them.

    A view that looks for words has no count: a search on every change would be dear. Nor has one of
    what is done, as the queues of it have none: there are more of those than can be looked through.
    """
    counted = [(view, filter_from(view.params, user_id)) for view in views]
    counted = [one for one in counted if not one[1].text and one[1].queue not in DONE]
    if not counted:
        return {}
    columns: list[str] = []
    parameters: dict[str, Any] = {}
    for n, (_, wanted) in enumerate(counted):
        column, values = _column(workspace_id, wanted, n)
        columns.append(column)
        parameters |= values
    (counts,) = rows.fetch(f"SELECT {', '.join(columns)}", parameters)
    return {view.id: count for (view, _), count in zip(counted, counts, strict=True)}


def _column(workspace_id: UUID, wanted: CaseFilter, n: int) -> tuple[str, dict[str, Any]]:
    """Return one count, its parameters under names of its own."""
    conditions, values = conditions_of(workspace_id, wanted, queue_of(wanted))
    named = {name: f"%(v{n}_{name})s" for name in values}
    where = " AND ".join(conditions)
    for name, place in named.items():
        where = where.replace(f"%({name})s", place)
    column = f"""(SELECT count(*) FROM (
        SELECT FROM conversations_case c WHERE c.workspace_id = %(v{n}_workspace)s AND {where}
        LIMIT {COUNTED_TO}) v{n})"""  # noqa: S608  only our own fragments; values are parameters
    return column, {f"v{n}_{name}": value for name, value in values.items()}

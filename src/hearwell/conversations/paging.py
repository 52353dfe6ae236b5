"""Lists of cases, page by page: each is a range of an index, so page 900 costs what page 1 does.

A queue may have a head: those who were told that it is solved and say no. They are few, have an
index of their own, and stand before whatever else the queue is ordered by, the longest first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from hearwell.conversations.filtering import conditions_of
from hearwell.conversations.finding import Found, find
from hearwell.conversations.listing import RATING, UNSOLVED, CaseFilter, CaseRow, Queue, queue_of
from hearwell.kit import rows

_COLUMNS = f"""
    c.id, c.number, c.title, c.preview, c.contact_id, coalesce(p.name, '') AS contact_name,
    c.network, c.channel_id, coalesce(h.handle, '') AS channel_handle, c.audience, c.kind, c.duty,
    c.certainty, c.urgency, c.status, c.turn, c.assignee_id,
    coalesce(a.initials, '') AS assignee_initials, c.team_id, c.due_at, c.waiting_since,
    c.opened_at, c.last_message_at, c.snoozed_until, c.closed_at, c.closed_reason, c.unread,
    c.is_historic, c.version, c.stage, c.unsolved_at,
    {RATING} AS rating
"""
# Beside each case that a search found: the message in it that holds the words.
_SAID = """, coalesce((
    SELECT m.text FROM conversations_message m WHERE m.workspace_id = c.workspace_id
        AND m.id = (%(hits)s::uuid[])[array_position(%(found)s::uuid[], c.id)]), '')
"""
_JOINS = """
    LEFT JOIN contacts_contact p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
    LEFT JOIN channels_channel h ON h.workspace_id = c.workspace_id AND h.id = c.channel_id
    LEFT JOIN accounts_membership a ON a.workspace_id = c.workspace_id AND a.user_id = c.assignee_id
"""


_IN_HEAD = "!"
_HEAD_ORDER = "c.unsolved_at, c.id"
# Of both parts at once: the others have neither, and what has none comes last.
_HEAD_FIRST = f"CASE WHEN {UNSOLVED} THEN c.unsolved_at END, CASE WHEN {UNSOLVED} THEN c.id END"


class ListPage(NamedTuple):
    """A page of a list; `next_cursor` is None on the last one.

    `is_cut`: there may be more, further back in time, than a search looks at.
    """

    rows: list[CaseRow]
    next_cursor: str | None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: after the case `id` at `at` (None: among those without a time).

    `in_head`: at is when they said that it is not solved.
    """

    at: datetime | None
    id: UUID
    in_head: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """A list that is asked for: its queue, the conditions of all its cases, their parameters."""

    queue: Queue
    conditions: Sequence[str]
    parameters: dict[str, Any]

    @property
    def in_line(self) -> list[str]:
        """The conditions of those behind the head."""
        return [*self.conditions, f"NOT {UNSOLVED}"] if self.queue.has_head else [*self.conditions]

    @property
    def order(self) -> str:
        """The queue's own order; those without a time come last in it."""
        way = " DESC" if self.queue.is_newest_first else ""
        return f"c.{self.queue.order}{way}, c.id{way}"


def case_list(
    workspace_id: UUID, wanted: CaseFilter, cursor: str | None = None, limit: int = 50
) -> ListPage:
    """Return a page of cases, in the order of their queue, after `cursor`.

    One statement; two where a further page reaches from the head to the others, or from the cases
    that are due to those that never are, and one more for a search. A cursor that makes no sense is
    the beginning.
    """
    queue = queue_of(wanted)
    conditions, parameters = conditions_of(workspace_id, wanted, queue)
    said = find(workspace_id, wanted) if wanted.text else Found()
    if wanted.text:
        conditions.append("c.id = ANY(%(found)s)")
        parameters |= {"found": list(said.hits), "hits": list(said.hits.values())}
    found = _read_on(_Asked(queue, conditions, parameters), _place(cursor), limit + 1)
    shown = found[:limit]
    has_more = len(found) > limit
    return ListPage(shown, _cursor(queue, shown[-1]) if has_more else None, said.is_cut)


def case_rows(workspace_id: UUID, case_ids: Collection[UUID]) -> list[CaseRow]:
    """Return cases as a list shows them, in the order of the ids; unknown ones are left out."""
    parameters = {"workspace": workspace_id, "ids": list(case_ids)}
    found = {row.id: row for row in _read("c.id = ANY(%(ids)s)", parameters)}
    return [found[case_id] for case_id in case_ids if case_id in found]


def _read_on(asked: _Asked, place: _Place | None, limit: int) -> list[CaseRow]:
    """Return the cases after a place, the first ones without one."""
    if place is None or (place.in_head and not asked.queue.has_head):
        return _first(asked, limit) if asked.queue.has_head else _begin(asked, limit)
    if place.in_head:
        found = _head(asked, place, limit)
        return found if len(found) == limit else found + _begin(asked, limit - len(found))
    found = [] if place.at is None else _timed(asked, place, limit)
    if asked.queue.is_newest_first or len(found) == limit:
        return found
    return found + _timeless(asked, None if place.at else place, limit - len(found))


def _first(asked: _Asked, limit: int) -> list[CaseRow]:
    """Return the head and what follows it, each by its index, in one statement."""
    places = "SELECT * FROM conversations_case c WHERE c.workspace_id = %(workspace)s AND"
    head = " AND ".join([*asked.conditions, UNSOLVED])
    source = (
        f"({places} {head} ORDER BY {_HEAD_ORDER} LIMIT %(limit)s) UNION ALL"
        f" ({places} {' AND '.join(asked.in_line)} ORDER BY {asked.order} LIMIT %(limit)s)"
    )
    order = f"{_HEAD_FIRST}, {asked.order}"
    return _drawn(source, asked.parameters | {"limit": limit}, order, is_cut=True)


def _begin(asked: _Asked, limit: int) -> list[CaseRow]:
    """Return the first cases behind the head.

    Those that have no time come last by the order of the index itself, so it takes no condition.
    """
    return _read(" AND ".join(asked.in_line), asked.parameters | {"limit": limit}, asked.order)


def _head(asked: _Asked, place: _Place, limit: int) -> list[CaseRow]:
    after = "(c.unsolved_at, c.id) > (%(at)s, %(after)s)"
    where = [*asked.conditions, UNSOLVED, after]
    return _read(" AND ".join(where), _after(asked, place, limit), _HEAD_ORDER)


def _timed(asked: _Asked, place: _Place, limit: int) -> list[CaseRow]:
    """Return cases that have a time, in its order."""
    column, sign = f"c.{asked.queue.order}", "<" if asked.queue.is_newest_first else ">"
    where = [
        *asked.in_line, f"{column} IS NOT NULL", f"({column}, c.id) {sign} (%(at)s, %(after)s)",
    ]  # fmt: skip
    return _read(" AND ".join(where), _after(asked, place, limit), asked.order)


def _timeless(asked: _Asked, place: _Place | None, limit: int) -> list[CaseRow]:
    """Return cases that have no time: they come last."""
    where = [*asked.in_line, f"c.{asked.queue.order} IS NULL"]
    if place is None:
        return _read(" AND ".join(where), asked.parameters | {"limit": limit}, "c.id")
    return _read(" AND ".join([*where, "c.id > %(after)s"]), _after(asked, place, limit), "c.id")


def _after(asked: _Asked, place: _Place, limit: int) -> dict[str, Any]:
    return asked.parameters | {"limit": limit, "at": place.at, "after": place.id}


def _read(where: str, parameters: dict[str, Any], order: str = "") -> list[CaseRow]:
    """Read list rows: first the cases, by index, then what is joined to those few."""
    tail = f" ORDER BY {order} LIMIT %(limit)s" if order else ""
    source = f"""SELECT * FROM conversations_case c
        WHERE c.workspace_id = %(workspace)s AND {where}{tail}"""  # noqa: S608  our own fragments
    return _drawn(source, parameters, order)


def _drawn(
    source: str, parameters: dict[str, Any], order: str, *, is_cut: bool = False
) -> list[CaseRow]:
    """Join to cases what a list shows beside them. `is_cut`: there are more than it shall hold."""
    said = _SAID if "hits" in parameters else ""
    tail = f"ORDER BY {order}" if order else ""
    statement = f"""
        SELECT {_COLUMNS}{said} FROM ({source}) c {_JOINS} {tail}
        {"LIMIT %(limit)s" if is_cut else ""}
    """  # noqa: S608  only our own fragments; values are parameters
    return [CaseRow(*row) for row in rows.fetch(statement, parameters)]


def _place(cursor: str | None) -> _Place | None:
    whole = cursor or ""
    at, _, case_id = whole.removeprefix(_IN_HEAD).partition("~")
    try:
        place = _Place(
            datetime.fromisoformat(at) if at else None, UUID(case_id), whole.startswith(_IN_HEAD)
        )
    except ValueError:
        return None
    return None if place.in_head and place.at is None else place


def _cursor(queue: Queue, row: CaseRow) -> str:
    if queue.has_head and row.is_unsolved and row.unsolved_at is not None:
        return f"{_IN_HEAD}{row.unsolved_at.isoformat()}~{row.id}"
    at = getattr(row, queue.order)
    return f"{at.isoformat() if at else ''}~{row.id}"

"""The head of a queue: first on the first page, on every page once, by an index of its own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import User, Workspace
from hearwell.conversations import queries, services
from hearwell.conversations.listing import QUEUES, UNSOLVED, CaseFilter
from hearwell.conversations.services.unsolved import stand_first, stand_in_line
from hearwell.kit.clock import now
from tests.factories import make_case, make_channel


@pytest.mark.parametrize("queue", [name for name, one in QUEUES.items() if one.has_head])
def test_who_says_that_it_is_not_solved_stands_first_whatever_the_order(
    workspace: Workspace, bob: User, queue: str
) -> None:
    channel, at = make_channel(), now()
    cases = [make_case(f"I am stranded at the airport, {n}!", channel) for n in range(7)]
    ids = [case.id for case in cases]
    services.reschedule({key: at - timedelta(minutes=30 - n) for n, key in enumerate(ids[:5])})
    if queue != "unassigned":
        services.assign(ids, bob.id)
    if queue == "seen":
        services.mark_read(ids)
    wanted = CaseFilter(queue, bob.id)
    before = [row.id for row in queries.case_list(workspace.id, wanted).rows]
    said_no = [before[3], before[-1], before[1]]
    for n, key in enumerate(said_no):
        stand_first(key, at - timedelta(minutes=9 - n))
    expected = said_no + [key for key in before if key not in said_no]

    for size in (1, 2, 3, 4, 50):
        seen, cursor = list[UUID](), None
        while True:
            with CaptureQueriesContext(connection) as captured:
                page = queries.case_list(workspace.id, wanted, cursor, size)
            assert len(captured) <= (2 if cursor else 1)
            seen += [row.id for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == expected, size
    stand_in_line(said_no[0])
    assert queries.case_list(workspace.id, wanted).rows[0].id == said_no[1]


def test_the_head_of_a_queue_is_found_by_its_own_index(workspace: Workspace) -> None:
    make_case("Where is my bag?")
    with connection.cursor() as cursor:
        # One case is nothing to sort: what is asked is whether the order can come from an index.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM conversations_case c WHERE c.workspace_id = %(workspace)s"
            f" AND {QUEUES['needs'].where} AND {UNSOLVED}"
            " ORDER BY c.unsolved_at, c.id LIMIT 9",
            {"workspace": workspace.id},
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "conversations_case_unsolved" in plan
    assert "Sort" not in plan

"""Reads of conversations: lists and their counts, one case, its messages, search.

Every function takes the workspace and is called in its scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from hearwell.conversations.finding import FOUND_AT_MOST, find, search
from hearwell.conversations.listing import (
    COUNTED,
    QUEUES,
    WORKED,
    CaseFilter,
    CaseRow,
    filter_from,
)
from hearwell.conversations.models import Conversation, Draft, Message, Move
from hearwell.conversations.pages import (
    SAID_ELSEWHERE,
    UNANSWERED,
    CasePage,
    ThreadPage,
    case_page,
    messages_of,
)
from hearwell.conversations.paging import ListPage, case_list, case_rows
from hearwell.kit import rows
from hearwell.kit.clock import now

__all__ = [
    "FOUND_AT_MOST",
    "CaseFilter",
    "CasePage",
    "CaseRow",
    "ListPage",
    "ThreadPage",
    "case_list",
    "case_of_thread",
    "case_page",
    "case_rows",
    "filter_from",
    "find",
    "handles_of",
    "last_said",
    "messages_of",
    "moves_of",
    "queue_counts",
    "queue_counts_for",
    "search",
    "seen_on",
    "threads_in",
    "threads_on",
    "unanswered_of",
]
LISTED = 100


def unanswered_of(
    workspace_id: UUID,
    contact_id: UUID,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> tuple[int, list[CaseRow]]:
    """Return how often a person never got an answer, and the cases, the latest first.

    ``before`` is a place in the list: when a case was opened, and its id. Three statements.
    """
    of_theirs = f"""FROM conversations_case e
        WHERE e.workspace_id = %(workspace)s AND e.contact_id = %(contact)s AND {UNANSWERED}"""
    parameters: dict[str, Any] = {
        "workspace": workspace_id,
        "contact": contact_id,
        "elsewhere": list(SAID_ELSEWHERE),
        "limit": limit,
    }
    ((count,),) = rows.fetch(f"SELECT count(*) {of_theirs}", parameters)
    if before is not None:
        of_theirs += " AND (e.opened_at, e.id) < (%(at)s, %(after)s)"
        parameters |= {"at": before[0], "after": before[1]}
    found = rows.fetch(
        f"SELECT e.id {of_theirs} ORDER BY e.opened_at DESC, e.id DESC LIMIT %(limit)s",
        parameters,
    )
    return count, case_rows(workspace_id, [row[0] for row in found])


def queue_counts(workspace_id: UUID, user_id: UUID) -> dict[str, int]:
    """Return queue name -> cases in it, and ``channel:<id>`` -> cases that need an answer there."""
    return queue_counts_for(workspace_id, [user_id])[user_id]


def queue_counts_for(workspace_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Return the counts for several people at once, in one statement."""
    # What is said of all of them is said once: then an index holds every column that is asked.
    apart = (QUEUES[name].where.removeprefix(WORKED).removeprefix(" AND ") for name in COUNTED)
    columns = ", ".join(f"count(*) FILTER (WHERE {where or 'true'})" for where in apart)
    statement = f"""
        SELECT c.channel_id, c.assignee_id, grouping(c.channel_id), grouping(c.assignee_id),
            (SELECT count(*) FROM conversations_case s
             WHERE s.workspace_id = %(workspace)s AND s.status = 'snoozed'), {columns}
        FROM conversations_case c
        WHERE c.workspace_id = %(workspace)s AND {WORKED}
        GROUP BY GROUPING SETS ((), (c.channel_id), (c.assignee_id))
    """  # noqa: S608  only our own fragments; values are parameters
    parameters = {"workspace": workspace_id, "now": now(), "user_id": None}
    everybody: dict[str, int] = {}
    mine: dict[UUID, int] = defaultdict(int)
    for channel, assignee, no_channel, no_assignee, snoozed, *counts in rows.fetch(
        statement, parameters
    ):
        named = dict(zip(COUNTED, counts, strict=True))
        if no_channel and no_assignee:
            everybody |= named | {"snoozed": snoozed}
        elif no_assignee:
            everybody[f"channel:{channel}"] = named["needs"]
        elif assignee is not None:
            mine[assignee] = named["all"]
    return {user_id: everybody | {"mine": mine[user_id]} for user_id in user_ids}


def drafts_of(workspace_id: UUID, case_id: UUID) -> list[Draft]:
    """Return what everybody is writing in a case, the newest first."""
    rows = Draft.objects.filter(workspace_id=workspace_id, case_id=case_id)
    return list(rows.order_by("-updated_at"))


def seen_on(
    workspace_id: UUID, channel_ids: Collection[UUID], remote_ids: Collection[str]
) -> set[str]:
    """Return those remote ids that we have from one of these channels."""
    found = rows.fetch(
        "SELECT DISTINCT remote_id FROM conversations_message WHERE workspace_id = %s"
        " AND channel_id = ANY(%s) AND remote_id = ANY(%s)",
        [workspace_id, list(channel_ids), list(remote_ids)],
    )
    return {row[0] for row in found}


def threads_of(
    workspace_id: UUID, channel_ids: Collection[UUID], remote_ids: Collection[str]
) -> dict[str, str]:
    """Return remote id -> the key of the public thread in which we have that message."""
    found = rows.fetch(
        "SELECT m.remote_id, v.thread_key FROM conversations_message m"
        " JOIN conversations_conversation v ON v.workspace_id = m.workspace_id"
        " AND v.id = m.conversation_id WHERE m.workspace_id = %s AND m.channel_id = ANY(%s)"
        " AND m.remote_id = ANY(%s) AND m.audience = 'public'",
        [workspace_id, list(channel_ids), list(remote_ids)],
    )
    return dict(found)


def threads_on(
    workspace_id: UUID, channel_ids: Collection[UUID], thread_keys: Collection[str]
) -> dict[str, list[UUID]]:
    """Return thread key -> which of these channels have such a thread, the oldest first."""
    found = rows.fetch(
        "SELECT thread_key, array_agg(channel_id ORDER BY created_at)"
        " FROM conversations_conversation WHERE workspace_id = %s AND channel_id = ANY(%s)"
        " AND thread_key = ANY(%s) GROUP BY thread_key",
        [workspace_id, list(channel_ids), list(thread_keys)],
    )
    return dict(found)


def case_of_thread(workspace_id: UUID, channel_id: UUID, thread_key: str) -> UUID | None:
    """Return the case that a thread belongs to now; None as long as nothing of it was taken in."""
    homes = Conversation.objects.filter(
        workspace_id=workspace_id, channel_id=channel_id, thread_key=thread_key
    )
    return homes.values_list("case_id", flat=True).first()


def last_said(workspace_id: UUID, conversation_id: UUID) -> Message | None:
    """Return what was last said in a conversation by either side, or None."""
    said = Message.objects.filter(workspace_id=workspace_id, conversation_id=conversation_id)
    return said.defer("search").order_by("sent_at", "id").last()


def handles_of(workspace_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return case -> the account of each of its conversations, the oldest first."""
    found = rows.fetch(
        "SELECT v.case_id, coalesce(h.handle, '') FROM conversations_conversation v"
        " LEFT JOIN channels_channel h ON h.workspace_id = v.workspace_id AND h.id = v.channel_id"
        " WHERE v.workspace_id = %s AND v.case_id = ANY(%s) ORDER BY v.created_at, v.id",
        [workspace_id, list(case_ids)],
    )
    handles: dict[UUID, list[str]] = defaultdict(list)
    for case_id, handle in found:
        handles[case_id].append(handle)
    return dict(handles)


def threads_in(workspace_id: UUID, case_id: UUID) -> dict[UUID, tuple[str, int]]:
    """Return conversation -> how it began in this case, and how many messages it has there."""
    found = rows.fetch(
        "SELECT conversation_id, left((array_agg(text ORDER BY sent_at, id))[1], 300), count(*)"
        " FROM conversations_message WHERE workspace_id = %s AND case_id = %s"
        " AND conversation_id IS NOT NULL GROUP BY conversation_id",
        [workspace_id, case_id],
    )
    return {home: (text, n) for home, text, n in found}


def moves_of(workspace_id: UUID, case_id: UUID) -> list[Move]:
    """Return what was merged into, or split off, a case, and where it went, the latest first."""
    found = Move.objects.filter(workspace_id=workspace_id)
    mine = found.filter(Q(from_case_id=case_id) | Q(to_case_id=case_id))
    return list(mine.order_by("-at", "-id")[:LISTED])


def latest_inbound(workspace_id: UUID, threads: Mapping[UUID, UUID]) -> dict[UUID, Message]:
    """What the customer said last in each of these conversations, told with their cases.

    One query, by the index of the cases.
    """
    rows = Message.objects.filter(
        workspace_id=workspace_id, case_id__in=set(threads.values()), conversation_id__in=threads
    )
    rows = rows.filter(direction="in", deleted_at=None)
    rows = rows.select_related("author_identity").defer("search")
    found = rows.order_by("conversation_id", "-sent_at", "-id").distinct("conversation_id")
    return {one.conversation_id: one for one in found if one.conversation_id is not None}

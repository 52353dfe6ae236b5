"""What a filter of cases says to PostgreSQL: conditions on a case `c`, and their parameters.

A capability above may register what it knows of a case (triage its language): conversations names
the filter, and does not know where its answer is kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from hearwell.conversations.listing import NOBODY, RATING, WAITED, CaseFilter, Queue
from hearwell.kit.clock import now

Conditions = tuple[list[str], dict[str, Any]]
_TAGGED: Final = """EXISTS (
    SELECT FROM conversations_casetag ct
    JOIN conversations_tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id
    WHERE ct.workspace_id = c.workspace_id AND ct.case_id = c.id
        AND lower(t.name) = lower(%(tag)s))"""
_OF_TIER: Final = """EXISTS (
    SELECT FROM contacts_contact tp WHERE tp.workspace_id = c.workspace_id
        AND tp.id = c.contact_id AND lower(tp.tier) = lower(%(tier)s))"""
WISHES: Final[dict[str, str]] = {
    "channel_id": "c.channel_id = %(channel_id)s",
    "network": "c.network = %(network)s",
    "kind": "c.kind = %(kind)s",
    "audience": "c.audience = %(audience)s",
    "team_id": "c.team_id = %(team_id)s",
    "status": "c.status = %(status)s",
    "turn": "c.turn = %(turn)s",
    "urgency": "c.urgency >= %(urgency)s",
    "tag": _TAGGED,
    "tier": _OF_TIER,
    "stars": f"{RATING} = %(stars)s",
}


def register(name: str, condition: str) -> None:
    """Let a capability say what a filter means that only it can answer."""
    WISHES[name] = condition


def conditions_of(workspace_id: UUID, wanted: CaseFilter, queue: Queue) -> Conditions:
    """Return the conditions of a filter in a queue; the words of a search are not among them."""
    parameters: dict[str, Any] = {
        "workspace": workspace_id,
        "user_id": wanted.user_id,
        "now": now(),
    }
    conditions = [queue.where]
    for name, condition in WISHES.items():
        wish = getattr(wanted, name)
        if wish:
            conditions.append(condition)
            parameters[name] = wish
    if wanted.unread is not None:
        conditions.append("c.unread" if wanted.unread else "NOT c.unread")
    if wanted.waited:
        conditions.append("c.waiting_since <= %(waited_until)s")
        parameters["waited_until"] = now() - timedelta(seconds=WAITED[wanted.waited])
    if wanted.assignee == NOBODY:
        conditions.append("c.assignee_id IS NULL")
    elif wanted.assignee is not None:
        conditions.append("c.assignee_id = %(assignee)s")
        parameters["assignee"] = wanted.assignee
    return conditions, parameters

"""The next case: the most pressing one that a person may take, theirs alone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.conversations import services as conversations
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.routing import pressing
from hearwell.routing.board import skills_of
from hearwell.routing.models import Claim, Team, TeamMember
from hearwell.routing.pressing import PRESSING
from hearwell.routing.rules import has_skills, needs_from
from hearwell.routing.services.claims import claim

_NEXT: Final = f"""
    SELECT c.id, coalesce(p.rule_name, ''), p.team_id
    FROM conversations_case c
    LEFT JOIN routing_placement p ON p.workspace_id = c.workspace_id AND p.case_id = c.id
    WHERE c.workspace_id = %(workspace)s AND c.status = 'open' AND NOT c.is_historic
        AND c.turn = 'ours' AND c.assignee_id IS NULL
        AND (c.team_id IS NULL OR c.team_id = ANY(%(teams)s))
        AND coalesce(p.needs_key, '') = ANY(%(keys)s)
        AND NOT EXISTS (SELECT FROM routing_claim k WHERE k.workspace_id = c.workspace_id
            AND k.case_id = c.id AND k.expires_at > %(now)s AND k.user_id <> %(user)s)
    ORDER BY p.not_to_id IS NOT DISTINCT FROM %(user)s, coalesce(p.priority, 0) DESC, {PRESSING}
    LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608  only our own fragment
_KEYS: Final = "SELECT DISTINCT needs_key FROM routing_placement WHERE workspace_id = %s"


@transaction.atomic
def take_next(workspace_id: UUID, user: User) -> Claim | None:
    """Claim the most pressing case that waits, belongs to a team of theirs and that they can do.

    None where there is none. Two who ask at once never get the same: the row is locked, and passed
    by while somebody else has it. What a person gave back comes last. Five statements and a claim.
    """
    found = rows.fetch(
        _NEXT,
        {
            "workspace": workspace_id,
            "user": user.id,
            "teams": _teams_of(workspace_id, user.id),
            "keys": _keys_for(workspace_id, user.id),
            "now": now(),
            "is_late_turn": pressing.is_late_turn(),
        },
    )
    if not found:
        return None
    case_id, rule_name, _team = found[0]
    taken = claim(case_id, user)
    why = {"code": "next", **({"rule": rule_name} if rule_name else {})}
    conversations.log([case_id], conversations.ROUTED, actor_id=user.id, data=why)
    return taken


def _teams_of(workspace_id: UUID, user_id: UUID) -> list[UUID]:
    """Return the teams a person is in, and those that are everybody's."""
    members: dict[UUID, set[UUID]] = {}
    for team_id, member_id in TeamMember.objects.filter(workspace_id=workspace_id).values_list(
        "team_id", "user_id"
    ):
        members.setdefault(team_id, set()).add(member_id)
    teams = Team.objects.filter(workspace_id=workspace_id).values_list("id", flat=True)
    return [key for key in teams if key not in members or user_id in members[key]]


def _keys_for(workspace_id: UUID, user_id: UUID) -> list[str]:
    own = skills_of(workspace_id).get(user_id, {})
    keys = [row[0] for row in rows.fetch(_KEYS, [workspace_id])]
    return ["", *(key for key in keys if has_skills(own, needs_from(key)))]

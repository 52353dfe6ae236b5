"""Who is here: what people choose, and what their pages show of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.routing.events import PresenceChanged
from hearwell.routing.models import Agent
from hearwell.routing.rules import Presence

# Signs of life are written down so often at most: finer than any choice of "away after".
NOTED_EVERY: Final = timedelta(seconds=20)
AT_MOST: Final = 500


@transaction.atomic
def set_presence(workspace_id: UUID, user_id: UUID, presence: str) -> Agent:
    """Keep what somebody chose. Raises ValueError for a word that is none."""
    wanted, moment = Presence(presence), now()
    agent, is_new = Agent.objects.select_for_update().get_or_create(
        workspace_id=workspace_id, user_id=user_id
    )
    before = None if is_new else agent.effective
    if agent.presence != wanted.value:
        agent.presence, agent.presence_since = wanted.value, moment
    agent.seen_at, agent.is_gone = moment, False
    agent.away_since = (agent.away_since or moment) if wanted is Presence.AWAY else None
    agent.save()
    if before is not wanted:
        emit([PresenceChanged(workspace_id, user_id, wanted.value, is_automatic=False)])
    return agent


def note_life(workspace_id: UUID, user_id: UUID, known: Agent | None = None) -> Agent:
    """Note that somebody's page shows life; who was taken for gone is back. Returns them.

    A person who was never here before is available. Writes at most every twenty seconds.
    """
    agent = known or Agent.objects.filter(workspace_id=workspace_id, user_id=user_id).first()
    if agent is None:
        return set_presence(workspace_id, user_id, Presence.AVAILABLE.value)
    if agent.is_gone:
        return set_presence(workspace_id, user_id, agent.presence)
    moment = now()
    if moment - agent.seen_at >= NOTED_EVERY:
        agent.seen_at = moment
        Agent.objects.filter(workspace_id=workspace_id, id=agent.id).update(seen_at=moment)
    return agent


def notice_absence() -> int:
    """Take those for away, in every workspace, of whom nothing was heard long enough; how many."""
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, id FROM routing_silent(%s, %s)", [moment, AT_MOST])
        found = cursor.fetchall()
    silent: dict[UUID, list[UUID]] = defaultdict(list)
    for workspace_id, agent_id in found:
        silent[workspace_id].append(agent_id)
    for workspace_id, ids in silent.items():
        with scope(workspace_id):
            _leave(workspace_id, ids)
    return len(found)


def _leave(workspace_id: UUID, ids: list[UUID]) -> None:
    moment = now()
    gone = list(
        Agent.objects.select_for_update(skip_locked=True).filter(
            workspace_id=workspace_id, id__in=ids, is_gone=False
        )
    )
    Agent.objects.filter(workspace_id=workspace_id, id__in=[one.id for one in gone]).update(
        is_gone=True, away_since=moment
    )
    emit(
        PresenceChanged(workspace_id, one.user_id, Presence.AWAY.value, is_automatic=True)
        for one in gone
    )

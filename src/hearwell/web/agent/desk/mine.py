"""A person's own presence, as the frame of every page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from hearwell.accounts.access import MemberRequest
from hearwell.accounts.rules import can
from hearwell.inbox.atdesk import show_life
from hearwell.kit.clock import now
from hearwell.routing.queries import agent_of
from hearwell.routing.rules import Presence
from hearwell.routing.services.presence import NOTED_EVERY
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.components.routed import PRESENCES


@dataclass(frozen=True)
class MyPresence:
    """What a person is, in words, and what they can choose."""

    value: str
    words: str
    choices: tuple[tuple[str, str], ...]


def my_presence(request: MemberRequest, me: Person | None = None) -> MyPresence | None:
    """Return a person's presence; None for those who take no cases.

    One query; none where a page has read `me` among the colleagues. Opening a page is a sign of
    life of who was here before; the first of all is their scripts' or their own choice. It is
    written down every twenty seconds at most.
    """
    if not can(request.membership.role, "claim"):
        return None
    value = me.presence if me and _is_fresh(me) else _looked_up(request)
    value = value or Presence.AWAY.value
    choices = tuple((key, str(words)) for key, words in PRESENCES.items())
    return MyPresence(value, str(PRESENCES[value]), choices)


def _is_fresh(me: Person) -> bool:
    """Say whether nothing is to be written: who never was here, or has shown life just now."""
    return me.seen_at is None or (me.presence != "away" and now() - me.seen_at < NOTED_EVERY)


def _looked_up(request: MemberRequest) -> str:
    agent = agent_of(request.workspace.id, request.membership.user_id)
    if agent is not None:
        agent = show_life(request.membership, agent)
    return agent.effective.value if agent else ""

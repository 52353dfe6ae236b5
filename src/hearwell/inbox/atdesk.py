"""What a person does at the desk as a whole: be there, be busy, take the next case."""

from __future__ import annotations

from typing import Final

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.inbox.acts import NotAllowedError
from hearwell.inbox.placing import place_soon
from hearwell.routing import services as routing
from hearwell.routing.models import Agent, Claim

TAKE: Final = "claim"


def next_case(by: Membership) -> Claim | None:
    """Give somebody the most pressing case that they may take; None where nothing waits."""
    if not can(by.role, TAKE):
        raise NotAllowedError(TAKE)
    routing.note_life(by.workspace_id, by.user_id)
    return routing.take_next(by.workspace_id, by.user)


def choose_presence(by: Membership, presence: str) -> Agent:
    """Keep what somebody chose; whoever is available again may be given something at once.

    Raises ValueError for a word that is no presence.
    """
    if not can(by.role, TAKE):
        raise NotAllowedError(TAKE)
    agent = routing.set_presence(by.workspace_id, by.user_id, presence)
    if routing.is_routed(by.workspace_id):
        place_soon(by.workspace_id)
    return agent


def show_life(by: Membership, known: Agent | None = None) -> Agent | None:
    """Note a sign of life of somebody who takes cases; None for those who only look."""
    if not can(by.role, TAKE):
        return None
    was_gone = known.is_gone if known else True
    agent = routing.note_life(by.workspace_id, by.user_id, known)
    if was_gone and routing.is_routed(by.workspace_id):
        place_soon(by.workspace_id)
    return agent

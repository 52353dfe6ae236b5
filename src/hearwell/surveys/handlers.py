"""What the house tells of closes and messages: ask later, and listen for the answer."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.conversations.events import CaseClosed
from hearwell.events.registry import on
from hearwell.inbox.acts import SOLVED
from hearwell.inbox.events import MessageReceived
from hearwell.outbound.events import DeliveryStale
from hearwell.surveys.queries import asks_anywhere, has_asked
from hearwell.surveys.services import hear, let_be, plan, plan_surveys


@on(CaseClosed, where=asks_anywhere)
def on_closed(events: Sequence[CaseClosed]) -> None:
    """Plan what to ask about cases that a person has closed; nobody is asked by a rule's close."""
    closed = {one.case_id: one.reason for one in events if one.actor_id}
    if not closed:
        return
    plan_surveys(events[0].workspace_id, closed)  # first: of one closing one thing is asked
    solved = {case_id for case_id, reason in closed.items() if reason == SOLVED}
    if solved:
        plan(events[0].workspace_id, solved)


@on(MessageReceived, where=has_asked)
def on_received(events: Sequence[MessageReceived]) -> None:
    """Read the next message after a question as its answer, where it is a plain one."""
    hear(events[0].workspace_id, {one.message_id for one in events})


@on(DeliveryStale, where=has_asked)
def on_overtaken(events: Sequence[DeliveryStale]) -> None:
    """Let a question be that its customer has overtaken: nobody need decide about it."""
    let_be(events[0].workspace_id, {one.delivery_id for one in events})

"""What triage doubts is put before the workspace's model, where it has one."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.events.registry import on
from hearwell.inbox.events import MessageReceived, MessageWithdrawn
from hearwell.secondopinion.queries import asks_for_opinions, has_calls
from hearwell.secondopinion.services import claim_unsure, forget_words
from hearwell.secondopinion.tasks import call_for_opinions


@on(MessageReceived, where=asks_for_opinions)
def ask_about_doubts(events: Sequence[MessageReceived]) -> None:
    """Have the model asked about messages that triage doubts; each once."""
    if events:
        workspace_id = events[0].workspace_id
        claimed = claim_unsure(workspace_id, [one.message_id for one in events])
        call_for_opinions(str(workspace_id), [str(one) for one in claimed])


@on(MessageWithdrawn, where=has_calls)
def forget_what_was_asked(events: Sequence[MessageWithdrawn]) -> None:
    """Take out of the log what a customer took back."""
    if events:
        messages = [one.message_id for one in events]
        forget_words(events[0].workspace_id, messages, [one.case_id for one in events])

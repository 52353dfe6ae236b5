"""Try the connection on a sentence of our own."""

from __future__ import annotations

from uuid import UUID

from hearwell.kit.scope import scope
from hearwell.secondopinion.models import Call, CallState, Connection, Purpose
from hearwell.secondopinion.rules import labelling
from hearwell.secondopinion.services.asking import ask
from hearwell.secondopinion.services.opinions import labels_in

SENTENCE = "My flight was cancelled and nobody tells me what happens now?"


def begin_trial(workspace_id: UUID, user_id: UUID) -> Call:
    """Note that somebody wants to know whether it works. Raises Connection.DoesNotExist."""
    connection = Connection.objects.get(workspace_id=workspace_id)
    return Call.objects.create(
        workspace_id=workspace_id, purpose=Purpose.TRIAL, user_id=user_id, model=connection.model
    )


def try_out(workspace_id: UUID, call_id: UUID) -> Call | None:
    """Ask about our own sentence; None if it was asked before."""
    with scope(workspace_id):
        waiting = Call.objects.filter(
            workspace_id=workspace_id, id=call_id, state=CallState.WAITING
        )
        call = waiting.select_for_update().first()
        if call is None:
            return None
        call.state = CallState.CALLING
        call.save(update_fields=["state"])
    question = labelling(call.model, SENTENCE, is_public=True, has_media=False)
    return ask(call, question, labels_in)

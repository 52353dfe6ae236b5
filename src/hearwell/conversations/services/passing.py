"""Note that a customer was asked to go on in another channel."""

from __future__ import annotations

from uuid import UUID

from hearwell.conversations.models import Case, Passing
from hearwell.conversations.services.inhand import log_line

PASSED_ON = "passed_on"


def pass_on(
    case: Case, *, goes_to: str, reason: str, words: str, known: str, actor_id: UUID | None
) -> Passing:
    """Note it, and tell it in the story of the case."""
    noted = Passing.objects.create(
        workspace_id=case.workspace_id,
        case_id=case.id,
        channel_id=case.channel_id,
        network=case.network,
        audience=case.audience,
        goes_to=goes_to,
        reason=reason,
        words=words,
        known=known,
        actor_id=actor_id,
    )
    data = {"goes_to": goes_to, "because": reason, "words": words, "known": known}
    log_line(case, actor_id, PASSED_ON, data)
    return noted

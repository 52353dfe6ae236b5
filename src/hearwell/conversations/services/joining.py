"""A case that goes on elsewhere: one more conversation in it, before anything is said there."""

from __future__ import annotations

from hearwell.conversations.models import Case, Conversation, Status
from hearwell.conversations.services.threads import ChannelRef, hold_channel


def join(
    channel: ChannelRef, case: Case, thread_key: str, audience: str, *, takes_over: bool = False
) -> Conversation:
    """Return the case's conversation in this thread, begun if there is none yet.

    What comes in under the thread's key is then a message of this case. A thread that belongs to
    another case by now is left there: the conversation returned says which. With ``takes_over`` it
    goes on in this case if the other one is closed, as when somebody writes there again. Holds
    the channel until the commit.
    """
    hold_channel(channel)
    known = (
        Conversation.objects.filter(
            workspace_id=channel.workspace_id, channel_id=channel.id, thread_key=thread_key
        )
        .select_related("case")
        .first()
    )
    if takes_over and known and known.case_id != case.id and known.case.status == Status.CLOSED:
        known.case = case
        known.save(update_fields=["case"])
    return known or Conversation.objects.create(
        workspace_id=channel.workspace_id,
        case_id=case.id,
        channel_id=channel.id,
        network=channel.network,
        thread_key=thread_key,
        audience=audience,
        contact_id=case.contact_id,
    )

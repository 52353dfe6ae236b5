"""A private answer to something public: the talk that it begins, within the same case.

Networks that allow it take one such answer to a message, for a time. What they write back comes in
under the talk's own thread, and so into the same case.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.connect.beginning import AnswersPrivately
from hearwell.connect.model import Audience, Author, MessageKind
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Conversation, Message, Status
from hearwell.inbox.openings import Refusal, refusal_of
from hearwell.outbound.queries import is_answered_in

ONCE: Final = "answered_privately"
_REMARKS: Final = frozenset({MessageKind.COMMENT.value, MessageKind.POST.value})
IN_ANOTHER_CASE: Final = "talk_elsewhere"


def beginner_at(network: str) -> AnswersPrivately | None:
    """Return a network if it takes private answers to what is public."""
    try:
        connector = connector_for(network)
    except UnknownNetworkError:
        return None
    return connector if isinstance(connector, AnswersPrivately) else None


def _is_remark(said: Message) -> bool:
    """Whether it is a comment or post of theirs: reviews and what stands at others' is not ours."""
    return said.audience == Audience.PUBLIC and said.kind in _REMARKS


def talk_from(channel: Channel, said: Message, case_id: UUID) -> Conversation | None:
    """Return the talk that a private answer to this message leads to; None if there can be none.

    One that is not there yet is not kept by this: ``conversations.join`` does that. One query.
    """
    beginner, person = beginner_at(channel.network), said.author_identity
    if beginner is None or person is None or not _is_remark(said):
        return None
    author = Author(person.external_id, person.handle, person.name)
    thread = beginner.private_thread(account_of(channel), said.remote_id, author)
    if thread is None:
        return None
    known = Conversation.objects.filter(
        workspace_id=channel.workspace_id, channel_id=channel.id, thread_key=thread.key
    )
    return known.select_related("case").first() or Conversation(
        workspace_id=channel.workspace_id,
        case_id=case_id,
        channel_id=channel.id,
        network=channel.network,
        thread_key=thread.key,
        audience=Audience.PRIVATE.value,
        contact_id=person.contact_id,
    )


def refusal_in(
    talk: Conversation, channel: Channel, said: Message | None, case_id: UUID
) -> Refusal | None:
    """Return why no answer to this message would be taken in a conversation; None where it is.

    ``channel`` is the account that would speak, ``said`` what it would answer.
    """
    begun = why_not_begun(talk, said, case_id) if said else None
    return begun or refusal_of(channel, Audience(talk.audience), talk.thread_key, said)


def why_not_begun(talk: Conversation, said: Message, case_id: UUID) -> Refusal | None:
    """Return why this message cannot be answered in that talk; None where it can.

    Only for what is public: where they wrote in the talk itself, it has begun. One query at most.
    """
    if said.audience != Audience.PUBLIC or talk.audience != Audience.PRIVATE:
        return None
    if talk._state.adding:  # nothing has been said in what is not there yet
        return None
    if talk.case_id != case_id and talk.case.status != Status.CLOSED:
        words = _("You talk with them in private in another case, %(case)s. Go on there.")
        return Refusal(IN_ANOTHER_CASE, words % {"case": talk.case.label})
    if is_answered_in(talk.workspace_id, talk.id, said.remote_id):
        words = _(
            "This comment has had its one private answer. Once they write back, you can go on."
        )
        return Refusal(ONCE, words, is_of_network=True)
    return None


def hold_talk(
    workspace_id: UUID, case_id: UUID, audience: str, conversation_id: UUID | None
) -> None:
    """Hold the accounts on which a private reply may begin a talk; before its case is held.

    Who records what arrives holds an account first and cases then: the other way round two could
    wait for each other. One query; none for a public reply.
    """
    if audience != Audience.PRIVATE:
        return
    rows = Conversation.objects.filter(
        workspace_id=workspace_id, case_id=case_id, audience=Audience.PUBLIC.value
    )
    if conversation_id is not None:
        rows = rows.filter(id=conversation_id)
    found = rows.order_by("channel_id").values_list("channel_id", "network").distinct()
    for channel_id, network in found:
        if beginner_at(network):
            conversations.hold_channel_by_id(channel_id)

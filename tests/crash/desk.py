"""People at a desk who answer every customer once, however often their browser dies meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform

from hearwell.accounts.models import Membership
from hearwell.conversations.models import Direction, Message
from hearwell.inbox import reply
from hearwell.inbox.reply import Reply
from hearwell.kit.scope import scope
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State


def key_for(message_id: UUID) -> UUID:
    """The client token of the answer to a message: the same after a crash."""
    return uuid5(message_id, "answer")


@dataclass
class Desk:
    """The desk of one workspace."""

    workspace_id: UUID

    @cached_property
    def anna(self) -> Membership:
        """Who answers."""
        return Membership.objects.select_related("user").get(workspace_id=self.workspace_id)

    def answer_all(self, at_most: int = 20) -> int:
        """Answer whoever has no answer; read what is stale, and send it anyway."""
        with scope(self.workspace_id):
            answers = Delivery.objects.alias(parent=KeyTextTransform("parent_id", "draft")).filter(
                channel_id=OuterRef("channel_id"), parent=OuterRef("remote_id")
            )
            asked = Message.objects.filter(~Exists(answers), direction=Direction.IN)
            waiting = list(asked.select_related("case").defer("search").order_by("id")[:at_most])
            stale = list(Delivery.objects.filter(state=State.STALE).values_list("id", flat=True))
        for message in waiting:
            self._answer(message, message.case.version)
        for delivery_id in stale:
            with scope(self.workspace_id):
                reply.send_anyway(delivery_id, self.anna)
        return len(waiting) + len(stale)

    def _answer(self, message: Message, version: int) -> None:
        what = Reply(
            case_id=message.case_id,
            conversation_id=message.conversation_id,
            text=f"Answer to {message.text}",
            audience="public",
            key=key_for(message.id),
            seen_version=version,
            parent_remote_id=message.remote_id,
            confirm=True,
            undo_s=0,
        )
        with scope(self.workspace_id):
            reply.send_reply(what, self.anna)

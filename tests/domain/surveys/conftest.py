"""A desk that asks whether it was solved: Lena wrote in private, Alice answered and closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hearwell.accounts.models import Membership, User
from hearwell.channels.models import Channel
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Conversation
from hearwell.conversations.services import OutboundMessage
from hearwell.events.models import Event
from hearwell.events.registry import handlers_of
from hearwell.events.tasks import handle
from hearwell.inbox.acts import SOLVED, close_case
from hearwell.inbox.intake import take_in
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery
from hearwell.sla.services.promises import ensure_defaults
from hearwell.surveys.models import Question
from hearwell.surveys.services import Chosen, ask_due, choose
from tests.factories import make_channel, make_dm


class Solving:
    """Lets things happen through the product's own verbs."""

    def __init__(self, workspace: Any, alice: User, channel: Channel) -> None:
        self.workspace, self.alice, self.channel = workspace, alice, channel
        self.owner = Membership.objects.select_related("user").get(user=alice)

    def choose(self, **more: Any) -> None:
        wish = {"channel_ids": frozenset({self.channel.id}), "delay_min": 0, **more}
        choose(self.workspace.id, Chosen(**wish), by=self.alice)

    def writes(self, text: str = "Where is my bag?", *, thread: str = "t", **more: Any) -> Case:
        (message,) = take_in(self.channel, [make_dm(text, thread_key=thread, **more)])
        self.hear("MessageReceived", message.id)
        return Case.objects.get(id=message.case_id)

    def answers(self, case: Case, text: str = "It is on its way. ^AA", **more: Any) -> None:
        home = Conversation.objects.get(case_id=case.id)
        how = {"audience": "private", "kind": "dm", **more}
        said = OutboundMessage(
            conversation_id=home.id, remote_id=str(uuid7()), text=text, sent_at=now(),
            author_user_id=self.alice.id, **how,
        )  # fmt: skip
        conversations.record_outbound(said)

    def solved(self, **more: Any) -> Case:
        """Return a case that was asked for, answered and solved."""
        case = self.writes(**more)
        self.answers(case)
        close_case(case.id, SOLVED, self.owner)
        self.hear("CaseClosed", case.id)
        return Case.objects.get(id=case.id)

    def hear(self, name: str, _about: Any) -> None:
        """Let the handlers hear of events of a name, all that there were: twice is no harm."""
        ids = [str(row.id) for row in Event.objects.filter(name=name)]
        for handler in handlers_of(name):
            if ids and handler.startswith("hearwell.surveys."):
                handle(workspace_id=str(self.workspace.id), handler=handler, event_ids=ids)

    def ask(self) -> int:
        return ask_due(self.workspace.id)

    def arrives(self) -> None:
        """Let the network have what was queued."""
        Delivery.objects.filter(state="queued").update(state="sent", sent_at=now())

    def asked(self, **more: Any) -> tuple[Case, Question]:
        """Return a solved case whose question is asked."""
        case = self.solved(**more)
        assert self.ask() == 1
        self.arrives()
        return case, Question.objects.get(case_id=case.id)

    def deliveries(self) -> list[Delivery]:
        return list(Delivery.objects.order_by("id"))


@pytest.fixture
def solving(workspace, alice, frozen) -> Solving:
    ensure_defaults(workspace)
    made = Solving(workspace, alice, make_channel())
    made.choose()
    return made


def later(frozen: Any, **span: int) -> None:
    frozen.shift(timedelta(**span))

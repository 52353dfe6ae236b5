"""A comment answered in private: once, in a talk of its own, within the same case. Real commits."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import add_member, create_workspace
from hearwell.connect import registry
from hearwell.conversations.models import Case, Conversation, Message, Waiting
from hearwell.inbox import acts
from hearwell.inbox.approving import approve
from hearwell.inbox.reply import Reply, send_reply, undo
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.kit.seal import make_keys
from hearwell.outbound import sender
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State
from tests.domain.bycontract.test_walk import Walk, _connected
from tests.domain.inbox.test_handles import hear


class Talk(Walk):
    """A walk that answers in private."""

    @property
    def place(self) -> UUID:
        return self.channel.workspace_id

    def case(self, ref: str = "") -> Case:
        said = self.messages()[ref or self.fake.first]
        with scope(self.place):
            return Case.objects.get(id=said.case_id)

    def writes(self, text: str, *, undo_s: int = 0, by: Membership | None = None) -> Delivery:
        case = self.case()
        wanted = Reply(
            case_id=case.id, text=text, audience="private", key=uuid7(),
            seen_version=case.version, confirm=True, undo_s=undo_s,
        )  # fmt: skip
        with scope(self.place):
            return send_reply(wanted, by or self.anna)

    def sends(self, queued: Delivery) -> Delivery:
        sender.deliver(self.place, queued.id)
        hear(self.place)
        with scope(self.place):
            return Delivery.objects.get(id=queued.id)

    def talks(self) -> list[Conversation]:
        with scope(self.place):
            found = Conversation.objects.filter(audience="private", case_id=self.case().id)
            return list(found)

    def waiting(self) -> int:
        with scope(self.place):
            return Waiting.objects.filter(case_id=self.case().id).count()


@pytest.fixture(params=["facebook", "instagram"])
def talk(
    request: pytest.FixtureRequest, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Talk:
    make_keys(Path(settings.HEARWELL_KEYS))
    sender._identities.clear()
    fake = import_module(f"hearwell.connectors.{request.param}.fake").Fake()
    monkeypatch.setitem(registry._connectors, request.param, fake.connector)
    workspace = create_workspace("Northwind Air")
    anna = User.objects.create_user("anna@example.com", name="Anna Adams")
    found = Talk(fake, _connected(workspace.id, fake), add_member(workspace, anna, "agent"))
    found.hear()
    return found


def test_it_begins_a_talk_in_the_same_case_and_their_answer_joins_it(talk: Talk) -> None:
    assert talk.waiting() == 1
    sent = talk.sends(talk.writes("May I ask for your booking code?"))
    assert State(sent.state) is State.SENT, sent.failure_message
    (begun,) = talk.talks()
    assert talk.waiting() == 0  # they have their answer, if not in public
    talk.hear()  # our own echo is known
    theirs = talk.fake.network.customer_says("It is QK7P2M", private=True)
    talk.hear()
    said = talk.messages()
    assert said[theirs].conversation_id == begun.id
    assert said[theirs].case_id == talk.case().id
    (ours,) = [one for one in said.values() if one.delivery_id]
    assert (ours.kind, ours.audience, ours.sent_outside) == ("dm", "private", False)
    assert ours.parent_remote_id == talk.fake.first

    again = talk.sends(talk.writes("Thank you, we have it."))
    assert State(again.state) is State.SENT, again.failure_message
    assert again.draft["parent_id"] == theirs


def test_a_comment_has_one_private_answer(talk: Talk) -> None:
    talk.sends(talk.writes("May I ask for your booking code?"))
    with pytest.raises(CannotSend, match="has had its one private answer"):
        talk.writes("And your name?")
    talk.fake.network.customer_says("Hello? Anyone?")
    talk.hear()
    with scope(talk.place):
        assert Message.objects.filter(direction="in").count() >= 2


def test_taken_back_it_can_be_written_again(talk: Talk) -> None:
    queued = talk.writes("May I ask for your booking code?", undo_s=30)
    with scope(talk.place):
        assert undo(queued.id, talk.anna)
    sent = talk.sends(talk.writes("Which flight was it?"))
    assert State(sent.state) is State.SENT, sent.failure_message
    assert len(talk.talks()) == 1


def test_after_seven_days_it_is_too_late(talk: Talk) -> None:
    with scope(talk.place):
        for message in Message.objects.defer("search"):
            old = message.sent_at - timedelta(days=8)
            Message.objects.filter(id=message.id).update(sent_at=old)
    with pytest.raises(CannotSend, match="more than 7 days old"):
        talk.writes("May I ask for your booking code?")
    assert not talk.talks()


def test_a_talk_in_another_open_case_is_named_and_a_closed_one_goes_on_here(talk: Talk) -> None:
    theirs = talk.fake.network.customer_says("About something else", private=True)
    talk.hear()
    other = talk.case(theirs)
    assert other.id != talk.case().id
    with pytest.raises(CannotSend, match=other.label):
        talk.writes("May I ask for your booking code?")
    with scope(talk.place):
        acts.close_case(other.id, "no_answer_needed", talk.anna)
    sent = talk.sends(talk.writes("May I ask for your booking code?"))
    assert State(sent.state) is State.SENT, sent.failure_message
    assert sent.draft["parent_id"] == talk.fake.first
    assert talk.case(theirs).id == other.id  # what was said stays where it was


def test_it_waits_for_a_second_reader_as_other_replies_do(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hearwell.inbox.reply.reasons_of", lambda *_a, **_k: [{}])
    queued = talk.writes("May I ask for your booking code?")
    assert State(queued.state) is State.APPROVAL
    with pytest.raises(CannotSend, match="one private answer"):
        talk.writes("And your name?")
    lead = User.objects.create_user("lena@example.com", name="Lea Lind")
    with scope(talk.place):
        reader = add_member(talk.anna.workspace, lead, "lead")
        approve(queued.id, queued.digest, reader)
    sent = talk.sends(queued)
    assert State(sent.state) is State.SENT, sent.failure_message

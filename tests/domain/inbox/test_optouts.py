"""Who writes STOP is left in peace, and told of before anybody writes; START takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.contacts.models import Identity
from hearwell.conversations.models import Case, Conversation
from hearwell.inbox.composing import target_in
from hearwell.inbox.intake import take_in
from hearwell.inbox.optouts import believe_refusals
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.clock import now
from hearwell.outbound.events import DeliveryFailed
from tests.domain.inbox.conftest import Care
from tests.factories import make_channel

LENA = "+351912345678"


class Line:
    """A number of ours, and what Lena writes to it."""

    def __init__(self, care: Care) -> None:
        self.care = care
        with care.inside():
            self.channel = make_channel("sms")

    def says(self, text: str, at: datetime | None = None) -> Case:
        sid = f"SM{uuid4().hex}"
        item = InboundMessage(
            external_id=sid, dedup_key=sid, occurred_at=at or now(),
            account=self.channel.external_id, thread_key=f"sms:{LENA}",
            kind=MessageKind.DM, audience=Audience.PRIVATE,
            author=Author(LENA, LENA), text=text,
        )  # fmt: skip
        with self.care.inside():
            take_in(self.channel, [item])
            return Case.objects.get(network="sms")

    def is_refused(self, case: Case) -> bool:
        with self.care.inside():
            try:
                target_in(case.workspace_id, case.id, "private")
            except CannotSend as refusal:
                return refusal.problems[0].code == "opted_out"
            return False


@pytest.fixture
def line(care: Care) -> Line:
    return Line(care)


def test_stop_is_kept_to_until_start(line: Line) -> None:
    case = line.says("Where is my bag?")
    assert not line.is_refused(case)
    line.says("STOP")
    assert line.is_refused(case)
    line.says("Hello?")
    assert line.is_refused(case)
    line.says("start")
    assert not line.is_refused(case)


def test_a_start_of_before_that_comes_late_takes_nothing_back(line: Line) -> None:
    case = line.says("Where is my bag?")
    line.says("STOP")
    line.says("START", now() - timedelta(minutes=5))
    assert line.is_refused(case)
    line.says("START")
    assert not line.is_refused(case)


def test_what_the_network_refuses_is_believed(line: Line) -> None:
    case = line.says("Where is my bag?")
    with line.care.inside():
        home = Conversation.objects.get(case=case)
        event = DeliveryFailed(
            workspace_id=case.workspace_id, delivery_id=uuid4(), lane_id=home.id,
            channel_id=line.channel.id, author_id=None, code="opted_out", message="",
            alternatives=[], context={"conversation_id": str(home.id)},
        )  # fmt: skip
        believe_refusals([event])
        assert Identity.objects.get(network="sms").no_messages_since is not None
    assert line.is_refused(case)

"""What the reader is shown is what will leave: its account, its thread, its files, its customer."""

from __future__ import annotations

from uuid import UUID

import pytest

from hearwell.accounts.models import Membership
from hearwell.channels.models import Channel
from hearwell.connect.conformance_files import PNG
from hearwell.conversations.models import Case, Conversation, Message
from hearwell.inbox.regrouping import merge_cases, split_case
from hearwell.kit.ids import uuid7
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery, File
from hearwell.outbound.services import LaneMove
from hearwell.powers.rules import Conditions
from hearwell.powers.services import add_review_rule
from tests.api.conftest import program_of
from tests.characters import _member
from tests.factories import DUARTE, make_case, make_channel, make_item, receive
from tests.web.test_approval import card, decide
from tests.web.test_files import put
from tests.web.test_replying import send
from tests.web.test_speaking import PLACE


@pytest.fixture
def training(workspace, alice, bob):
    """Bob's replies are read first."""
    return add_review_rule(workspace.id, Conditions(user_id=bob.id), by=alice)


@pytest.fixture
def lea(workspace):
    return _member(workspace, "Lea Lund", "lead", "LL")


@pytest.fixture
def lead(signed_in, lea):
    return signed_in(lea)


@pytest.fixture
def brand(workspace):
    return make_channel(purpose="brand", **PLACE)


@pytest.fixture
def care(workspace):
    return make_channel(handle="NorthwindCare", **PLACE)


def writes_again(case: Case, text: str) -> None:
    """The customer goes on in the thread, and its lane with it."""
    home = Conversation.objects.get(case_id=case.id)
    channel = Channel.objects.get(id=home.channel_id)
    receive(channel, [make_item(text, thread_key=home.thread_key)])
    move = LaneMove(home.id, channel.id, channel.external_id)
    outbound.lanes_moved(home.workspace_id, [move])


def test_the_reader_sees_the_account_that_speaks(agent, lead, brand, care, training):
    send(agent, make_case("Where is my bag?", brand))
    assert Delivery.objects.get().channel_id == care.id
    assert "From NorthwindCare." in lead.get("/inbox/approval/").content.decode()


def test_an_answer_by_another_account_can_be_approved_after_the_customer_wrote(
    agent, lead, brand, care, training
):
    case = make_case("Where is my bag?", brand)
    send(agent, case)
    old = card(lead.get("/inbox/approval/").content.decode())
    writes_again(case, "Found it!")
    delivery = Delivery.objects.get()
    stale = lead.post(f"/sent/{delivery.id}/approve/", {**old, "do": "approve"})
    assert "It is still right: approve" in stale.content.decode()
    assert decide(lead, delivery).status_code == 302
    assert Delivery.objects.get().state == "queued"


def test_a_program_is_told_how_far_the_thread_has_moved(
    agent, lea, workspace, brand, care, training
):
    case = make_case("Where is my bag?", brand)
    send(agent, case)
    writes_again(case, "Found it!")
    program = program_of(workspace, lea)
    (waiting,) = program.get("/approvals").json()
    told = {name: waiting[name] for name in ("digest", "lane_version")}
    path = f"/deliveries/{waiting['delivery']['id']}/decision"
    assert program.post(path, {"decision": "approve", **told}).json()["state"] == "queued"


@pytest.mark.parametrize("way", ["merge", "split"])
def test_the_reader_is_led_to_the_case_that_it_is_in_now(agent, lead, lea, care, training, way):
    case = make_case("Where is my bag?", care)
    other = make_case("And where is mine?", care, author=DUARTE)
    by = Membership.objects.select_related("user", "workspace").get(user=lea)
    if way == "split":
        merge_cases(other.id, case.id, by)
        send(agent, other, to_public=str(home_in(other, "Where is my bag?")))
        home = home_in(other, "Where is my bag?")
        split_case(other.id, [home], by)
    else:
        send(agent, case)
        merge_cases(other.id, case.id, by)
    now_in = Conversation.objects.get(id=Delivery.objects.get().context["conversation_id"]).case_id
    page = lead.get("/inbox/approval/").content.decode()
    assert "Where is my bag?" in page
    assert f'href="/c/{now_in}/"' in page


def home_in(case: Case, text: str) -> UUID | None:
    return Message.objects.get(case_id=case.id, text=text).conversation_id


def test_the_reader_can_open_what_is_enclosed(agent, lead, care, training):
    case, key = make_case("Where is my bag?", care), uuid7()
    put(agent, case.id, key, PNG)
    file = File.objects.get()
    put(agent, case.id, key, **{f"alt-{file.id}": "A red bag"})
    send(agent, case, key=str(key))
    page = lead.get("/inbox/approval/").content.decode()
    assert f'href="/file/{file.id}/"' in page
    assert "A red bag" in page

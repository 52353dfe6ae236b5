"""A comment can be answered in private where the network takes that; told before anybody types."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from hearwell.connect.model import Author, MessageKind
from hearwell.conversations.models import Conversation
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery
from tests.factories import make_case, make_channel

LENA = Author("7001", "", "Lena Vik")


@pytest.fixture
def comment(workspace):
    """Make Lena's comment below a post of ours, of some age."""

    def make(age: timedelta = timedelta(hours=1), network: str = "facebook"):
        channel = make_channel(network, "Northwind Air", external_id="1784001")
        return make_case(
            "Where is my bag?", channel, external_id="5001_104", kind=MessageKind.COMMENT,
            thread_key="post:1784001_5001", author=LENA, occurred_at=now() - age,
        )  # fmt: skip

    return make


def page_of(client, case) -> str:
    return client.get(f"/c/{case.id}/").content.decode()


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def sent(client, case, text: str = "May I ask for your booking code?"):
    page = page_of(client, case)
    to = field(page, "to_private")
    return client.post(
        f"/c/{case.id}/reply/",
        {
            "audience": "private", "text": text, "key": str(uuid4()), "to_private": to,
            f"from_{to}": field(page, f"from_{to}"), "version": field(page, "version"),
            "seen": field(page, "seen"),
        },
    )  # fmt: skip


def test_the_composer_offers_it_and_says_once_and_until_when(agent, comment):
    page = page_of(agent, comment())
    assert "One private answer to this comment, until" in page
    assert "Only Lena Vik sees this. Facebook, from Northwind Air" in page
    assert not re.search(r'value="private"[^>]*disabled', page)


def test_it_goes_into_a_new_private_talk_of_the_same_case(agent, comment):
    case = comment()
    assert sent(agent, case).status_code == 302
    queued = Delivery.objects.get()
    talk = Conversation.objects.get(audience="private")
    assert (talk.case_id, talk.thread_key) == (case.id, "dm:7001")
    assert (queued.draft["parent_id"], queued.draft["thread_key"]) == ("5001_104", "dm:7001")
    page = page_of(agent, case)
    assert "This comment has had its one private answer." in page
    assert page.count('class="refused') == 1


def test_undone_it_is_offered_again_with_its_words(agent, comment):
    case = comment()
    sent(agent, case)
    queued = Delivery.objects.get()
    agent.post(f"/sent/{queued.id}/undo/")
    page = page_of(agent, case)
    assert "One private answer to this comment, until" in page
    assert "May I ask for your booking code?" in page


def test_after_a_week_it_is_too_late_and_public_stays_open(agent, comment):
    page = page_of(agent, comment(timedelta(days=8)))
    assert "it cannot be answered in private any more" in page
    assert re.search(r'value="private"[^>]*disabled', page)
    assert not re.search(r'value="public"[^>]*disabled', page)


def test_other_networks_offer_none(agent, workspace):
    page = page_of(agent, make_case("Where is my bag?", make_channel()))
    assert "There is no private conversation in this case." in page


def test_it_costs_the_case_one_look_and_two_once_the_talk_is_there(agent, comment, budget):
    case = comment()
    with budget(13):
        page_of(agent, case)
    sent(agent, case)
    with budget(15):
        page_of(agent, case)

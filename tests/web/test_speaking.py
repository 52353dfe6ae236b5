"""Which account answers: told in the composer before sending, chosen there where it may be."""

from __future__ import annotations

import re

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.channels.models import Channel
from hearwell.outbound.models import Delivery
from tests.factories import make_case, make_channel, make_item, receive
from tests.web.test_replying import send

PLACE = {"settings": {"base_url": "https://harbour.test/api/one"}}


@pytest.fixture
def brand(workspace):
    return make_channel(purpose="brand", **PLACE)


@pytest.fixture
def care(workspace):
    return make_channel(handle="NorthwindCare", **PLACE)


def head(client, case) -> str:
    page = client.get(f"/c/{case.id}/").content.decode()
    found = re.search(r'<p class="aud speaks only public">.*?</p>', page, re.DOTALL)
    return " ".join(found[0].split()) if found else ""


def test_the_composer_says_who_speaks_and_why(agent, brand, care):
    case = make_case("Where is my bag?", brand)
    said = head(agent, case)
    assert "NorthwindCare: they wrote to the brand account" in said
    assert "NorthwindAir: they wrote to it" in said
    send(agent, case, **{f"from_{the_thread(case)}": str(care.id)})
    assert Delivery.objects.get().channel_id == care.id
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert "It is on its way" in page  # on its way by another lane, and shown all the same


def the_thread(case) -> str:
    return str(case.conversations.get().id)


def test_the_other_one_may_be_chosen(agent, brand, care):
    case = make_case("Where is my bag?", brand)
    send(agent, case, **{f"from_{the_thread(case)}": str(brand.id)})
    assert Delivery.objects.get().channel_id == brand.id


def test_what_was_shown_holds_or_nothing_is_sent(agent, brand, care):
    case = make_case("Where is my bag?", brand)
    Channel.objects.filter(id=care.id).update(state="paused")
    part = send(agent, case, **{f"from_{the_thread(case)}": str(care.id)})
    assert part.status_code == 422
    assert "it would now leave from NorthwindAir" in part.content.decode()
    assert not Delivery.objects.exists()
    assert "no care account of the brand can answer here" in head(agent, case)


def test_where_it_is_as_one_expects_nothing_is_added(agent, care):
    assert head(agent, make_case("Where is my bag?", care)) == ""


def test_several_threads_name_the_account_of_each(agent, brand, care, workspace):
    case = make_case("Where is my bag?", brand)
    (other,) = receive(care, [make_item("And my coat?")])
    case.conversations.model.objects.filter(id=other.conversation_id).update(case_id=case.id)
    type(other).objects.filter(id=other.id).update(case_id=case.id)
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert page.count("Lena Vik, Harbour, NorthwindCare") == 2
    assert page.count('name="from_') >= 2


def test_a_purpose_is_changed_in_the_browser_and_written_down(owner, agent, brand):
    url = f"/settings/networks/{brand.id}/purpose/"
    assert agent.post(url, {"purpose": "care"}).status_code == 403
    owner.post(url, {"purpose": "nonsense"})
    assert Channel.objects.get(id=brand.id).purpose == "brand"
    owner.post(url, {"purpose": "both"})
    assert Channel.objects.get(id=brand.id).purpose == "both"
    line = AuditRow.objects.get(action="channel.purpose")
    assert (line.before, line.after) == ({"purpose": "brand"}, {"purpose": "both"})

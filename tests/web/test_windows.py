"""A closed window is said as soon as a case is opened, before anybody has typed a word."""

from __future__ import annotations

from datetime import timedelta

from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from tests.factories import make_case, make_channel, make_dm, receive

DAY = timedelta(days=1)


def _dm_case(channel, age):
    item = make_dm("Where is my bag?", thread_key=f"dm:{age.days}", occurred_at=now() - age)
    receive(channel, [item])
    return Message.objects.get(remote_id=item.external_id).case


def _facebook(**settings):
    return make_channel("facebook", "Northwind Air", external_id="1784001", settings=settings)


def test_a_private_message_can_be_answered_for_a_day(agent, workspace):
    page = agent.get(f"/c/{_dm_case(_facebook(), DAY / 2).id}/").content.decode()
    assert "too late" not in page


def test_after_that_the_composer_says_so_and_what_to_do_instead(agent, workspace):
    page = agent.get(f"/c/{_dm_case(_facebook(), DAY * 2).id}/").content.decode()
    assert "more than 24 hours ago: it is too late to answer here" in page
    assert "They can write again, and then you can" in page
    assert "With the Human Agent feature a person may answer for 7 days" in page
    assert 'value="private"' in page
    assert "There is no public thread in this case." not in page.split('role="note"')[1][:400]


def test_a_person_has_a_week_where_the_app_has_the_right(agent, workspace):
    channel = _facebook(human_agent="1")
    page = agent.get(f"/c/{_dm_case(channel, DAY * 2).id}/").content.decode()
    assert "too late" not in page
    page = agent.get(f"/c/{_dm_case(channel, DAY * 8).id}/").content.decode()
    assert "more than 7 days ago" in page


def test_another_way_stays_open(agent, workspace):
    case = make_case("Where is my bag?", make_channel())
    assert "too late" not in agent.get(f"/c/{case.id}/").content.decode()

"""Reviews on the screen: their stars, what they were before, and the one answer there is."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest

from hearwell.connect.model import MessageKind
from hearwell.conversations import services
from tests import factories


@pytest.fixture
def channel(workspace):
    return factories.make_channel()


def html(answer) -> str:
    return unescape(answer.content.decode())


def review(channel, text="Slow", stars=2):
    item = factories.make_item(text, kind=MessageKind.REVIEW, rating=stars)
    (message,) = factories.receive(channel, [item])
    return item, message


def test_stars_stand_in_the_list_and_narrow_it(agent, bobs, channel):
    review(channel)
    page = html(agent.get("/inbox/?queue=all"))
    assert 'role="img" aria-label="2 of 5 stars">★★☆☆☆' in page
    assert "2 of 5 stars" in html(agent.get("/inbox/?queue=all&stars=2"))
    assert "★★☆☆☆" not in html(agent.get("/inbox/?queue=all&stars=5"))


def test_a_thread_tells_what_the_stars_were(agent, bobs, channel):
    item, message = review(channel)
    services.record_edit(channel, [replace(factories.make_edit(item, "Better"), rating=4)])
    page = html(agent.get(f"/c/{message.case_id}/"))
    assert 'aria-label="4 of 5 stars">★★★★☆' in page
    assert 'aria-label="2 of 5 stars">★★☆☆☆' in page.split('class="was"')[1]


def test_the_composer_says_that_an_answer_takes_the_place_of_the_first(agent, bobs):
    channel = factories.make_channel("googlereviews", "Northwind")
    _, message = review(channel)
    first = html(agent.get(f"/c/{message.case_id}/"))
    assert "Post publicly on Google reviews" in first
    assert "takes its place" not in first
    factories.make_reply(message.case)
    page = html(agent.get(f"/c/{message.case_id}/"))
    assert "Replace our answer on Google reviews" in page
    assert "Google reviews shows one answer: this one takes its place" in page

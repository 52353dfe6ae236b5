"""Service against marketing: what a brand posts that answers nobody, beside how it answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.benchmarks.league import league_of
from hearwell.benchmarks.rules import Brand
from hearwell.channels.models import Channel
from hearwell.connect.model import Author
from hearwell.kit.clock import now
from hearwell.reports.relation import Period
from hearwell.voice.quadrant import quadrant_of
from hearwell.voice.rules import PostClass
from tests.domain.benchmarks.test_league import panel_of
from tests.factories import make_channel, make_echo, make_item, receive

pytestmark = pytest.mark.django_db
DAYS = 20
PERIOD, SOON = timedelta(days=DAYS), timedelta(minutes=10)


def brand(name: str, asked: int, answered: int, posts: int, text: str) -> tuple[Brand, list]:
    """Make a brand that was asked, answered some of it, and posted so much."""
    channel, starts = make_channel(handle=name), now() - PERIOD
    asks = [
        make_item(author=Author(f"p{n}", f"p{n}", f"P{n}"), occurred_at=starts + n * PERIOD / asked)
        for n in range(asked)
    ]
    said = receive(channel, asks)
    receive(channel, [
        make_echo(thread_key=one.external_id, parent_id=one.external_id,
                  occurred_at=one.occurred_at + SOON)
        for one in asks[:answered]
    ])  # fmt: skip
    own = [make_echo(text, occurred_at=starts + n * PERIOD / max(1, posts)) for n in range(posts)]
    return Brand(name, (str(channel.id),)), [said, receive(channel, own)]


def test_two_brands_are_set_side_by_side_and_few_are_grey(workspace, alice, frozen):
    north, (_asked, sales) = brand("North", 40, 30, 40, "20% off. Shop now!")
    skerry, _said = brand("Skerry", 40, 10, 31, "Delays at Oslo, next update at 15:00.")
    small, _said = brand("Balt", 40, 10, 2, "Quiz time! Guess where.")
    below = [
        make_item(parent_id=one.remote_id, thread_key=one.remote_id, occurred_at=one.sent_at + SOON)
        for one in sales
    ]
    receive(Channel.objects.get(handle="North"), below[:10])
    period = Period(now() - PERIOD, now() + timedelta(hours=1))
    panel = panel_of(workspace, alice, [north, skerry, small])
    found = quadrant_of(league_of(panel, period, "any-reply"), "UTC")
    places = {one.line.brand.name: one for one in found.places}
    one, other = places["North"], places["Skerry"]
    assert (one.marketing.n, one.marketing.tally.of(PostClass.PROMOTION)) == (40, 40)
    assert (one.marketing.tally.coupons, one.marketing.answers) == (40, 10)
    assert one.marketing.a_day == pytest.approx(2, abs=0.1)
    assert other.marketing.tally.of(PostClass.INFORMATION) == 31
    assert one.line.figures.needs_reply == 50
    assert [place.is_small for place in (one, other, places["Balt"])] == [False, False, True]
    rates = [place.line.figures.response_rate for place in (one, other)]
    assert found.rate == sum(rates) / 2
    assert found.a_day == (one.marketing.a_day + other.marketing.a_day) / 2

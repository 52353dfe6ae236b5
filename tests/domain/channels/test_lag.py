"""How late a channel hears: by its newest message, never by what is read again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.channels.models import Channel, ChannelHealth
from hearwell.channels.services import heard_from
from hearwell.kit.clock import now


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.fixture
def health(channel: Channel) -> ChannelHealth:
    Channel.objects.filter(id=channel.id).update(connected_at=now() - timedelta(hours=1))
    channel.refresh_from_db()
    return ChannelHealth.objects.get(channel=channel)


def test_the_newest_message_tells_the_lag(channel: Channel, health: ChannelHealth) -> None:
    at = now()
    heard_from(channel, at, at - seconds(4))
    health.refresh_from_db()
    assert (health.lag_s, health.last_event_at) == (4.0, at)

    heard_from(channel, at + seconds(60), at + seconds(58))
    health.refresh_from_db()
    assert health.lag_s == 2.0


def test_what_is_read_again_tells_nothing(channel: Channel, health: ChannelHealth) -> None:
    at = now()
    heard_from(channel, at, at - seconds(4))
    heard_from(channel, at + seconds(600), at - seconds(30))

    health.refresh_from_db()
    assert health.lag_s == 4.0
    assert health.last_item_at == at - seconds(4)
    assert health.last_event_at == at + seconds(600)


def test_what_was_said_before_the_account_was_connected_is_not_late(
    channel: Channel, health: ChannelHealth
) -> None:
    heard_from(channel, now(), now() - timedelta(days=3))

    health.refresh_from_db()
    assert health.lag_s is None
    assert health.last_event_at


def test_a_network_whose_clock_is_ahead_is_not_early(
    channel: Channel, health: ChannelHealth
) -> None:
    at = now()
    heard_from(channel, at, at + seconds(30))

    health.refresh_from_db()
    assert health.lag_s == 0.0

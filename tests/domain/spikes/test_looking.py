"""Days are played through the record and looked at by a simulated clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import User, Workspace
from hearwell.channels.models import Channel
from hearwell.connect.model import InboundMessage
from hearwell.conversations.listing import CaseFilter
from hearwell.conversations.queries import case_list
from hearwell.events.models import Event
from hearwell.kit.scope import scope
from hearwell.spikes import services
from hearwell.spikes.models import Spike, Stream, Tally
from hearwell.spikes.tasks import look_at
from tests.domain.spikes.conftest import DAYS
from tests.domain.spikes.stream import MONDAY, contest, incident, ordinary, praise, take_in

TUESDAY_NOON = MONDAY + timedelta(days=1, hours=12)
MINUTE = timedelta(minutes=1)


def play(
    channel: Channel,
    items: Sequence[InboundMessage],
    begins: datetime,
    lasts: timedelta,
    step: timedelta = MINUTE,
) -> list[Spike]:
    """Let messages come in as time goes by, and look as often as told."""
    waiting = sorted(items, key=lambda item: item.occurred_at)
    found: list[Spike] = []
    at = begins
    while at < begins + lasts:
        at += step
        with time_machine.travel(at, tick=False):
            due = [item for item in waiting if item.occurred_at < at]
            waiting = waiting[len(due) :]
            if due:
                take_in(channel, due)
            found += services.look(channel.workspace_id)
    return found


def test_an_incident_is_found_within_ten_minutes(channel: Channel) -> None:
    today = list(ordinary(MONDAY, 2, 80, seed=90))
    past = [item for item in today if item.occurred_at < TUESDAY_NOON]
    take_in(channel, past)
    later = [item for item in today if item.occurred_at >= TUESDAY_NOON]
    told = incident(TUESDAY_NOON + 5 * MINUTE, 30, every_s=14)

    found = play(channel, [*later, *told], TUESDAY_NOON, timedelta(minutes=40))

    (spike,) = found
    assert spike.kind == "trouble"
    assert spike.found_at <= told[0].occurred_at + timedelta(minutes=10)
    assert spike.found_at <= told[-1].occurred_at + MINUTE
    assert {"503", "check", "error", "app"} & set(spike.words)
    spike.refresh_from_db()
    hit = [item for item in told if item.external_id]
    assert len(spike.message_ids) >= 0.8 * len(hit)


def test_what_is_found_says_why_and_shows_its_cases(channel: Channel) -> None:
    take_in(channel, incident(TUESDAY_NOON, 30, every_s=14))
    with time_machine.travel(TUESDAY_NOON + 8 * MINUTE, tick=False):
        (spike,) = services.look(channel.workspace_id)

    reasons = dict(spike.reasons)
    assert reasons["volume"]["n"] >= 30
    assert reasons["volume"]["expected"] < 6
    assert reasons["complaints"]["percent"] >= 50
    assert reasons["people"]["n"] >= 30
    event = Event.objects.get(name="SpikeFound")
    assert event.payload["spike_id"] == str(spike.id)
    assert event.payload["case_id"] == str(spike.case_id)
    page = case_list(channel.workspace_id, CaseFilter(queue="all", spike_id=spike.id))
    assert {row.id for row in page.rows} <= cases_of(spike)
    assert page.rows


def cases_of(spike: Spike) -> set[object]:
    from hearwell.conversations.models import Message

    found = Message.objects.filter(id__in=spike.message_ids)
    return set(found.values_list("case_id", flat=True))


def test_a_busy_monday_is_no_spike(channel: Channel) -> None:
    busy = list(ordinary(MONDAY, 1, 107, seed=70))

    found = play(
        channel, busy, MONDAY + timedelta(hours=5), timedelta(hours=17), timedelta(minutes=15)
    )

    assert found == []


def test_retweets_of_a_contest_are_no_crisis(channel: Channel) -> None:
    told = contest(TUESDAY_NOON, 150, every_s=6)

    found = play(channel, told, TUESDAY_NOON, timedelta(minutes=30), timedelta(minutes=5))

    assert found == []


def test_praise_is_good_news(channel: Channel) -> None:
    told = praise(TUESDAY_NOON, 40, every_s=12)

    found = play(channel, told, TUESDAY_NOON, timedelta(minutes=12))

    (spike,) = found
    assert spike.kind == "praise"
    assert "birthday" in spike.words


def test_one_incident_is_told_once_and_again_only_after_it_was_calm(channel: Channel) -> None:
    told = incident(TUESDAY_NOON, 120, every_s=30)
    again = incident(TUESDAY_NOON + timedelta(hours=9), 30, every_s=14, seed=5)

    first = play(channel, told, TUESDAY_NOON, timedelta(hours=2), timedelta(minutes=5))
    quiet = play(
        channel, [], TUESDAY_NOON + timedelta(hours=2), timedelta(hours=1), timedelta(minutes=20)
    )
    calm = Spike.objects.get().calm_at
    second = play(channel, again, TUESDAY_NOON + timedelta(hours=9), timedelta(minutes=12))

    assert len(first) == 1
    assert quiet == []
    assert calm is not None
    assert len(second) == 1


def test_a_look_costs_the_same_however_much_is_said(channel: Channel) -> None:
    take_in(channel, incident(TUESDAY_NOON, 12, every_s=20))
    with time_machine.travel(TUESDAY_NOON + 5 * MINUTE, tick=False):
        services.look(channel.workspace_id)
    Spike.objects.update(calm_at=TUESDAY_NOON)
    take_in(channel, incident(TUESDAY_NOON + 5 * MINUTE, 60, every_s=3, seed=8))

    with (
        time_machine.travel(TUESDAY_NOON + 9 * MINUTE, tick=False),
        CaptureQueriesContext(connection) as asked,
    ):
        services.look(channel.workspace_id)

    assert len(asked) <= 16


def test_a_word_in_the_past_does_not_count_and_history_is_learned_once(channel: Channel) -> None:
    with time_machine.travel(TUESDAY_NOON, tick=False):
        take_in(channel, incident(TUESDAY_NOON - 4 * MINUTE, 9, every_s=20))
        services.look(channel.workspace_id)
        before = Stream.objects.get(topic="", channel_id=None)
        services.look(channel.workspace_id)

    after = Stream.objects.get(topic="", channel_id=None)
    assert before.usual == after.usual
    assert after.usual["hours"] > 200
    assert 2 < after.usual["level"] < 15


def test_switched_off_nothing_is_counted(channel: Channel, alice: User) -> None:
    services.choose(
        channel.workspace_id,
        is_on=False,
        sensitivity="normal",
        least_authors=8,
        cool_down_h=6,
        by=alice,
    )
    take_in(channel, incident(TUESDAY_NOON, 40, every_s=10))
    with time_machine.travel(TUESDAY_NOON + 8 * MINUTE, tick=False):
        assert services.look(channel.workspace_id) == []

    assert not Tally.objects.exists()


def test_every_workspace_is_looked_at_in_a_job_of_its_own(
    channel: Channel, other_workspace: Workspace
) -> None:
    take_in(channel, incident(TUESDAY_NOON, 30, every_s=14))
    with time_machine.travel(TUESDAY_NOON + 8 * MINUTE, tick=False):
        assert services.wake_looks() == 1
        assert services.wake_looks() == 0  # it waits already
        look_at(workspace_id=str(channel.workspace_id))
        look_at(workspace_id=str(other_workspace.id))

    assert Spike.objects.count() == 1
    with scope(other_workspace.id):
        assert not Spike.objects.exists()
        assert not Tally.objects.exists()


def test_where_nothing_stirs_little_is_asked(channel: Channel) -> None:
    with time_machine.travel(TUESDAY_NOON, tick=False):
        services.look(channel.workspace_id)
    with (
        time_machine.travel(TUESDAY_NOON + MINUTE, tick=False),
        CaptureQueriesContext(connection) as asked,
    ):
        services.look(channel.workspace_id)

    assert len(asked) <= 6


def test_labels_are_topics(channel: Channel) -> None:
    from hearwell.conversations import services as conversations

    take_in(channel, incident(TUESDAY_NOON, 10, every_s=14))
    case_id = next(iter(cases_of_all()))
    conversations.tag([case_id], ["Check-in"])
    with time_machine.travel(TUESDAY_NOON + 8 * MINUTE, tick=False):
        services.look(channel.workspace_id)

    assert Tally.objects.filter(topic="label:check-in").exists()
    assert Tally.objects.filter(topic="kind:complaint").exists()


def cases_of_all() -> list[object]:
    from hearwell.conversations.models import Message

    found = Message.objects.filter(sent_at__gte=TUESDAY_NOON)
    return list(found.values_list("case_id", flat=True))


def test_old_counts_are_forgotten(channel: Channel) -> None:
    with time_machine.travel(MONDAY, tick=False):
        services.recount(channel.workspace_id, MONDAY - timedelta(days=DAYS))
    kept = Tally.objects.count()
    with time_machine.travel(MONDAY + timedelta(days=58), tick=False):
        gone = services.forget_old()

    assert 0 < gone < kept
    assert Tally.objects.count() == kept - gone

"""What is measured of real cases: first answers, and who still waits, in open time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import User, Workspace
from hearwell.channels.models import Channel
from hearwell.inbox import intake
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.waits import queries, services
from hearwell.waits.models import Estimate
from hearwell.waits.services import Chosen
from tests.factories import Author, make_channel, make_echo, make_item


@pytest.fixture
def channel(workspace: Workspace, alice: User, frozen) -> Channel:
    services.choose(workspace.id, Chosen(is_public=True), by=alice)
    return make_channel()


def ask(channel: Channel, n: int):
    author = Author(f"a{n}", f"a{n}", f"A {n}")
    item = make_item("Where is my bag?", author=author, external_id=f"q{n}", thread_key=f"q{n}")
    intake.take_in(channel, [item])
    return item


def answer(channel: Channel, item) -> None:
    echo = make_echo(
        external_id=f"{item.external_id}-r", thread_key=item.thread_key, parent_id=item.external_id
    )
    intake.take_in(channel, [echo])


def lived(channel: Channel, clock, n: int = 10, minutes: int = 5) -> None:
    for one in range(n):
        item = ask(channel, one)
        clock.shift(timedelta(minutes=minutes))
        answer(channel, item)


def test_it_is_measured_from_the_answers_of_the_last_hour(workspace, channel, frozen):
    lived(channel, frozen)

    assert services.estimate_all() == 2  # of all, and of the channel
    told = queries.told_now(workspace)
    assert (told.p50_s, told.p90_s) == (300, 300)
    assert queries.told_now(workspace, channel.id).p90_s == 300
    assert services.estimate_all() == 0  # nothing has changed
    frozen.shift(timedelta(minutes=4))
    assert services.estimate_all() == 2  # written anew, so that one sees it is measured


def test_who_still_waits_pushes_it_up_at_once(workspace, channel, frozen):
    lived(channel, frozen)
    for n in range(50, 56):
        ask(channel, n)
    frozen.shift(timedelta(minutes=40))

    services.estimate_all()

    told = queries.told_now(workspace)
    assert told.p90_s is not None
    assert told.p90_s >= 40 * 60


def test_a_holding_or_automatic_word_is_no_answer(workspace, channel, frozen):
    known = queries.waits_of(workspace.id, now())
    assert known == {}
    item = ask(channel, 1)
    frozen.shift(timedelta(minutes=5))

    (wait,) = queries.waits_of(workspace.id, now())[None]
    assert (wait.s, wait.is_over) == (300.0, False)
    answer(channel, item)
    (wait,) = queries.waits_of(workspace.id, now())[None]
    assert (wait.s, wait.is_over) == (300.0, True)


def test_only_the_first_answer_of_a_case_counts(workspace, channel, frozen):
    item = ask(channel, 1)
    frozen.shift(timedelta(minutes=5))
    answer(channel, item)
    again = make_item(
        "And my other bag?", author=item.author, thread_key="q1", parent_id="q1", external_id="q1b"
    )
    intake.take_in(channel, [again])
    frozen.shift(timedelta(minutes=50))

    assert [one.s for one in queries.waits_of(workspace.id, now())[None]] == [300.0]


def test_too_few_answers_say_so(workspace, channel, frozen):
    lived(channel, frozen, n=3)

    services.estimate_all()

    assert queries.told_now(workspace).p90_s is None


def test_what_nobody_measures_any_more_is_not_told(workspace, channel, frozen):
    lived(channel, frozen)
    services.estimate_all()
    frozen.shift(timedelta(minutes=11))

    assert queries.told_now(workspace).p90_s is None


def test_what_was_measured_before_the_clock_was_set_back_is_not_told(workspace, channel, frozen):
    Estimate.objects.create(
        workspace_id=workspace.id, at=now() + timedelta(hours=1), p50_s=60, p90_s=120, n=20
    )
    assert queries.told_now(workspace).p90_s is None
    services.estimate(workspace.id)
    assert queries.told_now(workspace).at == now()


def test_nothing_is_measured_where_nothing_is_told(workspace, channel, alice, frozen):
    lived(channel, frozen)
    services.choose(workspace.id, Chosen(), by=alice)

    assert services.estimate_all() == 0
    assert not Estimate.objects.exists()


def test_what_was_told_is_held_against_what_came(workspace, channel, frozen):
    lived(channel, frozen)
    services.estimate_all()
    quick, slow, late = (ask(channel, n) for n in (60, 61, 62))
    frozen.shift(timedelta(minutes=4))
    answer(channel, quick)
    frozen.shift(timedelta(minutes=30))
    answer(channel, slow)

    kept = queries.kept_lately(workspace.id)
    assert (kept.told, kept.in_time, kept.percent) == (3, 1, 33)  # the third is late already
    assert late is not None


def test_old_measurements_go(workspace, channel, frozen):
    lived(channel, frozen)
    services.estimate_all()
    frozen.shift(timedelta(days=9))

    assert services.forget_old() == 2


def test_another_workspace_is_not_measured(workspace, channel, other_workspace, alice, frozen):
    lived(channel, frozen)
    with scope(other_workspace.id):
        services.choose(other_workspace.id, Chosen(is_public=True), by=alice)
        services.estimate(other_workspace.id)
        assert queries.told_now(other_workspace).p90_s is None

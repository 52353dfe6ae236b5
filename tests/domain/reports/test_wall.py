"""The wallboard's figures: the reports' own, for today, and no customer among them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hearwell.accounts.models import Workspace
from hearwell.accounts.scoping import scope
from hearwell.conversations.models import Case
from hearwell.inbox.intake import take_in
from hearwell.reports.queries import response_report
from hearwell.reports.relation import Period
from hearwell.reports.wall.figures import Kept, first_replies, midnight, wall_figures
from hearwell.reports.wall.shared import Shared
from hearwell.sla.models import Clock
from hearwell.sla.queries import attainment, waiting_now
from hearwell.sla.services.promises import ensure_defaults
from tests.factories import make_channel, make_item, make_reply

AT = datetime(2026, 3, 10, 14, 30, tzinfo=UTC)


def ask(channel, at: datetime, text: str = "Where is my bag? It is lost!") -> Case:
    """Somebody new asks something; the way in is the product's own."""
    item = make_item(text, occurred_at=at)
    author = dataclasses.replace(item.author, external_id=item.external_id)
    (message,) = take_in(channel, [dataclasses.replace(item, author=author)])
    return Case.objects.get(id=message.case_id)


@pytest.fixture
def at(workspace):
    workspace.time_zone = "Europe/Berlin"
    workspace.save()
    ensure_defaults(workspace)
    with time_machine.travel(AT, tick=False):
        yield AT


def figures(workspace, at):
    times = first_replies(workspace.id, midnight(workspace.time_zone, at), at)
    return wall_figures(workspace, times, at, at)


def test_now_and_kept_are_the_reports_own_figures(workspace, at):
    harbour, mail = make_channel(), make_channel("email", "care@northwind.example")
    for minutes in (5, 40, 400):
        ask(harbour, at - timedelta(minutes=minutes))
    ask(mail, at - timedelta(hours=30))
    found = figures(workspace, at)
    now, day = waiting_now(workspace.id), midnight("Europe/Berlin", at)
    answer = next(one for one in attainment(workspace.id, day, at) if one.kind == "answer")

    assert (found.waiting, found.late) == (now.n, now.late) == (4, found.late)
    assert now.longest_s == (at - found.longest.asked_at).total_seconds()
    assert (found.kept.met, found.kept.breached) == (answer.met, answer.breached)
    assert found.unassigned == 4
    assert {one.network for one in found.networks} == {"sandbox", "email"}


def test_the_worst_channel_comes_first(workspace, at):
    ask(make_channel("email", "care@northwind.example"), at - timedelta(minutes=5))
    ask(make_channel(), at - timedelta(days=3))
    assert [one.network for one in figures(workspace, at).networks] == ["sandbox", "email"]


def test_first_replies_are_those_of_the_response_report(workspace, at, bob):
    channel = make_channel()
    case = ask(channel, at - timedelta(minutes=50))
    make_reply(case, at=at - timedelta(minutes=20), author_user_id=bob.id)
    day = midnight("Europe/Berlin", at)
    report = response_report(workspace.id, Period(day, at)).total.first_response_s
    assert figures(workspace, at).first_reply == report
    assert report.n == 1
    assert report.median == 30 * 60


def test_the_day_begins_at_midnight_of_the_workspace(workspace, at):
    channel = make_channel()
    day = midnight("Europe/Berlin", at)
    assert day == datetime(2026, 3, 9, 23, tzinfo=UTC)
    ask(channel, day - timedelta(minutes=1))
    ask(channel, day + timedelta(minutes=1))
    found = figures(workspace, at)
    assert found.hours[0].starts_at == day
    assert len(found.hours) == 16
    assert sum(one.asked for one in found.hours) == 1
    assert found.waiting == 2


@pytest.mark.parametrize(
    ("date", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-07-01", 24)]
)
def test_a_day_has_as_many_hours_as_it_has(workspace, at, date, hours):
    start = midnight("Europe/Berlin", datetime.fromisoformat(f"{date}T12:00:00+00:00"))
    last = start + timedelta(hours=hours) - timedelta(seconds=1)
    assert len(figures(workspace, last).hours) == hours
    assert midnight("Europe/Berlin", last + timedelta(seconds=1)) > start


def test_an_answer_is_drawn_in_its_hour(workspace, at):
    case = ask(make_channel(), at - timedelta(hours=3))
    Clock.objects.filter(case_id=case.id, kind="answer").update(
        state="met", met_at=at - timedelta(hours=1), wall_s=7200, business_s=7200
    )
    drawn = [(one.asked, one.answered) for one in figures(workspace, at).hours]
    assert drawn[-4:] == [(1, 0), (0, 0), (0, 1), (0, 0)]


def test_under_twenty_there_is_no_percentage():
    assert Kept(19, 0).share is None
    assert Kept(19, 1).share == 0.95


def test_nothing_of_a_customer_is_in_it(workspace, at):
    ask(make_channel(), at - timedelta(minutes=5), "My secret complaint about gate 12!")
    found = str(figures(workspace, at))
    assert "secret" not in found
    assert "Vik" not in found


def test_the_work_does_not_grow_with_what_waits(workspace, at, django_assert_max_num_queries):
    channel = make_channel()
    for minutes in range(1, 6):
        ask(channel, at - timedelta(minutes=minutes))
    with django_assert_max_num_queries(16):
        figures(workspace, at)


def test_many_boards_are_counted_once(workspace, at):
    clock = [0.0]
    shared = Shared(lambda: clock[0])
    channel = make_channel()
    first = shared.figures(workspace.id)
    ask(channel, at - timedelta(minutes=5))
    assert shared.figures(workspace.id) is first
    clock[0] = 5.0
    assert shared.figures(workspace.id).waiting == 1


def test_first_replies_are_read_once_a_minute_and_at_midnight(workspace, at):
    clock = [0.0]
    shared = Shared(lambda: clock[0])
    assert shared.figures(workspace.id).studied_at == at
    with time_machine.travel(at + timedelta(seconds=30), tick=False):
        clock[0] = 30.0
        assert shared.figures(workspace.id).studied_at == at
    over = midnight("Europe/Berlin", at) + timedelta(days=1)
    with time_machine.travel(over, tick=False):
        clock[0] = 40.0
        found = shared.figures(workspace.id)
        assert found.studied_at == over == found.starts_at


def test_another_workspace_is_counted_for_itself(workspace, other_workspace, at):
    ask(make_channel(), at - timedelta(minutes=5))
    with scope(other_workspace.id):
        place = Workspace.objects.get(id=other_workspace.id)
        assert figures(place, at).waiting == 0

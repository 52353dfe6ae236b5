"""How long a closed case can come back is for each workspace to say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.conversations import services
from hearwell.conversations.models import Case
from hearwell.conversations.services.windows import (
    BadWindowError,
    reopen_windows,
    set_reopen_windows,
)
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from tests.factories import make_channel, make_dm, make_item, receive

pytestmark = pytest.mark.django_db
MAKE = {"private": make_dm, "public": make_item}


def cases_after(bob, audience: str, days: float) -> int:
    """Say how many cases there are when a customer writes so long after the closing."""
    channel, make = make_channel(), MAKE[audience]
    (message,) = receive(channel, [make("Where is my bag?", thread_key="t")])
    services.close(message.case_id, "solved", bob.id)
    receive(channel, [make("And now?", thread_key="t", occurred_at=now() + timedelta(days=days))])
    return Case.objects.count()


@pytest.mark.parametrize(
    ("audience", "days", "cases"),
    [("private", 29, 1), ("private", 31, 2), ("public", 6, 1), ("public", 8, 2)],
)
def test_without_a_word_it_is_thirty_days_in_private_and_seven_in_public(
    workspace, bob, audience, days, cases
):
    assert cases_after(bob, audience, days) == cases


@pytest.mark.parametrize(
    ("audience", "days", "cases"),
    [("private", 1, 1), ("private", 3, 2), ("public", 89, 1), ("public", 91, 2)],
)
def test_a_workspace_says_otherwise(workspace, bob, audience, days, cases):
    set_reopen_windows(workspace.id, private_days=2, public_days=90, by=bob)
    assert cases_after(bob, audience, days) == cases


def test_with_zero_days_every_matter_is_a_new_case(workspace, bob):
    set_reopen_windows(workspace.id, private_days=0, public_days=0, by=bob)
    assert cases_after(bob, "private", 0.01) == 2


def test_it_is_audited_and_of_one_workspace(workspace, other_workspace, alice):
    set_reopen_windows(workspace.id, private_days=2, public_days=3, by=alice)
    set_reopen_windows(workspace.id, private_days=4, public_days=5, by=alice)
    row = AuditRow.objects.filter(action="reopening.changed").latest("at")
    assert (row.before, row.after) == ({"private": 2, "public": 3}, {"private": 4, "public": 5})
    with scope(other_workspace.id):
        assert reopen_windows(other_workspace.id)["private"] == timedelta(days=30)


@pytest.mark.parametrize("days", [-1, 366])
def test_what_makes_no_sense_is_refused(workspace, bob, days):
    with pytest.raises(BadWindowError, match="0 to 365 days"):
        set_reopen_windows(workspace.id, private_days=days, public_days=7, by=bob)


def test_threads_of_open_cases_ask_for_no_window(workspace, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    channel = make_channel()
    receive(channel, [make_item(thread_key="t")])
    with CaptureQueriesContext(connection) as asked:
        receive(channel, [make_item(thread_key="t")])
    assert not [q for q in asked.captured_queries if "reopenwindow" in q["sql"]]

"""Two per cent of what is quieted comes to somebody: told on each page, answered by a key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from hearwell.accounts.models import Workspace
from hearwell.kit.clock import now
from hearwell.sla import services as sla
from hearwell.triage.learning import unshown as told
from hearwell.triage.models import Lesson, Verdict
from tests.factories import make_channel, make_item, receive

pytestmark = pytest.mark.usefixtures("small_shipped")


@pytest.fixture
def sampled(workspace: Workspace) -> list[told.Seen]:
    """Two hundred messages that were quieted yesterday, of which some are drawn."""
    sla.ensure_defaults(workspace)
    receive(make_channel(), [make_item(f"haha so true {n}") for n in range(200)])
    Verdict.objects.update(duty="none", is_unsure=False, decided_at=now() - timedelta(days=1))
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    found = told.to_review(workspace.id, today)
    while not found:  # ids are made by chance: one in 56 times none is drawn of two hundred
        receive(make_channel(), [make_item("haha so true again")])
        Verdict.objects.update(duty="none", is_unsure=False, decided_at=now() - timedelta(days=1))
        found = told.to_review(workspace.id, today)
    return found


def test_the_pages_say_how_many_wait_and_each_takes_a_key(
    agent: Client, sampled: list[told.Seen]
) -> None:
    for left in range(len(sampled), 0, -1):
        strip = words(agent.get("/understanding/accuracy/"))
        assert f"{left} to look at" in strip
        page = words(agent.get("/understanding/quieted/"))
        assert sampled[-left].text in page
        say = "duty:answer" if left == 1 else "duty:none"
        where = f"/understanding/say/{sampled[-left].id}/"
        answer = agent.post(where, {"source": "reviewed", "say": say})
        assert answer["location"] == "/understanding/quieted/"

    assert "Nothing to look at just now" in words(agent.get("/understanding/quieted/"))
    assert "to look at" not in words(agent.get("/understanding/accuracy/")).split("<main")[0]
    lessons = Lesson.objects.filter(head="duty", source="reviewed")
    assert lessons.count() == len(sampled)
    assert lessons.filter(label="answer").count() == 1


def words(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def test_about_two_per_cent_are_drawn(workspace: Workspace) -> None:
    """Of three thousand, sixty; 99.99 % of the time within thirty of that."""
    receive(make_channel(), [make_item(f"haha so true {n}") for n in range(3000)])
    Verdict.objects.update(duty="none", is_unsure=False, decided_at=now() - timedelta(days=1))
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)

    n = told.review_count(workspace.id, today)

    assert 30 <= n <= 90
    assert len(told.to_review(workspace.id, today, most=100)) == n

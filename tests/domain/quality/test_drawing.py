"""Which replies are read again: as many as planned, each once, by chance and by risk."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from hearwell.accounts.models import AuditRow, Membership
from hearwell.channels.models import Channel
from hearwell.conversations.models import Conversation
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.quality import services
from hearwell.quality.models import Draw, Plan, Sample
from hearwell.quality.services import Planned, drawing, plan
from tests.factories import Author, make_item, receive

WEEK = timedelta(weeks=1)


def test_nothing_is_drawn_before_somebody_plans_it(workspace, alice, wrote):
    wrote(3)
    assert services.draw_all() == 0
    assert services.draw_now(workspace.id, by=alice) == 0
    assert not Sample.objects.exists()


def test_a_week_is_drawn_once_it_is_over(workspace, planned, wrote, frozen):
    wrote(8)
    assert services.draw_all() == 0
    frozen.shift(WEEK)

    assert services.draw_all() == 5
    assert services.draw_all() == 0
    assert Sample.objects.filter(is_random=True).count() == 3
    drawn = Draw.objects.get()
    assert (drawn.candidates, drawn.drawn, str(drawn.week)) == (8, 5, "2026-03-02")


def test_weeks_that_were_missed_are_drawn_late_and_those_before_the_plan_never(
    planned, wrote, frozen
):
    wrote(2, at=now() - WEEK)
    wrote(2)
    frozen.shift(2 * WEEK)
    wrote(2, at=now() - WEEK)

    assert services.draw_all() == 4
    assert Draw.objects.count() == 2


def test_of_each_person_as_many(workspace, planned, wrote, lea, alice, bob):
    wrote(9)
    wrote(9, by=lea)
    wrote(2, by=alice)

    assert services.draw_now(workspace.id, by=alice) == 12
    by = [Sample.objects.filter(agent_id=one.id).count() for one in (bob, lea, alice)]
    assert by == [5, 5, 2]
    assert AuditRow.objects.get(action="quality.drawn").after == {"drawn": 12}
    assert services.draw_now(workspace.id, by=alice) == 0  # the week has what was planned


def test_the_same_seed_draws_the_same(workspace, planned, wrote, monkeypatch):
    wrote(30)
    seed = drawing.uuid7()
    monkeypatch.setattr(drawing, "uuid7", lambda: seed)
    found = []
    for _ in range(2):
        services.draw_now(workspace.id, by=Membership.objects.get(role="owner").user)
        rows = Sample.objects.order_by("message_id")
        found.append(list(rows.values_list("message_id", "is_random", "wanted")))
        rows.delete()

    assert found[0] == found[1]
    assert len(found[0]) == 5


@pytest.mark.parametrize(
    "values", [{"is_holding": True}, {"is_automatic": True}, {"is_sent_outside": True}]
)
def test_what_no_person_answered_with_is_not_drawn(workspace, planned, wrote, alice, values):
    wrote(3, **values)

    assert services.draw_now(workspace.id, by=alice) == 0


def test_the_risk_is_said(workspace, planned, wrote, alice, bob):
    Plan.objects.update(random_percent=0)
    Membership.objects.filter(user=bob).update(created_at=now() - timedelta(days=90))
    wrote(1, text="This is a scandal. You lost my bag again, I am furious, worst airline ever!")
    services.draw_now(workspace.id, by=alice)

    sample = Sample.objects.get()
    assert not sample.is_random
    assert "complaint" in sample.reasons
    assert "new_agent" not in sample.reasons


def test_who_is_new_is_looked_at_more(workspace, planned, wrote, alice):
    wrote(1)
    services.draw_now(workspace.id, by=alice)

    assert "new_agent" in Sample.objects.get().reasons


def test_risk_makes_it_likelier_and_chance_does_not_mind(workspace, planned, wrote, alice, bob):
    Membership.objects.filter(user=bob).update(created_at=now() - timedelta(days=90))
    calm = wrote(30, text="Hello, which gate does flight NW117 leave from?")
    angry = wrote(10, text="You are the worst. I am furious that you lost my bag, shame on you!")
    plan(workspace.id, Planned(is_on=True, a_week=20, random_percent=0), by=alice)
    drawn: Counter[UUID] = Counter()
    for _ in range(10):  # by chance each of them may come out the other way
        services.draw_now(workspace.id, by=alice)
        drawn.update(Sample.objects.values_list("message_id", flat=True))
        Sample.objects.all().delete()

    def mean(replies) -> float:
        return sum(drawn[one.id] for one in replies) / len(replies)

    assert mean(angry) > mean(calm) + 1


def test_a_tenth_goes_to_two(workspace, planned, wrote, alice):
    Plan.objects.update(a_week=20)
    wrote(25)
    services.draw_now(workspace.id, by=alice)

    assert Sample.objects.filter(wanted=2).count() == 2


def test_each_reply_at_most_once(workspace, planned, wrote, alice):
    (reply,) = wrote(1)
    services.draw_now(workspace.id, by=alice)
    same = Sample.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Sample.objects.create(
            workspace_id=workspace.id,
            message_id=reply.id,
            case_id=same.case_id,
            agent_id=same.agent_id,
            sent_at=same.sent_at,
            week=same.week,
        )


def test_other_workspaces_draw_their_own(workspace, other_workspace, planned, wrote, frozen):
    wrote(2)
    frozen.shift(WEEK)
    with scope(other_workspace.id):
        Plan.objects.create(workspace_id=other_workspace.id, is_on=True)
        assert services.draw_past_weeks(other_workspace.id) == 0
    with scope(workspace.id):
        assert services.draw_past_weeks(workspace.id) == 2


def test_one_draw_is_one_statement_however_many(
    workspace, planned, wrote, alice, django_assert_max_num_queries
):
    wrote(12)
    with django_assert_max_num_queries(16):
        services.draw_now(workspace.id, by=alice)


def test_a_thread_that_many_read_is_a_risk(workspace, planned, wrote, alice):
    (reply,) = wrote(1)
    assert reply.audience == "public"
    key = Conversation.objects.get().thread_key
    receive(
        Channel.objects.get(),
        [
            make_item("Same here!", author=Author(f"p{n}", f"p{n}", f"P {n}"), thread_key=key)
            for n in range(3)
        ],
    )
    services.draw_now(workspace.id, by=alice)

    assert "public" in Sample.objects.get().reasons

"""Who comes back: after a solved case and about something else, never because it is not solved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.connect.model import Author
from hearwell.conversations.models import Reaction
from hearwell.kit.clock import now
from hearwell.reports.models import ResolutionFact
from hearwell.reports.rolling.cube import Span
from hearwell.voice.people import people_of
from tests.domain.voice.test_posts import SALE, post
from tests.factories import make_channel, make_item, receive

pytestmark = pytest.mark.django_db
OLD = timedelta(days=40)


def wrote(channel, who: str, at=None, **values):
    item = make_item(author=Author(who, who, who), occurred_at=at or now(), **values)
    return receive(channel, [item])[0]


def closed(case_id, at, *, is_closing=True, reason="solved", version=2):
    ResolutionFact.objects.create(
        workspace_id=make_channel("pigeon").workspace_id, case_id=case_id, case_version=version,
        is_closing=is_closing, reason=reason, at=at,
    )  # fmt: skip


def test_who_comes_back_is_told_from_who_was_not_helped(workspace, frozen):
    channel, today = make_channel(), now().date()
    then = now() - OLD
    helped = wrote(channel, "ann", then)
    closed(helped.case_id, then + timedelta(hours=1))
    wrote(channel, "ann")
    # Ben's case came back, Cay's was spam, Dan writes again in the same case, Eve is new.
    again = wrote(channel, "ben", then)
    closed(again.case_id, then + timedelta(hours=1))
    closed(again.case_id, then + timedelta(hours=2), is_closing=False, version=3)
    wrote(channel, "ben")
    spam = wrote(channel, "cay", then)
    closed(spam.case_id, then + timedelta(hours=1), reason="spam")
    wrote(channel, "cay")
    same = wrote(channel, "dan", then, thread_key="dan")
    closed(same.case_id, then + timedelta(hours=1))
    wrote(channel, "dan", thread_key="dan")
    wrote(channel, "eve")
    found = people_of(workspace, Span(today - timedelta(days=6), today))
    assert (found.loyalty.n, found.loyalty.value) == (5, 1 / 5)
    assert "n < 30" in found.loyalty.caveat
    assert sum(one.people for one in found.weeks) == 5


def test_answers_to_our_posts_are_engagement_and_no_loyalty(workspace, frozen):
    channel, today = make_channel(), now().date()
    ours = post(channel, SALE, thread_key="p")
    wrote(channel, "ann", thread_key="p", parent_id=ours.remote_id)
    found = people_of(workspace, Span(today, today))
    assert {one.key: one.value for one in found.engagement} == {"reactions": None, "answers": 1}
    assert (found.loyalty.n, found.loyalty.value) == (1, 0)
    assert found.engagement[0].caveat == "no network told us of a reaction"
    for who, sign in (("ann", "like"), ("ben", "")):
        Reaction.objects.create(
            workspace_id=workspace.id, channel_id=channel.id, target_remote_id=ours.remote_id,
            actor_external_id=who, reaction=sign, at=now(),
        )  # fmt: skip
    found = people_of(workspace, Span(today, today))
    assert (found.engagement[0].value, found.engagement[0].n) == (1, 1)

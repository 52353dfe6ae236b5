"""Conversations that go on under another name stay in their cases."""

from __future__ import annotations

import pytest

from hearwell.connect.model import ThreadsMoved
from hearwell.conversations.models import Case, Conversation
from hearwell.inbox.intake import take_in, take_moves
from hearwell.kit.clock import now
from tests.factories import make_channel, make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(workspace):
    return make_channel()


def said(number: int, thread: str, **more):
    return make_item("Is 482 late?", external_id=f"m{number}", thread_key=thread, **more)


def moved(account: str, before: str = "group:-5:") -> ThreadsMoved:
    return ThreadsMoved(
        external_id="s1",
        dedup_key="moved:-5:-1005",
        occurred_at=now(),
        account=account,
        before=before,
        after="group:-1005:",
    )


def keys() -> set[str]:
    return set(Conversation.objects.values_list("thread_key", flat=True))


def test_who_writes_where_the_group_went_is_in_the_same_case(channel):
    (first,) = take_in(channel, [said(1, "group:-5:42")])
    take_in(channel, [said(2, "group:-55:42"), said(3, "chat:42")])
    for _twice in range(2):
        take_moves(channel, [moved(channel.external_id)])
    assert keys() == {"group:-1005:42", "group:-55:42", "chat:42"}
    (again,) = take_in(channel, [said(4, "group:-1005:42")])
    assert (again.case_id, again.conversation_id) == (first.case_id, first.conversation_id)


def test_who_was_heard_there_first_has_two_cases_and_loses_neither(channel):
    take_in(channel, [said(1, "group:-5:42"), said(2, "group:-5:43"), said(3, "group:-1005:42")])
    take_moves(channel, [moved(channel.external_id)])
    assert keys() == {"group:-5:42", "group:-1005:42", "group:-1005:43"}
    assert Case.objects.count() == 3


def test_of_two_that_move_to_one_place_one_stays(channel):
    take_in(channel, [said(1, "group:-5:42"), said(2, "group:-6:42")])
    account = channel.external_id
    take_moves(channel, [moved(account), moved(account, "group:-6:")])
    assert keys() == {"group:-1005:42", "group:-6:42"}


def test_another_accounts_conversations_stay(channel):
    other = make_channel(handle="northwind-help")
    take_in(other, [said(1, "group:-5:42")])
    take_moves(channel, [moved(channel.external_id)])
    assert keys() == {"group:-5:42"}

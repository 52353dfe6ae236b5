"""Replies that people wrote, and those who read them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.quality.services import Planned, plan
from tests.characters import _member
from tests.factories import make_case, make_channel, make_reply


@pytest.fixture
def lea(workspace: Workspace) -> User:
    """Lea leads, as does nobody but her and Alice."""
    return _member(workspace, "Lea Long", "lead", "LL")


@pytest.fixture
def alices(alice: User) -> Membership:
    return Membership.objects.select_related("user", "workspace").get(user=alice)


@pytest.fixture
def leas(lea: User) -> Membership:
    return Membership.objects.select_related("user", "workspace").get(user=lea)


@pytest.fixture
def bobs(bob: User) -> Membership:
    return Membership.objects.select_related("user", "workspace").get(user=bob)


@pytest.fixture
def planned(workspace: Workspace, alice: User, frozen) -> None:
    plan(workspace.id, Planned(is_on=True, a_week=5, random_percent=60), by=alice)


@pytest.fixture
def wrote(workspace: Workspace, bob: User) -> Callable[..., list[Message]]:
    """Let somebody (Bob) have written so many replies, an hour ago."""
    channel = make_channel()

    def write(n: int, by: User = bob, text: str = "Where is my bag?", **values) -> list[Message]:
        at = values.pop("at", now() - timedelta(hours=1))
        return [
            make_reply(
                make_case(text, channel, occurred_at=at - timedelta(hours=1)),
                at=at,
                author_user_id=by.id,
                **values,
            )
            for _ in range(n)
        ]

    return write

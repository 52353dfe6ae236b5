"""The people and places every test knows by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine

if TYPE_CHECKING:
    from hearwell.accounts.models import User, Workspace

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def frozen() -> Iterator[time_machine.Coordinates]:
    """Stand still at noon on Monday 2 March 2026, UTC; `.shift(seconds)` moves on."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    """Northwind Air's workspace; its rows are in scope for the test."""
    from hearwell.accounts.scoping import scope

    made = _workspace("Northwind Air", "northwind")
    with scope(made.id):
        yield made


@pytest.fixture
def other_workspace(db: None) -> Workspace:
    """Somebody else's workspace; its rows are out of scope."""
    return _workspace("Contoso Rail", "contoso")


@pytest.fixture
def alice(workspace: Workspace) -> User:
    """Alice owns the workspace."""
    return _member(workspace, "Alice Adams", "owner", "AA")


@pytest.fixture
def bob(workspace: Workspace) -> User:
    """Bob is an agent."""
    return _member(workspace, "Bob Brown", "agent", "BB")


@pytest.fixture
def charlie(db: None) -> User:
    """Charlie has an account and no membership: a stranger."""
    return _user("Charlie Clark")


def _workspace(name: str, slug: str) -> Workspace:
    from hearwell.accounts.models import Workspace

    return Workspace.objects.create(name=name, slug=slug)


def _user(name: str) -> User:
    from hearwell.accounts.models import User

    first = name.partition(" ")[0].lower()
    return User.objects.create_user(
        email=f"{first}@example.com", password="correct horse", name=name
    )


def _member(workspace: Workspace, name: str, role: str, initials: str) -> User:
    from hearwell.accounts.models import Membership

    user = _user(name)
    Membership.objects.create(user=user, workspace=workspace, role=role, initials=initials)
    return user

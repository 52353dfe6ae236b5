"""People of every role, and a case."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import Membership, User, Workspace
from tests.characters import _member


def member(workspace: Workspace, name: str, role: str, initials: str) -> Membership:
    user = _member(workspace, name, role, initials)
    return Membership.objects.select_related("user").get(user=user, workspace=workspace)


@pytest.fixture
def owner(workspace: Workspace, alice: User) -> Membership:
    return Membership.objects.select_related("user").get(user=alice, workspace=workspace)


@pytest.fixture
def agent(workspace: Workspace, bob: User) -> Membership:
    return Membership.objects.select_related("user").get(user=bob, workspace=workspace)


@pytest.fixture
def admin(workspace: Workspace) -> Membership:
    return member(workspace, "Ada Ahl", "admin", "AH")


@pytest.fixture
def lead(workspace: Workspace) -> Membership:
    return member(workspace, "Lea Lund", "lead", "LL")

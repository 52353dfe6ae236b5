"""Rights by role, and initials."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.accounts.rules import ACTIONS, RIGHTS, RoleName, can, initials_of

RANKS = ["viewer", "agent", "lead", "admin", "owner"]


def test_every_rank_keeps_the_rights_of_the_one_below():
    for lower, higher in pairwise(RANKS):
        assert RIGHTS[lower] < RIGHTS[higher]


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        ("viewer", "read", True),
        ("viewer", "reply", False),
        ("agent", "reply", True),
        ("agent", "kill_switch", False),
        ("lead", "kill_switch", True),
        ("lead", "manage_channels", False),
        ("admin", "manage_channels", True),
        ("admin", "manage_workspace", False),
        ("owner", "manage_workspace", True),
        ("nobody", "read", False),
    ],
)
def test_rights(role: str, action: str, *, allowed: bool):
    assert can(role, action) is allowed


def test_an_unknown_action_is_loud():
    with pytest.raises(KeyError):
        can(RoleName.OWNER, "fly")


def test_owner_may_do_everything():
    assert RIGHTS["owner"] == ACTIONS


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Mara Lind", "ML"),
        ("Jon", "JO"),
        ("Ana María de la Cruz", "AMD"),
        ("", "AL"),
        ("李 小龙", "李小"),
        ("O'Neil-Smith", "ONS"),
    ],
)
def test_initials(name: str, initials: str):
    assert initials_of(name, "alice@example.com") == initials


@given(st.text(max_size=60), st.text(max_size=60))
def test_initials_are_never_empty_nor_longer_than_three(name: str, email: str):
    assert 1 <= len(initials_of(name, email)) <= 3

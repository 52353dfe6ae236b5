"""What each role may do, as the house enforces it: the one place that the playbook reads it from.

Rights are those of accounts.rules. Limits in money, networks and audiences belong to whoever keeps
them; where they are kept, they are read here beside the rights and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.accounts.models import Role
from hearwell.accounts.rules import can

ACTS: Final[Mapping[str, str | Promise]] = {
    "read": _("read"),
    "reply": _("answer customers"),
    "assign": _("assign cases"),
    "close": _("solve cases"),
    "approve": _("approve and take back others' replies"),
    "kill_switch": _("stop and release sending"),
    "manage_routing": _("change teams and routing"),
    "manage_promises": _("change promises"),
    "manage_channels": _("connect accounts"),
    "manage_people": _("invite people"),
    "manage_privacy": _("export and erase a customer's data"),
    "manage_settings": _("change the playbook and settings"),
    "manage_workspace": _("own the workspace"),
}


def rights_of(role: str) -> list[str]:
    """Return what a role may do, in words, from the rights that are enforced."""
    return [str(words) for act, words in ACTS.items() if can(role, act)]


def roles() -> list[tuple[str, str]]:
    """Return the roles with their names, the strongest first."""
    return [(value, str(label)) for value, label in Role.choices]

"""What each role may do, and how a name becomes initials. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class RoleName(StrEnum):
    """Roles of a workspace, strongest first. Marketing stands beside them: it reads no messages."""

    OWNER = "owner"
    ADMIN = "admin"
    LEAD = "lead"
    AGENT = "agent"
    VIEWER = "viewer"
    MARKETING = "marketing"


# One's own settings and tokens; who is to be left in peace.
_MARKETING: Final = frozenset({"see_self", "see_held_back"})
_VIEWER: Final = frozenset({"see_self", "read"})
_AGENT: Final = _VIEWER | {"note", "claim", "reply", "assign", "close", "tag"}
_LEAD: Final = _AGENT | {
    "approve", "kill_switch", "export", "view_health", "manage_promises", "manage_routing",
    "share_views", "manage_automation", "see_held_back", "grade",
    "manage_benchmarks", "schedule_reports",
}  # fmt: skip
_ADMIN: Final = _LEAD | {
    "manage_channels", "manage_people", "manage_settings", "read_audit", "manage_privacy",
}  # fmt: skip
_OWNER: Final = _ADMIN | {"manage_workspace", "import"}
RIGHTS: Final[dict[str, frozenset[str]]] = {
    RoleName.OWNER: _OWNER,
    RoleName.ADMIN: _ADMIN | {"import"},
    RoleName.LEAD: _LEAD,
    RoleName.AGENT: _AGENT,
    RoleName.VIEWER: _VIEWER,
    RoleName.MARKETING: _MARKETING,
}
# Those that see what customers write.
READERS: Final = tuple(role for role, rights in RIGHTS.items() if "read" in rights)
ACTIONS: Final = frozenset().union(*RIGHTS.values())
_MAX_INITIALS = 3
_WORD = re.compile(r"[^\W\d_]+")


def can(role: str, action: str) -> bool:
    """Say whether a role may do an action. An unknown action is a bug and raises KeyError."""
    if action not in ACTIONS:
        raise KeyError(action)
    return action in RIGHTS.get(role, frozenset())


def initials_of(name: str, email: str = "") -> str:
    """Return one to three capital letters for a person, never empty.

    "Mara Lind" gives ML; a single name gives its first two letters.
    """
    words = _WORD.findall(name) or _WORD.findall(email.partition("@")[0]) or ["X"]
    letters = words[0][:2] if len(words) == 1 else "".join(word[0] for word in words)
    return letters.upper()[:_MAX_INITIALS]  # upper() first: it can lengthen (ß)

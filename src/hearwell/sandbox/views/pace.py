"""How fast people may write on Harbour: one visitor, and everybody together.

Anybody who has the address may write there, and each act becomes work in the brand's inbox. Who is
counted is the address somebody comes from: names and cookies are made anew with one press.
"""

from __future__ import annotations

from typing import Final, Protocol
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from hearwell.kit.buckets import Buckets, caller_of

MINUTE: Final = 60


class Guest(Protocol):
    """What is looked at."""

    request: HttpRequest

    @property
    def workspace_id(self) -> UUID:
        """Whose sandbox."""


def buckets_of(per_minute: int) -> Buckets | None:
    """Return buckets that hold a minute's worth; None where there is no limit."""
    return Buckets(burst=per_minute, per_s=per_minute / MINUTE) if per_minute else None


ONE: Buckets | None = buckets_of(settings.ENVIRONMENT.sandbox_visitor_per_minute)
ALL: Buckets | None = buckets_of(settings.ENVIRONMENT.sandbox_per_minute)


def wait_s(guest: Guest) -> int:
    """Count an act; return 0, or after how many seconds it may be done.

    Members of the workspace are not counted one by one: they play with it.
    """
    alone = 0
    if ONE is not None and not _is_member(guest):
        caller = caller_of(guest.request.META.get("REMOTE_ADDR", ""))
        alone = ONE.take(f"{guest.workspace_id}:{caller}")
    if alone or ALL is None:
        return alone
    return ALL.take(str(guest.workspace_id))


def _is_member(guest: Guest) -> bool:
    membership = getattr(guest.request, "membership", None)
    return membership is not None and membership.workspace_id == guest.workspace_id

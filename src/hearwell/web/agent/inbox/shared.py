"""What the list and the case both need, read once a request."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from hearwell.accounts.access import MemberRequest
from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.connect.model import Audience
from hearwell.kit.clock import now
from hearwell.outbound.queries import PendingReply, replies_in_sight
from hearwell.outbound.rules import State
from hearwell.powers.models import RolePower
from hearwell.routing.models import Agent
from hearwell.web.agent.inbox.faces import Person
from hearwell.web.components.marks import badge_of
from hearwell.web.preferences import preferences_of

_SAID: Final = 60
_ANSWERS: Final = {name: name for name in ("networks", "audiences", "kinds")}


def colleagues(request: MemberRequest) -> dict[UUID, Person]:
    """Return the members of the workspace by user id, in the order of their names; one query."""
    agents = Agent.objects.filter(
        workspace_id=OuterRef("workspace_id"), user_id=OuterRef("user_id")
    )
    powers = RolePower.objects.filter(workspace_id=OuterRef("workspace_id"), role=OuterRef("role"))
    here = Case(When(is_gone=True, then=Value("away")), default="presence")
    members = (
        Membership.objects.select_related("user")
        .filter(workspace=request.workspace)
        .annotate(here=Subquery(agents.annotate(here=here).values("here")))
        .annotate(seen_at=Subquery(agents.values("seen_at")))
        .annotate(answers=Subquery(powers.annotate(told=JSONObject(**_ANSWERS)).values("told")))
    )
    return {
        one.user_id: Person(
            one.user_id,
            str(one.user),
            one.initials,
            one.here or "",
            one.seen_at,
            one.answers or {},
            can(one.role, "read"),
        )
        for one in members.order_by("user__name", "user__email")
    }


@dataclass(frozen=True)
class WaitingSend:
    """A reply that can still be taken back: what the toast shows. `says` is how it begins.

    `left_s` are the seconds left, as far as the browser's own clock goes: they may differ.
    """

    id: UUID
    text: str
    says: str
    left_s: float
    span_s: int


def toasts_of(request: MemberRequest, replies: Iterable[PendingReply]) -> list[WaitingSend]:
    """Return those replies that this person can still take back."""
    me, at, undo_s = request.membership.user_id, now(), preferences_of(request.user).undo_s
    return [
        _send(reply, undo_s, at)
        for reply in replies
        if reply.author_id == me and reply.state is State.QUEUED and reply.not_before > at
    ]


def waiting_sends(request: MemberRequest) -> list[WaitingSend]:
    """Return this person's replies that the server still holds; one query."""
    replies = replies_in_sight(request.workspace.id, [], request.membership.user_id)
    return toasts_of(request, replies)


def _send(reply: PendingReply, undo_s: int, at: datetime) -> WaitingSend:
    left = (reply.not_before - at).total_seconds()
    return WaitingSend(
        id=reply.delivery_id,
        text=_toast_words(reply),
        says=textwrap.shorten(
            str(reply.context.get("typed") or reply.text), _SAID, placeholder="…"
        ),
        left_s=max(0.0, left),
        span_s=max(1, undo_s, round(left)),
    )


def _toast_words(reply: PendingReply) -> str:
    """Name the audience and the network: it is the last moment to notice the wrong one."""
    values = {"network": badge_of(reply.network).title}
    if reply.audience == Audience.PRIVATE.value:
        return _("Your reply goes out privately on %(network)s") % values
    return _("Your reply goes out publicly on %(network)s") % values

"""What speaks against sending an answer now: a picture, a colleague, the customer, a stop."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy

from hearwell.accounts.models import Membership, User
from hearwell.conversations.models import Case, Conversation, Direction, Message
from hearwell.inbox.composing import Target
from hearwell.inbox.unsendable import CannotSend, Conflict, Stopped, TakenByOther
from hearwell.outbound import services as outbound
from hearwell.outbound.queries import PendingReply, pending_replies
from hearwell.outbound.rules import FINAL
from hearwell.powers.giving import Power, closed_to
from hearwell.powers.grants import power_of
from hearwell.routing.queries import claim_of


def why_beyond_powers(power: Power, network: str, audience: str, kind: str) -> str:
    """Why this role does not answer here, in words; empty if it does."""
    return str(_NOT_OURS.get(closed_to(power, network, audience, kind), ""))


_NOT_OURS: Final = {
    "network": gettext_lazy("Your role does not answer on this network. A lead can."),
    "audience": gettext_lazy("Your role does not answer these readers. A lead can."),
    "kind": gettext_lazy("Your role does not answer this kind of case. A lead can."),
}


def refuse_beyond_powers(case: Case, network: str, audience: str, by: Membership) -> None:
    """Raise CannotSend where the role of this person does not answer here."""
    power = power_of(by.workspace_id, by.role)
    why = why_beyond_powers(power, network, audience, case.kind)
    if why:
        raise CannotSend.because(code="powers", message=why)


def refuse_if_taken(case: Case, by: Membership) -> None:
    """Raise TakenByOther where a colleague is on the case."""
    claim = claim_of(case.id)
    if claim is not None and claim.user_id != by.user_id:
        raise TakenByOther(claim.user_id, claim.name)
    if claim is None and case.assignee_id not in (None, by.user_id):
        person = User.objects.filter(id=case.assignee_id).first()
        raise TakenByOther(case.assignee_id, str(person or ""))


def refuse_if_in_hand(case: Case) -> None:
    """Raise TakenByOther or Conflict where a person is on the case or a reply is on its way.

    For what no person sends: whoever is there already knows better.
    """
    claim = claim_of(case.id)
    if claim is not None:
        raise TakenByOther(claim.user_id, claim.name)
    pending = [other for other in _on_their_way(case) if other.state not in FINAL]
    if pending:
        raise Conflict([], pending)


def refuse_if_moved(
    case: Case, seen_version: int, seen_message_id: UUID | None, by: Membership
) -> None:
    """Raise Conflict where something happened that the writer has not seen."""
    pending = [
        other
        for other in _on_their_way(case)
        if other.author_id != by.user_id and other.state not in FINAL
    ]
    is_moved = case.version != seen_version
    newer = _newer(case, seen_version, seen_message_id, by) if is_moved else None
    if pending or newer is not None:
        raise Conflict(newer or [], pending)


def _newer(
    case: Case, seen_version: int, seen_message_id: UUID | None, by: Membership
) -> list[Message] | None:
    """What came since the agent looked; None if it was only what this agent sent."""
    rows = Message.objects.filter(workspace_id=case.workspace_id, case_id=case.id).defer("search")
    rows = rows.exclude(channel_id=None)
    if seen_message_id is None:
        return list(rows.order_by("-id")[:1])
    since = list(rows.filter(id__gt=seen_message_id).order_by("id"))
    ours = [m for m in since if m.direction == Direction.OUT and m.author_user_id == by.user_id]
    if len(ours) == len(since) == case.version - seen_version:
        return None
    return since


def _on_their_way(case: Case) -> list[PendingReply]:
    lanes = Conversation.objects.filter(workspace_id=case.workspace_id, case_id=case.id)
    return pending_replies(case.workspace_id, list(lanes.values_list("id", flat=True)))


def refuse_if_stopped(target: Target) -> None:
    """Raise Stopped where a kill switch is on."""
    channel = target.channel
    switches = outbound.active_switches(channel.workspace_id)
    switch = outbound.switch_for(switches, channel.network, channel.id)
    if switch is not None:
        raise Stopped(switch.reason)

"""The answer clock of a case that somebody took back to work by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from hearwell.sla.models import Clock, ClockEvent, ClockState
from hearwell.sla.rules import Asked, ClockKind
from hearwell.sla.services.book import book_of
from hearwell.sla.services.plans import Plan, reschedule_from
from hearwell.sla.services.waiting import waiting_in

REOPENED = "reopened"
_NEXT = timedelta(microseconds=1)


def restart_answer(
    workspace_id: UUID, case_id: UUID, at: datetime, *, by: UUID | None = None
) -> Clock | None:
    """Start the answer clock anew at the moment of reopening; return it.

    Call it after conversations has let somebody wait again. What ran before the case was closed
    stays cancelled, as it was counted then. Without `by` the customer brought it back. None where
    nobody waits or a clock runs already.
    """
    asks = waiting_in(workspace_id, [case_id])[case_id]
    before = Clock.objects.filter(
        workspace_id=workspace_id, case_id=case_id, kind=ClockKind.ANSWER
    ).values_list("state", "started_at")
    if not asks or any(state == ClockState.RUNNING for state, _ in before):
        return None
    # Two clocks of one message never begin at one instant, however fast it is closed and reopened.
    at = max([at, *(began + _NEXT for _, began in before if began >= at)])
    plan = Plan(workspace_id, book_of(workspace_id))
    urgency = max(ask.urgency for ask in asks)
    ask = Asked(at, asks[0].message_id, urgency)
    kinds = [ClockKind.ANSWER]
    if plan.book.policy_for(ask).promises(ClockKind.RESOLUTION):
        kinds.append(ClockKind.RESOLUTION)
    clocks = [plan.start(case_id, kind, ask) for kind in kinds]
    who = {"by": str(by)} if by else {}
    plan.events += [ClockEvent.of(c, "started", at, REOPENED, **who) for c in clocks]
    plan.write()
    reschedule_from([case_id], clocks)
    return clocks[0]

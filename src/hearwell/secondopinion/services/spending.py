"""Money: held back before a call, counted after it, within the cap however many ask at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import F

from hearwell.kit.clock import now
from hearwell.secondopinion.models import Call, CallState, Connection, Month
from hearwell.secondopinion.rules import Outcome, Question, cost_of, month_at

# A call that has said nothing for so long died with its worker.
LOST_AFTER: Final = timedelta(minutes=5)


def reserve(connection: Connection, call: Call, question: Question) -> bool:
    """Hold back the most that a call can cost; False where the cap has no room for it.

    One conditional UPDATE: of several at once only as many pass as there is room for.
    """
    most = cost_of(question.most_in, question.most_out, connection.price_in, connection.price_out)
    place, moment = connection.workspace_id, now()
    begins_on = month_at(moment)
    Month.objects.bulk_create(
        [Month(workspace_id=place, begins_on=begins_on)], ignore_conflicts=True
    )
    room = Month.objects.filter(
        workspace_id=place, begins_on=begins_on,
        spent__lte=connection.cap - most - F("reserved"),
    )  # fmt: skip
    if not room.update(reserved=F("reserved") + most):
        return False
    # The very moment: a month later it would be given back to another month.
    call.reserved, call.created_at = most, moment
    return True


def settle(call: Call, connection: Connection, tokens: tuple[int, int], *, is_known: bool) -> None:
    """Turn what was held back into what it cost; all of it where nobody knows."""
    counted = cost_of(*tokens, connection.price_in, connection.price_out)
    call.tokens_in, call.tokens_out = tokens
    call.cost = counted if is_known else call.reserved
    _book(call)


def _book(call: Call) -> None:
    begins_on = month_at(call.created_at)
    month = Month.objects.filter(workspace_id=call.workspace_id, begins_on=begins_on)
    month.update(reserved=F("reserved") - call.reserved, spent=F("spent") + call.cost)


def settle_lost(workspace_id: UUID) -> int:
    """Count calls whose worker died as having cost all that was held back; return how many."""
    rows = Call.objects.select_for_update(skip_locked=True)
    lost = rows.filter(
        workspace_id=workspace_id, state=CallState.CALLING, created_at__lt=now() - LOST_AFTER
    )
    found = list(lost.order_by("id")[:500])
    for call in found:
        call.cost, call.state, call.outcome = call.reserved, CallState.DONE, Outcome.LOST
        call.save(update_fields=["cost", "state", "outcome"])
        _book(call)
    return len(found)

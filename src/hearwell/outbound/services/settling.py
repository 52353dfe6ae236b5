"""The end of an act on a message, whoever brings it about: the doer, or the stop button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.outbound.actlaw import ActState, Outcome
from hearwell.outbound.events import ActSettled
from hearwell.outbound.models import Moderation

STOPPED: Final = Outcome(
    ActState.REFUSED, "kill_switch", _("Sending is stopped. Nothing was done; ask again later.")
)


def settle_acts(rows: Sequence[Moderation], found: Outcome) -> None:
    """Write down how locked acts of one workspace ended, and tell of it."""
    if not rows:
        return
    at, ids = now(), [row.id for row in rows]
    Moderation.objects.filter(workspace_id=rows[0].workspace_id, id__in=ids).update(
        state=found.to.value,
        settled_at=at,
        lease_until=None,
        wake_at=None,
        failure_code=found.code,
        failure_message=found.message,
    )
    emit(
        ActSettled(
            workspace_id=row.workspace_id,
            moderation_id=row.id,
            message_id=row.message_id,
            channel_id=row.channel_id,
            act=row.act,
            state=found.to.value,
            asked_by_id=row.asked_by_id,
            settled_at=at,
            code=found.code,
            message=found.message,
        )
        for row in rows
    )


def refuse_waiting_acts(in_scope: Q) -> None:
    """Refuse what waits and is not being done at this moment: it shall not go out later."""
    waiting = Moderation.objects.select_for_update(no_key=True).filter(
        in_scope, Q(lease_until=None) | Q(lease_until__lte=now()), state=ActState.WAITING
    )
    settle_acts(list(waiting.order_by("id")), STOPPED)

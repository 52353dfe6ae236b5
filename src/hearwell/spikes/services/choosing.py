"""What people choose: how soon to be told, and what they think of a spike."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.events.services import emit
from hearwell.kit.clock import now
from hearwell.spikes.events import SpikeDecided
from hearwell.spikes.models import Spike, SpikeChoice, State
from hearwell.spikes.rules import (
    LEAST_AUTHORS,
    LONGEST_COOL_DOWN,
    MOST_AUTHORS,
    SHORTEST_COOL_DOWN,
    Sensitivity,
)

_HOUR: Final = timedelta(hours=1)
_CHOSEN: Final = ("is_on", "sensitivity", "least_authors", "cool_down_h")


class BadSpikeChoiceError(ValueError):
    """It cannot be chosen so; `str()` says why, `field` where."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class UnknownSpikeError(LookupError):
    """There is no such spike here."""


@transaction.atomic
def choose(
    workspace_id: UUID,
    *,
    is_on: bool,
    sensitivity: str,
    least_authors: int,
    cool_down_h: int,
    by: User,
) -> bool:
    """Keep what a workspace chose; True if that changed anything. Raises BadSpikeChoiceError."""
    _check(sensitivity, least_authors, cool_down_h)
    choice, _made = SpikeChoice.objects.select_for_update().get_or_create(workspace_id=workspace_id)
    before = {name: getattr(choice, name) for name in _CHOSEN}
    after = {
        "is_on": is_on,
        "sensitivity": sensitivity,
        "least_authors": least_authors,
        "cool_down_h": cool_down_h,
    }
    if before == after:
        return False
    for name, value in after.items():
        setattr(choice, name, value)
    choice.save(update_fields=list(after))
    changed = {name for name in after if before[name] != after[name]}
    entry = AuditEntry(
        "spikes.chosen",
        by,
        "workspace",
        workspace_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    record_audit(workspace_id, [entry])
    return True


def _check(sensitivity: str, least_authors: int, cool_down_h: int) -> None:
    if sensitivity not in list(Sensitivity):
        raise BadSpikeChoiceError(_("Choose how soon to be told."), "sensitivity")
    if not LEAST_AUTHORS <= least_authors <= MOST_AUTHORS:
        words = _("Between %(least)s and %(most)s people.")
        raise BadSpikeChoiceError(
            words % {"least": LEAST_AUTHORS, "most": MOST_AUTHORS}, "least_authors"
        )
    shortest, longest = SHORTEST_COOL_DOWN // _HOUR, LONGEST_COOL_DOWN // _HOUR
    if not shortest <= cool_down_h <= longest:
        words = _("Between %(least)s and %(most)s hours.")
        raise BadSpikeChoiceError(words % {"least": shortest, "most": longest}, "cool_down_h")


@transaction.atomic
def decide_spike(workspace_id: UUID, spike_id: UUID, state: State, *, by_id: UUID) -> Spike:
    """Confirm a spike, dismiss it, or take that back (`proposed`). Raises UnknownSpikeError.

    Said twice it is said once.
    """
    try:
        spike = Spike.objects.select_for_update().get(workspace_id=workspace_id, id=spike_id)
    except Spike.DoesNotExist as error:
        raise UnknownSpikeError(spike_id) from error
    if spike.state == state:
        return spike
    is_open = state == State.PROPOSED
    spike.state = state
    spike.decided_at, spike.decided_by_id = (None, None) if is_open else (now(), by_id)
    spike.save(update_fields=["state", "decided_at", "decided_by_id"])
    emit([SpikeDecided(workspace_id, spike_id=spike_id, state=state.value, actor_id=by_id)])
    return spike

"""Do what a macro says to a case, as one act: labels, who has it, then away or closed.

Its saved reply is not sent: it comes back as text for a person to send. What takes the case away
(snooze, close) waits for that; `follow_up` does it once the reply is on its way.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.inbox.acts import assign_case, claim_case, close_case, snooze_case, tag_case
from hearwell.inbox.snoozing import snooze_until
from hearwell.kit.clock import now
from hearwell.knowledge.models import Macro


def until_of(macro: Macro, by: Membership) -> datetime | None:
    """Return when a case that the macro snoozes now comes back, by the workspace's clock."""
    zone = ZoneInfo(by.workspace.time_zone)
    return snooze_until(macro.snooze, zone, now()) if macro.snooze else None


@transaction.atomic
def run_macro(macro: Macro, case_id: UUID, by: Membership, until: datetime | None) -> bool:
    """Do the steps of a macro; return whether all of them are done.

    False: its reply has to be sent first, `follow_up` does the rest. `until` is when a snoozed
    case comes back. Raises what the single acts raise; then nothing was done.
    """
    if macro.tags:
        tag_case([case_id], macro.tags, by)
    if macro.assign == "me":
        claim_case(case_id, by)
    elif macro.assign == "nobody":
        assign_case([case_id], None, by)
    if macro.article_id is not None and (macro.snooze or macro.close_reason):
        return False
    follow_up(macro, case_id, by, until)
    return True


def follow_up(macro: Macro, case_id: UUID, by: Membership, until: datetime | None) -> None:
    """Put the case away or close it, as the macro says."""
    if macro.close_reason:
        close_case(case_id, macro.close_reason, by)
    elif macro.snooze and until is not None:
        snooze_case(case_id, until, by)

"""Customers of whom nothing was heard for long are erased by themselves, if a workspace wishes."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.privacy.models import Keeping
from hearwell.privacy.services.erasing import OVER, RefusedError, erase_many

log = structlog.get_logger(__name__)
MOST_MONTHS: Final = 240
AT_ONCE: Final = 200
# Transactions of one workspace in one go; what is left then waits for the next.
MOST_BATCHES: Final = 50
# Nobody waits, nothing is on its way, nothing holds them or whoever was called the same person.
_OLD: Final = """
    SELECT c.id FROM contacts_contact c
    WHERE c.workspace_id = %(place)s AND c.created_at < %(until)s AND c.erased_at IS NULL
        AND c.hold_since IS NULL AND NOT EXISTS (
            SELECT FROM conversations_case k WHERE k.workspace_id = %(place)s
            AND k.contact_id = c.id AND (k.status <> 'closed' OR k.last_message_at >= %(until)s))
        AND NOT EXISTS (
            SELECT FROM contacts_link l LEFT JOIN contacts_contact o
                ON o.workspace_id = %(place)s AND o.id = l.other_id AND l.kept_id = c.id
            WHERE l.workspace_id = %(place)s AND l.undone_at IS NULL
            AND (l.other_id = c.id OR (l.kept_id = c.id AND o.hold_since IS NOT NULL)))
        AND c.id NOT IN (
            SELECT i.contact_id FROM conversations_message m JOIN contacts_identity i
                ON i.workspace_id = %(place)s AND i.id = m.author_identity_id
            WHERE m.workspace_id = %(place)s AND m.sent_at >= %(until)s)
        AND NOT EXISTS (
            SELECT FROM conversations_conversation v JOIN outbound_delivery d
                ON d.workspace_id = %(place)s AND d.lane_id = v.id
            WHERE v.workspace_id = %(place)s AND v.contact_id = c.id
            AND d.state <> ALL(%(over)s))
        AND NOT EXISTS (
            SELECT FROM commerce_toolrun r JOIN conversations_case k
                ON k.workspace_id = %(place)s AND k.id = r.case_id
            WHERE r.workspace_id = %(place)s AND k.contact_id = c.id AND r.done_at IS NULL)
    ORDER BY c.created_at LIMIT %(limit)s
"""
_UNTIL: Final = "SELECT %s::timestamptz - make_interval(months => %s)"


class BadKeepingError(ValueError):
    """Not a number of months that anybody can mean."""


@transaction.atomic
def keep_for(workspace_id: UUID, months: int | None, by: User) -> None:
    """Choose for how many months; None: until somebody erases them. Raises BadKeepingError."""
    if months is not None and not 1 <= months <= MOST_MONTHS:
        raise BadKeepingError(str(months))
    mine = Keeping.objects.filter(workspace_id=workspace_id)
    before = mine.values_list("months", flat=True).first()
    if months is None:
        mine.delete()
    else:
        Keeping.objects.update_or_create(
            workspace_id=workspace_id,
            defaults={"months": months, "by_id": by.id, "changed_at": now()},
        )
    if before != months:
        line = AuditEntry(
            "privacy.keeping_changed", by, before={"months": before}, after={"months": months}
        )
        record_audit(workspace_id, [line])


def erase_old() -> int:
    """Erase all who have been kept long enough, everywhere; return how many."""
    places = Workspace.objects.values_list("id", flat=True)
    return sum(_erase_old(place) for place in list(places))


def _erase_old(workspace_id: UUID) -> int:
    done = 0
    for _ in range(MOST_BATCHES):
        with scope(workspace_id):
            found = old_of(workspace_id)
            if not found:
                break
            try:
                erase_many(workspace_id, found)
            except RefusedError as error:  # something came in between: next time
                log.info("keeping_waits", why=error.why.value)
                break
        done += len(found)
    return done


def old_of(workspace_id: UUID, limit: int = AT_ONCE) -> list[UUID]:
    """Return some who have been kept long enough, those known longest first; two queries."""
    months = Keeping.objects.filter(workspace_id=workspace_id).values_list("months", flat=True)
    kept_for = months.first()
    if kept_for is None:
        return []
    until = rows.fetch(_UNTIL, [now(), kept_for])[0][0]
    values = {"place": workspace_id, "until": until, "over": OVER, "limit": limit}
    return [row[0] for row in rows.fetch(_OLD, values)]

"""Letters: one of a period to a reader. Claimed before it is handed over, so never sent twice.

A letter that was claimed and of which nothing was heard is *unsure*: it may have been sent. It is
not tried again by itself; the page says so and somebody presses *try again*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from hearwell.accounts.models import Membership, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit import jobs, rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.marking import marked as _
from hearwell.scheduledreports.models import Letter, LetterState, Order
from hearwell.scheduledreports.queries import may_keep, orders_seen, stops_of

AT_ONCE: Final = 200
KEEP: Final = timedelta(days=90)
LOST_AFTER: Final = timedelta(minutes=15)
STALE_AFTER: Final = timedelta(days=1)
# Why a letter was not sent, marked for translation.
WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lost": _("The line broke while it was being sent: perhaps it arrived, perhaps not."),
        "refused": _("The mail server did not take it."),
        "away": _("The mail server could not be reached for a day."),
        "gone": _("What the report is about is no longer there."),
        "not_made": _("The report could not be made."),
        "not_printed": _("Its PDF could not be made."),
        "no_reader": _("They may no longer see reports here."),
        "stopped": _("They stopped it."),
        "off": _("The order was paused or removed before."),
    }
)


class NoMailError(Exception):
    """There is no mail server."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The letters that are of one order and the same days."""

    order: Order
    letters: Sequence[Letter]


@transaction.atomic
def claim_due(workspace: Workspace) -> int:
    """Write a letter for each reader of each order that is due; return how many orders that were.

    Of an order that was due more than once only the last time counts. What stands already is left
    as it is: an order whose hour was changed says nothing twice.
    """
    moment, zone = now(), ZoneInfo(workspace.time_zone)
    found = Order.objects.select_for_update(skip_locked=True).filter(
        workspace_id=workspace.id, next_at__lte=moment
    )
    due = list(found.order_by("next_at", "id")[:AT_ONCE])
    stops = stops_of(workspace.id, [one.id for one in due])
    made = [
        letter
        for one in due
        for letter in _letters(one, one.slot.last_until(moment, zone), zone, stops.get(one.id, ()))
    ]
    Letter.objects.bulk_create(made, ignore_conflicts=True)
    for one in due:
        one.next_at = one.slot.next_after(moment, zone)
    Order.objects.bulk_update(due, ["next_at"])
    return len(due)


def _letters(
    order: Order, at: datetime, zone: ZoneInfo, stopped: Iterable[UUID]
) -> Iterable[Letter]:
    first, last = order.slot.period(at, zone)
    left = set(stopped)
    for one in map(UUID, order.reader_ids):
        if one not in left:
            yield Letter(
                workspace_id=order.workspace_id, order=order, user_id=one, key=f"{first}/{last}",
                first_on=first, last_on=last,
            )  # fmt: skip


@transaction.atomic
def send_now(member: Membership, order_id: UUID) -> bool:
    """Have the report of the period that has just ended sent to this member alone, once more.

    False while one is on its way to them already. Raises Order.DoesNotExist, NoMailError.
    """
    if not settings.HEARWELL_HAS_MAIL:
        raise NoMailError
    order = orders_seen(member).select_for_update().get(id=order_id, is_removed=False)
    about = {"workspace_id": order.workspace_id, "order": order, "user_id": member.user_id}
    if Letter.objects.filter(**about, key__startswith="now:", state=LetterState.WAITING).exists():
        return False
    zone = ZoneInfo(member.workspace.time_zone)
    first, last = order.slot.period(order.slot.last_until(now(), zone), zone)
    Letter.objects.create(**about, key=f"now:{uuid7()}"[:40], first_on=first, last_on=last)
    _audit(order, "sent_now", member)
    transaction.on_commit(lambda: wake(order.workspace_id))
    return True


@transaction.atomic
def try_again(member: Membership, letter_id: UUID) -> None:
    """Send a letter again that was not sent, or perhaps not. Raises Letter.DoesNotExist."""
    letter = Letter.objects.select_for_update(of=("self",)).select_related("order").get(
        workspace_id=member.workspace_id, id=letter_id, state__in=["failed", "unsure"]
    )  # fmt: skip
    if not may_keep(member, letter.order) and letter.user_id != member.user_id:
        raise Letter.DoesNotExist
    letter.state, letter.why, letter.tries = LetterState.WAITING, "", letter.tries + 1
    letter.moved_at = now()
    letter.save()
    _audit(letter.order, "tried_again", member)
    transaction.on_commit(lambda: wake(letter.workspace_id))


def give_up_lost(workspace_id: UUID) -> None:
    """Say of letters of which nothing was heard that nobody knows; of old ones that they wait."""
    moment = now()
    kept = Letter.objects.filter(workspace_id=workspace_id)
    kept.filter(state=LetterState.SENDING, moved_at__lt=moment - LOST_AFTER).update(
        state=LetterState.UNSURE, why="lost", moved_at=moment
    )
    kept.filter(state=LetterState.WAITING, moved_at__lt=moment - STALE_AFTER).update(
        state=LetterState.FAILED, why="away", moved_at=moment
    )


def waiting_batches(workspace_id: UUID) -> list[Batch]:
    """Return the letters that wait, those of the same report together; one query."""
    found = Letter.objects.select_related("order").filter(
        workspace_id=workspace_id, state=LetterState.WAITING
    )
    batches: dict[tuple[object, ...], list[Letter]] = {}
    for letter in found.order_by("made_at", "id")[:AT_ONCE]:
        batches.setdefault((letter.order_id, letter.first_on, letter.last_on), []).append(letter)
    return [Batch(some[0].order, some) for some in batches.values()]


def claim(letter: Letter) -> bool:
    """Take one letter to be sent now; False if somebody else has. Commit before it is sent.

    One by one: what a crash leaves in doubt is then a single letter and not a batch of them.
    """
    mine = Letter.objects.filter(
        workspace_id=letter.workspace_id, id=letter.id, state=LetterState.WAITING
    ).update(state=LetterState.SENDING, moved_at=now())
    return bool(mine)


def settle(letters: Sequence[Letter], state: LetterState, why: str = "") -> None:
    """Write down what became of letters."""
    if letters:
        Letter.objects.filter(
            workspace_id=letters[0].workspace_id, id__in=[one.id for one in letters]
        ).update(state=state, why=why, moved_at=now())


def note_sent(order: Order, letters: Sequence[Letter]) -> None:
    """Write into the audit trail that figures left the house, to how many."""
    if letters:
        days = {"first": str(letters[0].first_on), "last": str(letters[0].last_on)}
        entry = AuditEntry(
            "scheduled_report.sent", None, "scheduled_report", order.id, order.kind,
            after={**days, "readers": len(letters)},
        )  # fmt: skip
        record_audit(order.workspace_id, [entry])


def places_due() -> Sequence[UUID]:
    """Return the workspaces in which something is due."""
    moment = now()
    found = rows.fetch(
        "SELECT workspace_id FROM scheduledreports_due(%s, %s)", [moment, moment - LOST_AFTER]
    )
    return [row[0] for row in found]


def forget_old() -> int:
    """Forget letters of long ago in every workspace; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduledreports_forget(%s)", [now() - KEEP])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def wake(workspace_id: UUID) -> bool:
    """Queue one job for a workspace that has none waiting."""
    from hearwell.scheduledreports.tasks import send_reports

    key = f"scheduledreports.send:{workspace_id}"
    return jobs.defer_once(send_reports, key, lock=key, workspace_id=str(workspace_id))


def _audit(order: Order, verb: str, member: Membership) -> None:
    entry = AuditEntry(
        f"scheduled_report.{verb}", member.user, "scheduled_report", order.id, order.kind
    )
    record_audit(order.workspace_id, [entry])

"""All graders grade the same replies by themselves, then see all grades side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership, Workspace
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.quality.models import Calibration, Sample
from hearwell.quality.queries import replies_to_calibrate
from hearwell.quality.rules import GRADE, LONGEST_NOTE, checked, monday_of

MOST_REPLIES: Final = 20
_LONGEST_TITLE: Final = 80
_ONE_PRESS: Final = timedelta(seconds=10)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('quality.calibration' || %s, 0))"


class NothingToGradeError(Exception):
    """Nobody has written replies that could be graded together."""


def _may(by: Membership) -> None:
    if not can(by.role, GRADE):
        raise PermissionError(GRADE)


@transaction.atomic
def begin_calibration(title: str, size: int, *, by: Membership) -> Calibration:
    """Pick so many of the newest replies at random. Raises NothingToGradeError, PermissionError.

    None is of somebody who grades: nobody could grade their own. Begun twice by one press, it is
    begun once.
    """
    _may(by)
    name = " ".join(clean(title)[0].split())[:_LONGEST_TITLE] or f"{now():%Y-%m-%d}"
    rows.fetch(_LOCK, [str(by.workspace_id)], is_read=False)
    pressed = Calibration.objects.filter(
        workspace_id=by.workspace_id, by_id=by.user_id, title=name, at__gt=now() - _ONE_PRESS
    )
    if (begun := pressed.order_by("at").last()) is not None:
        return begun
    place = Workspace.objects.get(id=by.workspace_id)
    found = replies_to_calibrate(by.workspace_id, max(1, min(size, MOST_REPLIES)))
    if not found:
        raise NothingToGradeError
    made = Calibration.objects.create(workspace_id=by.workspace_id, title=name, by_id=by.user_id)
    make = rows.Maker(Sample)
    rows.insert(
        [
            make(
                workspace_id=by.workspace_id,
                calibration_id=made.id,
                message_id=one.id,
                case_id=one.case_id,
                agent_id=one.agent_id,
                network=one.network,
                sent_at=one.sent_at,
                week=monday_of(one.sent_at, place.time_zone),
                reasons=[],
            )
            for one in found
        ]
    )
    entry = AuditEntry("quality.calibrated", by.user, "calibration", made.id, made.title)
    record_audit(by.workspace_id, [entry])
    return made


@transaction.atomic
def open_calibration(calibration_id: UUID, *, by: Membership) -> Calibration:
    """Lay all grades side by side; from now on nobody grades in it. Twice is once.

    Raises Calibration.DoesNotExist and PermissionError.
    """
    _may(by)
    row = Calibration.objects.select_for_update().get(
        workspace_id=by.workspace_id, id=calibration_id
    )
    if row.opened_at is None:
        row.opened_at = now()
        row.save(update_fields=["opened_at"])
        entry = AuditEntry("quality.opened", by.user, "calibration", row.id, row.title)
        record_audit(by.workspace_id, [entry])
    return row


@transaction.atomic
def agree(sample_id: UUID, marks: Mapping[str, str], why: str, *, by: Membership) -> Sample:
    """Keep the grade that all agreed on, and why. Raises Sample.DoesNotExist, BadGradeError."""
    _may(by)
    kept = checked(marks)
    sample = Sample.objects.select_for_update(of=("self",)).get(
        workspace_id=by.workspace_id, id=sample_id, calibration__opened_at__isnull=False
    )
    sample.agreed, sample.agreed_why = kept, clean(why)[0].strip()[:LONGEST_NOTE]
    sample.save(update_fields=["agreed", "agreed_why"])
    record_audit(by.workspace_id, [AuditEntry("quality.agreed", by.user, "sample", sample.id)])
    return sample

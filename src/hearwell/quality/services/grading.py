"""A reply is graded, graded anew, or its grade is taken back. Every grade that was given stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.quality.models import Grade, Sample
from hearwell.quality.queries import card_of
from hearwell.quality.rules import GRADE, LONGEST_NOTE, checked, score_of

OWN: Final = "own"
OPENED: Final = "opened"


class NotTheirsError(Exception):
    """Somebody does not grade this: `code` is `own` or `opened` (a calibration that is over)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def grade(
    sample_id: UUID,
    marks: Mapping[str, str],
    note: str,
    *,
    by: Membership,
    is_draft: bool = False,
) -> Grade:
    """Keep what somebody says of a reply, as a draft or as their grade.

    A second opinion that nobody asked for counts as well: neither had seen the other's. Raises
    Sample.DoesNotExist, BadGradeError, NotTheirsError, and PermissionError without the right.
    """
    sample = _held(sample_id, by)
    kept = checked(marks, is_draft=is_draft)
    words = clean(note)[0].strip()[:LONGEST_NOTE]
    card = card_of(by.workspace_id).number
    mine = Grade.objects.filter(
        workspace_id=by.workspace_id, sample_id=sample.id, grader_id=by.user_id
    )
    before = mine.filter(is_current=True).first()
    if not is_draft and before and (before.marks, before.note) == (kept, words):
        mine.filter(is_draft=True).delete()
        return before
    made = mine.filter(is_draft=True).first() or Grade(
        workspace_id=by.workspace_id,
        sample_id=sample.id,
        grader_id=by.user_id,
        number=(mine.aggregate(last=Max("number"))["last"] or 0) + 1,
        is_current=False,
    )
    made.marks, made.note, made.scorecard = kept, words, card
    made.score, made.at, made.is_draft = score_of(kept), now(), is_draft
    if not is_draft:
        mine.filter(is_current=True).update(is_current=False)
        made.is_current, made.is_blind = True, _is_blind(sample, by.user_id)
    made.save()
    if not is_draft:
        _settle(sample)
        _told(sample, "quality.regraded" if before else "quality.graded", by)
    return made


def _held(sample_id: UUID, by: Membership) -> Sample:
    if not can(by.role, GRADE):
        raise PermissionError(GRADE)
    rows = Sample.objects.select_for_update(of=("self",)).select_related("calibration")
    sample = rows.get(workspace_id=by.workspace_id, id=sample_id)
    if sample.agent_id == by.user_id:
        raise NotTheirsError(OWN)
    if sample.calibration is not None and sample.calibration.opened_at is not None:
        raise NotTheirsError(OPENED)
    return sample


def _current(sample: Sample) -> int:
    return Grade.objects.filter(
        workspace_id=sample.workspace_id, sample_id=sample.id, is_current=True
    ).count()


def _is_blind(sample: Sample, grader_id: UUID) -> bool:
    """Whether this grader has never seen another's grade of it.

    Once both had graded, they do; and what its writer finds not right is read by every lead.
    """
    disputed = sample.responses.filter(workspace_id=sample.workspace_id, disputed_at__isnull=False)
    if disputed.exists():
        return False
    given = Grade.objects.filter(
        workspace_id=sample.workspace_id, sample_id=sample.id, is_draft=False
    )
    graders = set(given.values_list("grader_id", flat=True))
    return not (grader_id in graders and graders - {grader_id})


def _settle(sample: Sample) -> None:
    """Say whether as many have graded it as were wanted; a calibration is done when opened."""
    if sample.calibration_id is not None:
        return
    given = _current(sample)
    sample.wanted = max(sample.wanted, given)
    if given >= sample.wanted and sample.done_at is None:
        sample.done_at = now()
    sample.save(update_fields=["wanted", "done_at"])


@transaction.atomic
def take_back(sample_id: UUID, *, by: Membership) -> Grade | None:
    """Undo one's last grade of a reply: what one said before counts again. None: there is none.

    Raises Sample.DoesNotExist, NotTheirsError and PermissionError.
    """
    sample = _held(sample_id, by)
    mine = Grade.objects.filter(
        workspace_id=by.workspace_id, sample_id=sample.id, grader_id=by.user_id
    )
    last = mine.filter(is_current=True).first()
    if last is None:
        return None
    last.is_current, last.undone_at = False, now()
    last.save(update_fields=["is_current", "undone_at"])
    before = mine.filter(is_draft=False, undone_at=None, number__lt=last.number)
    if (earlier := before.order_by("-number").first()) is not None:
        earlier.is_current = True
        earlier.save(update_fields=["is_current"])
    elif sample.calibration_id is None and not _current(sample):
        # Nobody's grade is left to be seen: it waits again.
        sample.done_at = None
        sample.save(update_fields=["done_at"])
    _told(sample, "quality.taken_back", by)
    return last


def _told(sample: Sample, action: str, by: Membership) -> None:
    record_audit(by.workspace_id, [AuditEntry(action, by.user, "sample", sample.id)])

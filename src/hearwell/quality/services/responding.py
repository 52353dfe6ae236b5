"""What the writer of a reply says to its review, and what a lead decides then."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.quality.models import Response, Sample
from hearwell.quality.rules import GRADE, LONGEST_NOTE


class NoReasonError(ValueError):
    """To say that a review is not right, and to decide about it, takes a reason."""


class DecidedError(Exception):
    """A lead has decided already."""


def _said(words: str) -> str:
    if not (said := clean(words)[0].strip()[:LONGEST_NOTE]):
        raise NoReasonError
    return said


def _of(sample: Sample) -> Response:
    made, _made = Response.objects.select_for_update().get_or_create(
        workspace_id=sample.workspace_id, sample_id=sample.id
    )
    return made


def _theirs(sample_id: UUID, by: Membership) -> Sample:
    return Sample.objects.get(
        workspace_id=by.workspace_id,
        id=sample_id,
        agent_id=by.user_id,
        done_at__isnull=False,
        calibration=None,
    )


@transaction.atomic
def acknowledge(sample_id: UUID, *, by: Membership) -> Response:
    """Say that one has read a review of one's own reply. Raises Sample.DoesNotExist."""
    response = _of(_theirs(sample_id, by))
    if response.acknowledged_at is None:
        response.acknowledged_at = now()
        response.save(update_fields=["acknowledged_at"])
    return response


@transaction.atomic
def dispute(sample_id: UUID, words: str, *, by: Membership) -> Response:
    """Say that a review of one's own reply is not right, and why; again is other words.

    Raises Sample.DoesNotExist, NoReasonError, and DecidedError once a lead has decided.
    """
    said = _said(words)
    sample = _theirs(sample_id, by)
    response = _of(sample)
    if response.stands is not None:
        raise DecidedError
    response.words, response.disputed_at = said, now()
    response.acknowledged_at = response.acknowledged_at or now()
    response.save()
    record_audit(by.workspace_id, [AuditEntry("quality.disputed", by.user, "sample", sample.id)])
    return response


@transaction.atomic
def decide(sample_id: UUID, why: str, *, stands: bool, by: Membership) -> Response:
    """Let a review stand, or let it count no longer; never about one's own reply.

    Raises Sample.DoesNotExist, NoReasonError, DecidedError and PermissionError.
    """
    if not can(by.role, GRADE):
        raise PermissionError(GRADE)
    reason = _said(why)
    rows = Sample.objects.select_for_update(of=("self",)).exclude(agent_id=by.user_id)
    sample = rows.get(
        workspace_id=by.workspace_id, id=sample_id, responses__disputed_at__isnull=False
    )
    response = _of(sample)
    if response.stands is not None:
        raise DecidedError
    response.stands, response.why = stands, reason
    response.decided_by_id, response.decided_at = by.user_id, now()
    response.save()
    if not stands:
        sample.is_out = True
        sample.save(update_fields=["is_out"])
    after = {"stands": stands, "why": reason}
    entry = AuditEntry("quality.decided", by.user, "sample", sample.id, "", None, after)
    record_audit(by.workspace_id, [entry])
    return response

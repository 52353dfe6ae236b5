"""Reads of triage."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hearwell.triage.models import Verdict


def verdicts_of(workspace_id: UUID, message_ids: Collection[UUID]) -> dict[UUID, Verdict]:
    """Return message id -> standing verdict."""
    found = Verdict.objects.filter(workspace_id=workspace_id, message_id__in=list(message_ids))
    return {verdict.message_id: verdict for verdict in found}


def verdict_of_case(workspace_id: UUID, case_id: UUID) -> Verdict | None:
    """Return the verdict on the latest message of theirs in a case."""
    found = Verdict.objects.filter(workspace_id=workspace_id, case_id=case_id)
    return found.order_by("-message__sent_at", "-message_id").first()


def languages_of(case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return case id -> the language of the latest message of theirs that has one; one query.

    Who speaks Arabic or Hindi reads it in Latin letters, too: that makes no difference here.
    """
    spoken = Verdict.objects.filter(case_id__in=list(case_ids)).exclude(language="")
    latest = spoken.order_by("case_id", "-message_id").distinct("case_id")
    found = latest.values_list("case_id", "language")
    return {case_id: language.removesuffix("-Latn") for case_id, language in found}

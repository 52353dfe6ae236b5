"""Reads of triage."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet, TextField, Value

from hearwell.conversations.rules import Gist
from hearwell.kit import rows
from hearwell.triage.models import Correction, Verdict

_GISTS = """
    SELECT v.case_id,
        coalesce((array_agg(v.language ORDER BY v.message_id DESC)
            FILTER (WHERE v.language <> ''))[1], ''),
        array_remove(array_agg(DISTINCT lower(t.name)), NULL)
    FROM triage_verdict v LEFT JOIN LATERAL unnest(v.topics) t(name) ON true
    WHERE v.case_id = ANY(%s) GROUP BY v.case_id
"""
_FIELDS = 5  # what one correction can change at most


def verdicts_of(workspace_id: UUID, message_ids: Collection[UUID]) -> dict[UUID, Verdict]:
    """Return message id -> standing verdict."""
    found = Verdict.objects.filter(workspace_id=workspace_id, message_id__in=list(message_ids))
    return {verdict.message_id: verdict for verdict in found}


def verdict_of_case(workspace_id: UUID, case_id: UUID) -> Verdict | None:
    """Return the verdict on the latest message of theirs in a case."""
    found = Verdict.objects.filter(workspace_id=workspace_id, case_id=case_id)
    return found.order_by("-message__sent_at", "-message_id").first()


def last_correction(verdict: Verdict) -> list[Correction]:
    """Return what the last correction of a message changed, field by field; one query."""
    kept = Correction.objects.filter(
        workspace_id=verdict.workspace_id, message_id=verdict.message_id
    )
    newest = list(kept.order_by("-at", "-id")[:_FIELDS])
    return [one for one in reversed(newest) if one.at == newest[0].at]


def languages_of(case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return case id -> the language of the latest message of theirs that has one; one query.

    Who speaks Arabic or Hindi reads it in Latin letters, too: that makes no difference here.
    """
    spoken = Verdict.objects.filter(case_id__in=list(case_ids)).exclude(language="")
    latest = spoken.order_by("case_id", "-message_id").distinct("case_id")
    found = latest.values_list("case_id", "language")
    return {case_id: language.removesuffix("-Latn") for case_id, language in found}


def language_of_case(workspace_id: UUID, case_id: UUID) -> QuerySet[Verdict, tuple[str, str]]:
    """Return (language, empty) of the latest message of theirs that has one, to be joined."""
    spoken = Verdict.objects.filter(workspace_id=workspace_id, case_id=case_id)
    latest = spoken.exclude(language="").order_by("-message_id")
    return latest.values_list("language", Value("", output_field=TextField()))[:1]


def gists_of(case_ids: Collection[UUID]) -> dict[UUID, Gist]:
    """Return case id -> its language, as `languages_of` does, and all its topics; one query."""
    found = rows.fetch(_GISTS, [list(case_ids)])
    return {
        case_id: Gist(language.removesuffix("-Latn"), frozenset(topics))
        for case_id, language, topics in found
    }

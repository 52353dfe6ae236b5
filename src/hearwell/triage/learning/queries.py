"""Reads of what was learned and chosen, for pages and programs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from hearwell.kit.shares import Share
from hearwell.triage.learning.limits import ENOUGH_TO_QUIET
from hearwell.triage.models import Learned, Lesson, Topic, Understanding
from hearwell.triage.rules import Duty


def state_of(workspace_id: UUID) -> Understanding:
    """Return what a workspace has made of the engine; unsaved defaults where it has not yet."""
    known = Understanding.objects.filter(workspace_id=workspace_id).first()
    return known or Understanding(workspace_id=workspace_id)


def versions_of(workspace_id: UUID, most: int = 50) -> list[Learned]:
    """Return the newest versions, without their weights."""
    found = Learned.objects.filter(workspace_id=workspace_id).defer("delta")
    return list(found.order_by("-number")[:most])


def topics_of(workspace_id: UUID) -> list[Topic]:
    """Return the topics by name."""
    return list(Topic.objects.filter(workspace_id=workspace_id).order_by("name"))


def topic_names(workspace_id: UUID) -> list[str]:
    """Return the names of the topics that are looked for."""
    found = Topic.objects.filter(workspace_id=workspace_id, is_active=True).order_by("name")
    return list(found.values_list("name", flat=True))


def labels_of(workspace_id: UUID, most: int, before: int | None = None) -> list[Lesson]:
    """Return the newest labels, those before a number if one is given."""
    found = Lesson.objects.filter(workspace_id=workspace_id)
    if before is not None:
        found = found.filter(number__lt=before)
    return list(found.order_by("-number")[:most])


@dataclass(frozen=True, slots=True)
class QuietFigures:
    """What is known of quieting by the workspace's own labels.

    `missed`: of the labelled that needed an answer, how many would be quieted at the threshold.
    `looked_at`: of the quieted that somebody looked at by chance, how many needed an answer.
    """

    missing: int
    threshold: float | None
    missed: Share
    quieted: Share
    looked_at: Share


def quiet_figures(state: Understanding) -> QuietFigures:
    """Return what is known of quieting; one statement."""
    limit = state.quiet if state.quiet is not None else -1.0
    owed, low = Q(label=Duty.ANSWER.value), Q(answer__lte=limit)
    seen = Q(source="reviewed")
    lessons = Lesson.objects.filter(workspace_id=state.workspace_id, head="duty")
    n = lessons.aggregate(
        owed=Count("id", filter=owed),
        missed=Count("id", filter=owed & low),
        low=Count("id", filter=low),
        all=Count("id"),
        seen=Count("id", filter=seen),
        wrong=Count("id", filter=seen & owed),
    )
    return QuietFigures(
        missing=max(0, ENOUGH_TO_QUIET - state.labelled),
        threshold=state.quiet,
        missed=Share(n["missed"], n["owed"]),
        quieted=Share(n["low"], n["all"]),
        looked_at=Share(n["wrong"], n["seen"]),
    )

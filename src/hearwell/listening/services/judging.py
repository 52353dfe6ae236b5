"""People say whether a hit is about us. The last word counts, and can be taken back."""

from __future__ import annotations

from uuid import UUID

from hearwell.kit.clock import now
from hearwell.listening.models import Hit


def judge_hit(workspace_id: UUID, hit_id: UUID, *, is_about_us: bool | None, by_id: UUID) -> bool:
    """Keep a judgement of one hit; None takes it back. False if there is no such hit."""
    hits = Hit.objects.filter(workspace_id=workspace_id, id=hit_id)
    return bool(hits.update(**_judgement(is_about_us=is_about_us, by_id=by_id)))


def judge_case(workspace_id: UUID, case_id: UUID, *, is_about_us: bool, by_id: UUID) -> int:
    """Keep the same judgement of all that was found of a case; return of how much."""
    hits = Hit.objects.filter(workspace_id=workspace_id, case_id=case_id)
    return hits.update(**_judgement(is_about_us=is_about_us, by_id=by_id))


def unjudge_case(workspace_id: UUID, case_id: UUID) -> int:
    """Take back that a case is not about us; return of how much."""
    hits = Hit.objects.filter(workspace_id=workspace_id, case_id=case_id, is_about_us=False)
    return hits.update(**_judgement(is_about_us=None, by_id=None))


def _judgement(*, is_about_us: bool | None, by_id: UUID | None) -> dict[str, object]:
    return {
        "is_about_us": is_about_us,
        "judged_by_id": by_id if is_about_us is not None else None,
        "judged_at": now() if is_about_us is not None else None,
    }

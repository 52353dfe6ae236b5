"""People say whether a hit is about us. The last word counts, and can be taken back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.listening.models import Hit

_FOLLOW: Final = """
    UPDATE listening_hit h SET case_id = m.case_id FROM conversations_message m
    WHERE h.workspace_id = %s AND h.case_id = ANY(%s)
        AND m.workspace_id = h.workspace_id AND m.id = h.message_id AND m.case_id <> h.case_id
"""


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


def follow(workspace_id: UUID, case_ids: Collection[UUID]) -> None:
    """Let what was found go with its messages, which have left these cases or come to them."""
    rows.fetch(_FOLLOW, [workspace_id, list(case_ids)], is_read=False)


def _judgement(*, is_about_us: bool | None, by_id: UUID | None) -> dict[str, object]:
    return {
        "is_about_us": is_about_us,
        "judged_by_id": by_id if is_about_us is not None else None,
        "judged_at": now() if is_about_us is not None else None,
    }

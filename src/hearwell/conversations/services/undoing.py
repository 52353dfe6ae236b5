"""The way back from a merge or a split: what came meanwhile goes with its conversation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hearwell.conversations.models import Case, Conversation, Move, MoveKind, Status, Waiting
from hearwell.conversations.services import pouring
from hearwell.conversations.services.inhand import (
    OF_A_STATUS,
    CannotMoveError,
    Moved,
    changed,
    ids_of,
    locked,
    refuse_unless_live,
    status_of,
)
from hearwell.conversations.services.moving import empty_into, tell_merge, tell_parting
from hearwell.conversations.services.place import here
from hearwell.kit.clock import now


@transaction.atomic
def undo_move(move_id: UUID, actor_id: UUID | None) -> Moved:
    """Take a merge or a split back; what came meanwhile goes with its conversation.

    Undoing twice changes nothing. Raises CannotMoveError if the conversations have gone on since,
    Move.DoesNotExist.
    """
    move = Move.objects.get(workspace_id=here(), id=move_id)
    cases, homes = locked({move.from_case_id, move.to_case_id})
    move = Move.objects.select_for_update().get(workspace_id=here(), id=move_id)
    source, target = cases[move.from_case_id], cases[move.to_case_id]
    if move.undone_at is not None:
        return Moved(move, (source.id, target.id))
    moving = [UUID(text) for text in move.conversation_ids]
    undo = _part if move.kind == MoveKind.MERGE else _rejoin
    _refuse_if_gone(move, target, homes, moving)
    undo(move, source, target, moving, actor_id)
    move.undone_at, move.undone_by_id = now(), actor_id
    move.save(update_fields=["undone_at", "undone_by_id"])
    return Moved(move, (source.id, target.id))


def _refuse_if_gone(
    move: Move, target: Case, homes: Collection[Conversation], moving: Collection[UUID]
) -> None:
    inside = {home.id for home in homes if home.case_id == target.id}
    if target.merged_into_id is not None or not inside.issuperset(moving):
        raise CannotMoveError(target, "gone_on")
    others = inside.difference(moving)
    if move.kind == MoveKind.SPLIT and others:
        raise CannotMoveError(target, "more_inside")
    if move.kind == MoveKind.MERGE and not others and not move.before.get("was_bare"):
        raise CannotMoveError(target, "nothing_left")


def _part(
    move: Move,
    source: Case,
    target: Case,
    moving: list[UUID],
    actor_id: UUID | None,
) -> None:
    """Take a merge back: what came from a case is that case's again."""
    workspace_id, before = here(), move.before
    kept, strays = ids_of(move.kept_ids), ids_of(move.stray_ids)
    pouring.pour_some(workspace_id, target.id, source.id, moving, kept=kept, strays=strays)
    pouring.pour_drafts(workspace_id, target.id, source.id, ids_of(before.get("drafts", ())))
    pouring.take_tags_off(workspace_id, target.id, ids_of(before.get("tags", ())))
    given = before.get("assignee_given")
    if given and str(target.assignee_id) == given:
        target.assignee_id = None
    if target.unsolved_at == source.unsolved_at:  # it came along, and goes with the source
        target.unsolved_at = None
    source.merged_into_id = None
    _stand_as_before(source, target, before)
    changed(source, *OF_A_STATUS, "merged_into_id")
    changed(target, *OF_A_STATUS, "assignee_id", "unsolved_at")
    pouring.recount(workspace_id, [source.id, target.id])
    tell_parting(target, source, move, actor_id, "unmerged", "unmerged_from")


def _stand_as_before(source: Case, target: Case, before: dict[str, Any]) -> None:
    """Open or close both as they were, unless somebody waits; what was solved together stays so."""
    waiting = _who_waits({source.id, target.id})
    if target.status == Status.CLOSED:
        _set_status(source, status_of(target))
    else:
        _set_status(source, before["source"])
        if before["target"]["status"] == Status.CLOSED and target.id not in waiting:
            _set_status(target, before["target"])
    for case in (source, target):
        if case.id in waiting and case.status == Status.CLOSED:
            case.status, case.closed_reason, case.closed_at = Status.OPEN, "", None


def _who_waits(case_ids: Collection[UUID]) -> set[UUID]:
    found = Waiting.objects.filter(workspace_id=here(), case_id__in=case_ids)
    return set(found.values_list("case_id", flat=True))


def _set_status(case: Case, values: Mapping[str, Any]) -> None:
    case.status, case.closed_reason = values["status"], values["closed_reason"]
    case.closed_at, case.snoozed_until = (
        datetime.fromisoformat(values[name]) if values[name] else None
        for name in ("closed_at", "snoozed_until")
    )


def _rejoin(
    move: Move,
    source: Case,
    target: Case,
    moving: list[UUID],
    actor_id: UUID | None,
) -> None:
    """Take a split back: the new case is emptied into the one it came from."""
    refuse_unless_live(source)
    empty_into(target, source, moving, move)
    move.save(update_fields=["before"])
    tell_merge(target, source, move, actor_id, "rejoined")

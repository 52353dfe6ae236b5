"""Merge and split: conversations change their case, by somebody's hand, and can go back.

Nothing is copied and nothing is thrown away. A move is written down with the little that its way
back needs. Two cases are locked as everybody locks them: first the channels (nothing arrives in
between), then conversations, then cases, each in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from hearwell.conversations.events import CaseMerged, CaseParted, CaseReopened
from hearwell.conversations.listing import MERGED
from hearwell.conversations.models import (
    Case,
    Conversation,
    Message,
    Move,
    MoveKind,
    Status,
)
from hearwell.conversations.services import pouring
from hearwell.conversations.services.inhand import (
    OF_A_STATUS,
    CannotMoveError,
    Moved,
    changed,
    locked,
    log_line,
    refuse_if_changed,
    refuse_unless_live,
    status_of,
    texts_of,
)
from hearwell.conversations.services.place import here
from hearwell.conversations.services.threads import TITLE_LENGTH, shortened, take_numbers
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7


@transaction.atomic
def merge(
    into_id: UUID,
    from_id: UUID,
    actor_id: UUID | None,
    *,
    why: str = "",
    expected: Mapping[UUID, int] | None = None,
) -> Moved:
    """Move all that is in one case into another, which is open if either was.

    The emptied case is closed and leads there. `expected`: case -> version that the actor saw.
    Raises CaseMovedError if either has changed since, CannotMoveError for what makes no sense,
    Case.DoesNotExist. Clocks, verdicts and claims are their keepers' to bring in line.
    """
    cases, homes = locked({into_id, from_id})
    target, source = cases[into_id], cases[from_id]
    refuse_if_changed(cases.values(), expected or {})
    moving = [home.id for home in homes if home.case_id == from_id]
    _refuse_merge(source, target, moving)
    move = Move(
        workspace_id=here(),
        kind=MoveKind.MERGE.value,
        from_case_id=from_id,
        to_case_id=into_id,
        conversation_ids=texts_of(moving),
        kept_ids=texts_of(pouring.kept_in(here(), into_id, moving)),
        stray_ids=texts_of(pouring.strays_in(here(), from_id, moving)),
        why=why[:500],
        actor_id=actor_id,
        before=_before(source, target, homes),
    )
    empty_into(source, target, moving, move)
    rows.insert([move])
    tell_merge(source, target, move, actor_id)
    return Moved(move, (into_id, from_id))


@transaction.atomic
def split(
    case_id: UUID,
    conversation_ids: Collection[UUID],
    actor_id: UUID | None,
    *,
    expected_version: int | None = None,
) -> Moved:
    """Move some of a case's conversations into a new one, which stands as that one stood.

    A thread is never cut in two: whatever its network still delivers belongs to one conversation.
    Raises as `merge` does.
    """
    cases, homes = locked({case_id})
    source, wanted = cases[case_id], set(conversation_ids)
    refuse_if_changed([source], {} if expected_version is None else {case_id: expected_version})
    moving = [home for home in homes if home.id in wanted]
    refuse_unless_live(source)
    if not moving or len(moving) < len(wanted):
        raise CannotMoveError(source, "not_there")
    if len(moving) == len(homes):
        raise CannotMoveError(source, "nothing_left")
    new = _new_case(source, moving)
    ids = [home.id for home in moving]
    move = Move(
        workspace_id=here(),
        kind=MoveKind.SPLIT.value,
        from_case_id=case_id,
        to_case_id=new.id,
        conversation_ids=texts_of(ids),
        actor_id=actor_id,
    )
    pouring.pour_some(here(), case_id, new.id, ids)
    rows.insert([move])
    changed(source)
    pouring.recount(here(), [case_id, new.id])
    _name(new)
    tell_parting(source, new, move, actor_id, "split_off", "split_from")
    return Moved(move, (new.id, case_id))


def _refuse_merge(source: Case, target: Case, moving: Collection[UUID]) -> None:
    if source.id == target.id:
        raise CannotMoveError(source, "same")
    refuse_unless_live(source)
    refuse_unless_live(target)
    if not moving:
        raise CannotMoveError(source, "went_on")
    if bool(source.stage) != bool(target.stage):  # else it would open a stranger's post to answers
        raise CannotMoveError(source if source.stage else target, "unaddressed")


# --- merging -----------------------------------------------------------------------------------


def _before(source: Case, target: Case, homes: Collection[Conversation]) -> dict[str, Any]:
    """Return what a way back needs to know, as JSON."""
    return {
        "source": status_of(source),
        "target": status_of(target),
        "was_bare": all(home.case_id != target.id for home in homes),
        "assignee_given": str(source.assignee_id) if _is_given(source, target) else None,
    }


def _is_given(source: Case, target: Case) -> bool:
    """Say whether the target gets whoever has the source: it had nobody."""
    return target.assignee_id is None and source.assignee_id is not None


def empty_into(source: Case, target: Case, moving: list[UUID], move: Move) -> None:
    """Move it all, close the one and bring the other up to date."""
    workspace_id = here()
    move.before["tags"] = texts_of(pouring.pour_all(workspace_id, source.id, target.id, moving))
    drafts = pouring.pour_drafts(workspace_id, source.id, target.id)
    move.before["drafts"] = texts_of(drafts)
    _unite(source, target)
    _close_merged(source, target)
    pouring.recount(workspace_id, [source.id, target.id])


def _unite(source: Case, target: Case) -> None:
    """Let the target stand as both did: open if either was, unread if either was."""
    rank = {Status.OPEN: 0, Status.SNOOZED: 1, Status.CLOSED: 2}
    if rank[Status(source.status)] < rank[Status(target.status)]:
        for name in OF_A_STATUS:
            setattr(target, name, getattr(source, name))
    elif source.status == target.status == Status.SNOOZED:
        ends = [at for at in (source.snoozed_until, target.snoozed_until) if at]
        target.snoozed_until = min(ends, default=None)
    target.assignee_id = target.assignee_id or source.assignee_id
    target.contact_id = target.contact_id or source.contact_id
    target.unread = target.unread or source.unread
    target.unsolved_at = target.unsolved_at or source.unsolved_at
    changed(target, *OF_A_STATUS, "assignee_id", "contact_id", "unread", "unsolved_at")


def _close_merged(source: Case, target: Case) -> None:
    source.status, source.closed_reason, source.closed_at = Status.CLOSED, MERGED, now()
    source.snoozed_until, source.due_at, source.unread = None, None, False
    source.merged_into_id = target.id
    changed(source, *OF_A_STATUS, "due_at", "unread", "merged_into_id")


def tell_merge(
    source: Case, target: Case, move: Move, actor_id: UUID | None, verb: str = "merged"
) -> None:
    """Tell both cases, and the house, that one was emptied into the other."""
    facts = {"move": str(move.id), "why": move.why}
    log_line(source, actor_id, f"{verb}_into", {**facts, "case": target.label})
    log_line(target, actor_id, verb, {**facts, "case": source.label})
    told: list[CaseMerged | CaseReopened] = [
        CaseMerged(here(), [source.id, target.id], actor_id, move.id)
    ]
    if move.before.get("target", {}).get("status") == "closed" and target.status != "closed":
        told.append(CaseReopened(here(), target.id, actor_id, target.version))
    emit(told)


# --- splitting ---------------------------------------------------------------------------------


def _new_case(source: Case, moving: list[Conversation]) -> Case:
    """Make the case of conversations that leave another one: with the same people, as open."""
    first = moving[0]
    new = Case(
        id=uuid7(),
        workspace_id=source.workspace_id,
        number=take_numbers(source.workspace_id, 1),
        contact_id=first.contact_id or source.contact_id,
        channel_id=first.channel_id,
        network=first.network,
        audience=first.audience,
        assignee_id=source.assignee_id,
        team_id=source.team_id,
        unread=source.unread,
        **{name: getattr(source, name) for name in OF_A_STATUS},
    )
    new.save(force_insert=True)
    return new


def _name(case: Case) -> None:
    """Name a case by how its first customer began."""
    said = Message.objects.filter(workspace_id=case.workspace_id, case_id=case.id, direction="in")
    first = said.order_by("sent_at", "id").only("subject", "text").first()
    if first is not None:
        case.title = shortened(first.subject.strip() or first.text, TITLE_LENGTH)
        case.save(update_fields=["title"])


def tell_parting(
    left: Case, right: Case, move: Move, actor_id: UUID | None, verb: str, other: str
) -> None:
    """Tell both cases, and the house, that conversations left one for the other."""
    log_line(left, actor_id, verb, {"move": str(move.id), "case": right.label})
    log_line(right, actor_id, other, {"move": str(move.id), "case": left.label})
    emit([CaseParted(here(), [left.id, right.id], actor_id, move.id)])

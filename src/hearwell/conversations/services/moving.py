"""Merge and split: conversations change their case, by somebody's hand, and can go back.

Nothing is copied and nothing is thrown away. A move is written down with the little that its way
back needs. Two cases are locked as everybody locks them: first the channels (nothing arrives in
between), then conversations, then cases, each in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hearwell.conversations.events import CaseMerged, CaseParted, CaseReopened
from hearwell.conversations.listing import MERGED, OWN_POST
from hearwell.conversations.models import (
    Case,
    CaseLog,
    Conversation,
    Message,
    Move,
    MoveKind,
    Status,
    Waiting,
)
from hearwell.conversations.services import pouring
from hearwell.conversations.services.place import here
from hearwell.conversations.services.threads import (
    ARCHIVED,
    TITLE_LENGTH,
    hold_channel_by_id,
    shortened,
    take_numbers,
)
from hearwell.conversations.services.work import CaseMovedError
from hearwell.events.services import emit
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7

_OF_A_STATUS = ("status", "closed_reason", "closed_at", "snoozed_until")


class CannotMoveError(ValueError):
    """It cannot be moved as asked; `code` says why: the words are for those who show it.

    `case` is the one that stands in the way.
    """

    def __init__(self, case: Case, code: str) -> None:
        super().__init__(f"{code}: {case.label}")
        self.code, self.case = code, case


@dataclass(frozen=True)
class Moved:
    """What a move did: the cases that changed, the one to look at now first."""

    move: Move
    cases: tuple[UUID, UUID]


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
    cases, homes = _locked({into_id, from_id})
    target, source = cases[into_id], cases[from_id]
    _refuse_if_changed(cases.values(), expected or {})
    moving = [home.id for home in homes if home.case_id == from_id]
    _refuse_merge(source, target, moving)
    move = Move(
        workspace_id=here(),
        kind=MoveKind.MERGE.value,
        from_case_id=from_id,
        to_case_id=into_id,
        conversation_ids=_texts(moving),
        kept_ids=_texts(pouring.kept_in(here(), into_id, moving)),
        stray_ids=_texts(pouring.strays_in(here(), from_id, moving)),
        why=why[:500],
        actor_id=actor_id,
        before=_before(source, target, homes),
    )
    _empty_into(source, target, moving, move)
    rows.insert([move])
    _tell_merge(source, target, move, actor_id)
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
    cases, homes = _locked({case_id})
    source, wanted = cases[case_id], set(conversation_ids)
    _refuse_if_changed([source], {} if expected_version is None else {case_id: expected_version})
    moving = [home for home in homes if home.id in wanted]
    _refuse_unless_live(source)
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
        conversation_ids=_texts(ids),
        actor_id=actor_id,
    )
    pouring.pour_some(here(), case_id, new.id, ids)
    rows.insert([move])
    _changed(source)
    pouring.recount(here(), [case_id, new.id])
    _name(new)
    _tell_parting(source, new, move, actor_id, "split_off", "split_from")
    return Moved(move, (new.id, case_id))


@transaction.atomic
def undo_move(move_id: UUID, actor_id: UUID | None) -> Moved:
    """Take a merge or a split back; what came meanwhile goes with its conversation.

    Undoing twice changes nothing. Raises CannotMoveError if the conversations have gone on since,
    Move.DoesNotExist.
    """
    move = Move.objects.get(workspace_id=here(), id=move_id)
    cases, homes = _locked({move.from_case_id, move.to_case_id})
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


# --- locks and refusals ------------------------------------------------------------------------


def _locked(case_ids: Collection[UUID]) -> tuple[dict[UUID, Case], list[Conversation]]:
    """Lock cases with their conversations until the commit; return both as they now are.

    Raises Case.DoesNotExist. A conversation may come to a case until its channel is held, so it
    is looked at once more.
    """
    workspace_id, held = here(), set[UUID]()
    threads = Conversation.objects.filter(workspace_id=workspace_id, case_id__in=case_ids)
    while missing := set(threads.values_list("channel_id", flat=True)) - held:
        for channel_id in sorted(missing):
            hold_channel_by_id(channel_id)
        held |= missing
    homes = list(threads.select_for_update().order_by("id"))
    found = Case.objects.select_for_update().filter(workspace_id=workspace_id, id__in=case_ids)
    cases = {case.id: case for case in found.order_by("id")}
    if set(case_ids) - cases.keys():
        raise Case.DoesNotExist
    return cases, sorted(homes, key=lambda home: (home.created_at, home.id))


def _refuse_if_changed(cases: Iterable[Case], expected: Mapping[UUID, int]) -> None:
    for case in cases:
        if expected.get(case.id, case.version) != case.version:
            raise CaseMovedError(case)


def _refuse_unless_live(case: Case) -> None:
    if case.merged_into_id is not None:
        raise CannotMoveError(case, "merged")
    if case.is_historic or case.closed_reason in {ARCHIVED, OWN_POST}:
        raise CannotMoveError(case, "archive")


def _refuse_merge(source: Case, target: Case, moving: Collection[UUID]) -> None:
    if source.id == target.id:
        raise CannotMoveError(source, "same")
    _refuse_unless_live(source)
    _refuse_unless_live(target)
    if not moving:
        raise CannotMoveError(source, "went_on")
    if bool(source.stage) != bool(target.stage):  # else it would open a stranger's post to answers
        raise CannotMoveError(source if source.stage else target, "unaddressed")


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


# --- merging -----------------------------------------------------------------------------------


def _before(source: Case, target: Case, homes: Collection[Conversation]) -> dict[str, Any]:
    """Return what a way back needs to know, as JSON."""
    return {
        "source": _status_of(source),
        "target": _status_of(target),
        "was_bare": all(home.case_id != target.id for home in homes),
        "assignee_given": str(source.assignee_id) if _is_given(source, target) else None,
    }


def _is_given(source: Case, target: Case) -> bool:
    """Say whether the target gets whoever has the source: it had nobody."""
    return target.assignee_id is None and source.assignee_id is not None


def _status_of(case: Case) -> dict[str, Any]:
    values = {name: getattr(case, name) for name in _OF_A_STATUS}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def _empty_into(source: Case, target: Case, moving: list[UUID], move: Move) -> None:
    """Move it all, close the one and bring the other up to date."""
    workspace_id = here()
    move.before["tags"] = _texts(pouring.pour_all(workspace_id, source.id, target.id, moving))
    drafts = pouring.pour_drafts(workspace_id, source.id, target.id)
    move.before["drafts"] = _texts(drafts)
    _unite(source, target)
    _close_merged(source, target)
    pouring.recount(workspace_id, [source.id, target.id])


def _unite(source: Case, target: Case) -> None:
    """Let the target stand as both did: open if either was, unread if either was."""
    rank = {Status.OPEN: 0, Status.SNOOZED: 1, Status.CLOSED: 2}
    if rank[Status(source.status)] < rank[Status(target.status)]:
        for name in _OF_A_STATUS:
            setattr(target, name, getattr(source, name))
    elif source.status == target.status == Status.SNOOZED:
        ends = [at for at in (source.snoozed_until, target.snoozed_until) if at]
        target.snoozed_until = min(ends, default=None)
    target.assignee_id = target.assignee_id or source.assignee_id
    target.contact_id = target.contact_id or source.contact_id
    target.unread = target.unread or source.unread
    _changed(target, *_OF_A_STATUS, "assignee_id", "contact_id", "unread")


def _close_merged(source: Case, target: Case) -> None:
    source.status, source.closed_reason, source.closed_at = Status.CLOSED, MERGED, now()
    source.snoozed_until, source.due_at, source.unread = None, None, False
    source.merged_into_id = target.id
    _changed(source, *_OF_A_STATUS, "due_at", "unread", "merged_into_id")


def _changed(case: Case, *fields: str) -> None:
    """Save a case that is locked, with its next version."""
    case.version += 1
    case.save(update_fields=["version", *fields])


def _tell_merge(
    source: Case, target: Case, move: Move, actor_id: UUID | None, verb: str = "merged"
) -> None:
    facts = {"move": str(move.id), "why": move.why}
    _log(source, actor_id, f"{verb}_into", {**facts, "case": target.label})
    _log(target, actor_id, verb, {**facts, "case": source.label})
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
        **{name: getattr(source, name) for name in _OF_A_STATUS},
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


# --- and back ----------------------------------------------------------------------------------


def _part(
    move: Move,
    source: Case,
    target: Case,
    moving: list[UUID],
    actor_id: UUID | None,
) -> None:
    """Take a merge back: what came from a case is that case's again."""
    workspace_id, before = here(), move.before
    kept, strays = _ids(move.kept_ids), _ids(move.stray_ids)
    pouring.pour_some(workspace_id, target.id, source.id, moving, kept=kept, strays=strays)
    pouring.pour_drafts(workspace_id, target.id, source.id, _ids(before.get("drafts", ())))
    pouring.take_tags_off(workspace_id, target.id, _ids(before.get("tags", ())))
    given = before.get("assignee_given")
    if given and str(target.assignee_id) == given:
        target.assignee_id = None
    source.merged_into_id = None
    _stand_as_before(source, target, before)
    _changed(source, *_OF_A_STATUS, "merged_into_id")
    _changed(target, *_OF_A_STATUS, "assignee_id")
    pouring.recount(workspace_id, [source.id, target.id])
    _tell_parting(target, source, move, actor_id, "unmerged", "unmerged_from")


def _stand_as_before(source: Case, target: Case, before: dict[str, Any]) -> None:
    """Open or close both as they were, unless somebody waits; what was solved together stays so."""
    waiting = _who_waits({source.id, target.id})
    if target.status == Status.CLOSED:
        _set_status(source, _status_of(target))
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
    _refuse_unless_live(source)
    _empty_into(target, source, moving, move)
    move.save(update_fields=["before"])
    _tell_merge(target, source, move, actor_id, "rejoined")


def _tell_parting(
    left: Case, right: Case, move: Move, actor_id: UUID | None, verb: str, other: str
) -> None:
    _log(left, actor_id, verb, {"move": str(move.id), "case": right.label})
    _log(right, actor_id, other, {"move": str(move.id), "case": left.label})
    emit([CaseParted(here(), [left.id, right.id], actor_id, move.id)])


def _log(case: Case, actor_id: UUID | None, verb: str, data: dict[str, Any]) -> None:
    rows.insert(
        [
            CaseLog(
                workspace_id=case.workspace_id,
                case_id=case.id,
                actor_id=actor_id,
                verb=verb,
                data=data,
            )
        ]
    )


def _texts(ids: Iterable[UUID]) -> list[str]:
    return [str(one) for one in ids]


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in texts]
